// Symmetric positive definite matrices: the Cholesky factor, and what it solves and measures.

import type { TensorLike } from "../core/create.js";
import { ArgumentError } from "../core/errors.js";
import { Tensor } from "../core/tensor.js";
import { abs, log, mul } from "../elementwise/ops.js";
import { sum } from "../reduce/reduce.js";
import { readRightSide, readSymmetric, readTriangle } from "./operand.js";
import { dotRows } from "./rows.js";
import { substitute } from "./substitution.js";

/**
 * The Cholesky factor of a symmetric positive definite matrix `[n, n]`: the lower triangular L `[n, n]`, float64, with
 * a positive diagonal and `A = L L^T`. Only the symmetric part of the matrix counts. The factor is that of a matrix
 * within `(n + 1) 2^-53 |L| |L^T|` of A, element by element (Higham, Accuracy and Stability of Numerical Algorithms,
 * theorem 10.3).
 * @throws ShapeError where the matrix is not square, ArgumentError where it is not finite or not positive definite
 * @example cholesky(tensor([[4, 2], [2, 5]])).toArray() // [[2, 0], [1, 2]]
 */
export function cholesky(matrix: TensorLike): Tensor {
  const { n, elements: a } = readSymmetric("cholesky", matrix);
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      factor[row + j] = (a[row + j] - dotRows(factor, row, factor, j * n, j)) / factor[j * n + j];
    }
    factor[row + i] = Math.sqrt(positive(a[row + i] - dotRows(factor, row, factor, row, i), i));
  }
  return Tensor.dense(factor, [n, n]);
}

function positive(pivot: number, index: number): number {
  if (pivot > 0) return pivot;
  throw new ArgumentError(
    `the matrix is not positive definite: pivot ${index} is ${pivot}; add a multiple of the identity`,
    { op: "cholesky" },
  );
}

/**
 * The solution X of `A X = B` from the Cholesky factor L `[n, n]` of A, float64, in the shape of B: `[n]`, or
 * `[n, m]` for m right-hand sides. Only the lower triangle of L counts.
 * @throws ShapeError where the shapes do not fit, ArgumentError where L is singular or a number is not finite
 * @example choleskySolve(cholesky(tensor([[4, 2], [2, 5]])), tensor([6, 7])).toArray() // [1, 1]
 */
export function choleskySolve(factor: TensorLike, b: TensorLike): Tensor {
  const { n, elements: l } = readTriangle("choleskySolve", factor);
  const { shape, columns, elements: x } = readRightSide("choleskySolve", b, n);
  substitute({ n, elements: l, lower: true }, x, columns);
  substitute({ n, elements: l, lower: true, transpose: true }, x, columns);
  return Tensor.dense(x, shape);
}

/**
 * The natural logarithm of the determinant of A, a float64 scalar, from its Cholesky factor L `[n, n]`:
 * `2 sum_i log |L_ii|`, which neither overflows nor underflows.
 * @throws ShapeError where L is not square, ArgumentError where it is singular or not finite
 * @example logDeterminant(cholesky(tensor([[4, 2], [2, 5]]))).item() // log 16 = 2.772...
 */
export function logDeterminant(factor: TensorLike): Tensor {
  const { n, elements } = readTriangle("logDeterminant", factor);
  const diagonal = new Tensor(elements, { shape: [n], strides: [n + 1], offset: 0 });
  return mul(2, sum(log(abs(diagonal))));
}
