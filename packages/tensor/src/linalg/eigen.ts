// The eigenvalues and eigenvectors of a symmetric matrix, in double.

import type { TensorLike } from "../core/create.js";
import { Tensor } from "../core/tensor.js";
import { readSymmetric } from "./operand.js";
import { diagonalise } from "./ql.js";
import { tridiagonalise } from "./tridiagonal.js";

/** `A = V diag(values) V^T`, the largest eigenvalue first. */
export interface SymmetricEigen {
  /** `[n]`, float64, descending. */
  readonly values: Tensor;
  /** `[n, n]`, float64: column j belongs to `values[j]`. */
  readonly vectors: Tensor;
}

/**
 * The eigenvalues and orthonormal eigenvectors of a symmetric matrix `[n, n]`: `A = V diag(values) V^T`. Only the
 * symmetric part of the matrix counts. The sign of each vector is chosen so that its element of largest magnitude, the
 * first of several, is positive. Householder's reflections make the matrix tridiagonal, QL steps with implicit shifts
 * make that diagonal (Golub and Van Loan, Matrix Computations, section 8.3): about 9 n^3 operations, and errors of a
 * small multiple of `n 2^-53` of the matrix's norm.
 * @throws ShapeError where the matrix is not square, ArgumentError where it is not finite, ElboError with the code
 * CONVERGENCE if the steps do not end
 * @example symmetricEigen(tensor([[5, 2], [2, 2]])).values.toArray() // [6, 1]
 */
export function symmetricEigen(matrix: TensorLike): SymmetricEigen {
  const { n, elements: a } = readSymmetric("symmetricEigen", matrix);
  const scale = scaleToOne(a);
  for (let i = 0; i < a.length; i++) a[i] *= scale;
  const t = tridiagonalise(a, n);
  diagonalise(t);
  return sorted(t.diagonal, t.basis, scale);
}

/** The power of two that brings the largest magnitude into [1, 2), so that no square overflows; 1 for zeros. */
function scaleToOne(a: Float64Array): number {
  const largest = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0) return 1;
  let scale = 1;
  while (largest * scale >= 2) scale /= 2;
  // 2^1023 is the largest power there is: subnormal matrices stay below 1.
  while (largest * scale < 1 && scale < 2 ** 1023) scale *= 2;
  return scale;
}

/** The eigenvalues in descending order, scaled back, and the rows of `basis` as columns in that order. */
function sorted(diagonal: Float64Array, basis: Float64Array, scale: number): SymmetricEigen {
  const n = diagonal.length;
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  // Adding 0 makes -0 to 0.
  const values = Float64Array.from(order, (i) => diagonal[i] / scale + 0);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const vector = basis.subarray(from * n, from * n + n);
    const sign = signOf(vector);
    for (let k = 0; k < n; k++) vectors[k * n + to] = sign * vector[k] + 0;
  });
  return { values: Tensor.dense(values, [n]), vectors: Tensor.dense(vectors, [n, n]) };
}

/** The sign of the first element of largest magnitude. */
function signOf(vector: Float64Array): number {
  let top = 0;
  for (let k = 1; k < vector.length; k++) if (Math.abs(vector[k]) > Math.abs(vector[top])) top = k;
  return vector[top] < 0 ? -1 : 1;
}
