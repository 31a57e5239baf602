// Square systems of linear equations, by LU factors with partial pivoting.

import type { TensorLike } from "../core/create.js";
import { ArgumentError } from "../core/errors.js";
import { Tensor } from "../core/tensor.js";
import { readRightSide, readSquare, type Square } from "./operand.js";
import { addScaled } from "./rows.js";
import { substitute } from "./substitution.js";

/** `A[order[i], :] = (L U)[i, :]`: U is the upper triangle of `elements`, L the lower one with ones as diagonal. */
export interface LuFactors extends Square {
  readonly order: Int32Array;
}

/**
 * The solution X of `A X = B` for any invertible matrix A `[n, n]`, float64, in the shape of B: `[n]`, or `[n, m]` for
 * m right-hand sides. Each column solves a system whose matrix is within `3 n 2^-53 |L| |U|` of A, element by element
 * (Higham, Accuracy and Stability of Numerical Algorithms, theorem 9.4). A matrix is refused where a pivot is exactly 0;
 * one that is singular but for rounding gives large numbers.
 * @throws ShapeError where the shapes do not fit, ArgumentError where A is singular or a number is not finite
 * @example solve(tensor([[0, 2], [1, 1]]), tensor([4, 5])).toArray() // [3, 2]
 */
export function solve(matrix: TensorLike, b: TensorLike): Tensor {
  const square = readSquare("solve", matrix);
  const { shape, columns, elements: given } = readRightSide("solve", b, square.n);
  const factors = factorise("solve", square);
  const x = new Float64Array(given.length);
  factors.order.forEach((from, to) => {
    x.set(given.subarray(from * columns, (from + 1) * columns), to * columns);
  });
  substitute({ ...factors, lower: true, unit: true }, x, columns);
  substitute({ ...factors, lower: false }, x, columns);
  return Tensor.dense(x, shape);
}

/** Gaussian elimination in place (Golub and Van Loan, Matrix Computations, algorithm 3.4.1): no multiplier exceeds 1. */
export function factorise(op: string, { n, elements: a }: Square): LuFactors {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let k = 0; k < n; k++) {
    swapRows(a, n, order, k, largestBelow(a, n, k));
    const pivot = a[k * n + k];
    if (pivot === 0) {
      throw new ArgumentError(
        `the matrix is singular: pivot ${k} is 0, for column ${k} depends on those before it; add a multiple of the identity`,
        { op },
      );
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / pivot;
      a[i * n + k] = factor;
      addScaled(a, i * n + k + 1, -factor, a, k * n + k + 1, n - k - 1);
    }
  }
  return { n, elements: a, order };
}

/** The row from k on with the largest magnitude in column k, the first of several. */
function largestBelow(a: Float64Array, n: number, k: number): number {
  let top = k;
  for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[top * n + k])) top = i;
  return top;
}

function swapRows(a: Float64Array, n: number, order: Int32Array, i: number, j: number): void {
  if (i === j) return;
  const row = a.slice(i * n, (i + 1) * n);
  a.copyWithin(i * n, j * n, (j + 1) * n);
  a.set(row, j * n);
  [order[i], order[j]] = [order[j], order[i]];
}
