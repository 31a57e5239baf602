// Triangular systems, solved by substitution.

import type { TensorLike } from "../core/create.js";
import { checkOptions } from "../core/options.js";
import { Tensor } from "../core/tensor.js";
import { readRightSide, readTriangle, type Square } from "./operand.js";
import { addScaled } from "./rows.js";

/** Which triangle of the matrix counts, and whether it is transposed. */
export interface TriangularOptions {
  /** The triangle that is read, the diagonal included: the lower one unless said otherwise. */
  readonly lower?: boolean;
  /** Solves with the transpose of that triangle. */
  readonly transpose?: boolean;
}

/** A triangle of a square; with `unit`, its diagonal counts as ones. */
export interface Triangle extends Square, TriangularOptions {
  readonly unit?: boolean;
}

/**
 * The solution X of `L X = B`, or of `L^T X = B` with `transpose`, for a triangular matrix L `[n, n]`, float64, in the
 * shape of B: `[n]`, or `[n, m]` for m right-hand sides. The other triangle does not count, but must be finite. Each
 * column solves a system whose matrix is within `n 2^-53 |L|` of L, element by element (Higham, Accuracy and Stability
 * of Numerical Algorithms, theorem 8.5).
 * @throws ShapeError where the shapes do not fit, ArgumentError where the diagonal has a 0 or a number is not finite
 * @example triangularSolve(tensor([[2, 0], [1, 4]]), tensor([2, 9])).toArray() // [1, 2]
 */
export function triangularSolve(matrix: TensorLike, b: TensorLike, options: TriangularOptions = {}): Tensor {
  checkOptions("triangularSolve", options, ["lower", "transpose"]);
  const square = readTriangle("triangularSolve", matrix);
  const { shape, columns, elements: x } = readRightSide("triangularSolve", b, square.n);
  substitute({ ...square, ...options }, x, columns);
  return Tensor.dense(x, shape);
}

/** Overwrites the right-hand sides, n rows of `columns` numbers, with the solution, a row at a time. */
export function substitute(triangle: Triangle, x: Float64Array, columns: number): void {
  const { n, elements: t, lower = true, transpose = false, unit = false } = triangle;
  const [down, across] = transpose ? [1, n] : [n, 1];
  // A lower triangle is solved from its first row, an upper one from its last.
  const [first, direction] = lower !== transpose ? [0, 1] : [n - 1, -1];
  for (let solved = 0, i = first; solved < n; solved++, i += direction) {
    for (let j = first; j !== i; j += direction) {
      addScaled(x, i * columns, -t[i * down + j * across], x, j * columns, columns);
    }
    if (unit) continue;
    for (let k = i * columns; k < (i + 1) * columns; k++) x[k] /= t[i * (n + 1)];
  }
}
