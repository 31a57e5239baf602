// The eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations, in double.

import { asTensor, type TensorLike } from "../core/create.js";
import { ArgumentError, formatShape, ShapeError } from "../core/errors.js";
import { copyElements, Tensor } from "../core/tensor.js";

/** `A = V diag(values) V^T`, the largest eigenvalue first. */
export interface SymmetricEigen {
  /** `[n]`, float64, descending. */
  readonly values: Tensor;
  /** `[n, n]`, float64: column j belongs to `values[j]`. */
  readonly vectors: Tensor;
}

/** Sweeps until convergence take about log2(n) + 5; more than this means NaN or a mistake. */
const SWEEPS = 60;

/**
 * Cyclic Jacobi (Golub and Van Loan, Matrix Computations, section 8.5): each rotation makes one off-diagonal element 0,
 * and sweeps over all of them converge quadratically. Only the symmetric part of the matrix counts. The sign of each
 * vector is chosen so that its element of largest magnitude is positive.
 * @throws ShapeError where the matrix is not square, ArgumentError where it is not finite
 * @example symmetricEigen(tensor([[2, 1], [1, 2]])).values.toArray() // [3, 1]
 */
export function symmetricEigen(matrix: TensorLike): SymmetricEigen {
  const source = asTensor("symmetricEigen", matrix);
  const n = source.shape[0] ?? 0;
  if (source.ndim !== 2 || source.shape[1] !== n) {
    throw new ShapeError(`needs a square matrix, got ${formatShape(source.shape)}`, {
      op: "symmetricEigen",
      shapes: [source.shape],
    });
  }
  const given = copyElements(source, new Float64Array(n * n));
  if (!given.every(Number.isFinite))
    throw new ArgumentError("needs a matrix of finite numbers", { op: "symmetricEigen" });
  const a = given.map((_, at) => (given[at] + given[(at % n) * n + Math.floor(at / n)]) / 2);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  return sorted(a, v, n);
}

/** The largest magnitude off the diagonal, 0 once it is below the rounding of the diagonal. */
function offDiagonal(a: Float64Array, n: number): number {
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    scale = Math.max(scale, Math.abs(a[i * n + i]));
    for (let j = i + 1; j < n; j++) largest = Math.max(largest, Math.abs(a[i * n + j]));
  }
  return largest <= scale * 2 ** -53 ? 0 : largest;
}

/** Makes a[p, q] zero by a rotation in the plane of axes p and q; `t` is the smaller root of t^2 + 2 theta t = 1. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  const turn = (m: Float64Array, at: number, by: number): void => {
    const [x, y] = [m[at], m[by]];
    m[at] = cosine * x - sine * y;
    m[by] = sine * x + cosine * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q);
}

function sorted(a: Float64Array, v: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i] || i - j);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = a[from * n + from];
    let top = 0;
    for (let k = 1; k < n; k++) if (Math.abs(v[k * n + from]) > Math.abs(v[top * n + from])) top = k;
    const sign = v[top * n + from] < 0 ? -1 : 1;
    for (let k = 0; k < n; k++) vectors[k * n + to] = sign * v[k * n + from];
  });
  return { values: Tensor.dense(values, [n]), vectors: Tensor.dense(vectors, [n, n]) };
}
