// What linear algebra reads: square matrices and right-hand sides of finite numbers, copied row-major into double.

import { asTensor, type TensorLike } from "../core/create.js";
import { requireFloat } from "../core/dtype.js";
import { ArgumentError, formatShape, ShapeError } from "../core/errors.js";
import type { Shape } from "../core/shape.js";
import { copyElements, type Tensor } from "../core/tensor.js";

/** An n by n matrix, row-major, for an algorithm to overwrite. */
export interface Square {
  readonly n: number;
  readonly elements: Float64Array;
}

/** One right-hand side `[n]`, or several as columns `[n, m]`: n rows of `columns` numbers. */
export interface RightSide {
  readonly shape: Shape;
  readonly columns: number;
  readonly elements: Float64Array;
}

/** A fresh copy in double; what is not finite is refused with its place. */
function finiteCopy(op: string, name: string, source: Tensor): Float64Array {
  requireFloat(op, source.dtype);
  const copy = copyElements(source, new Float64Array(source.size));
  const at = copy.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return copy;
  const width = source.shape[1] ?? 1;
  const place = source.ndim === 2 ? [Math.floor(at / width), at % width] : [at];
  throw new ArgumentError(`needs finite numbers, ${name} has ${copy[at]} at ${formatShape(place)}`, { op });
}

/** Reads `[n, n]`. */
export function readSquare(op: string, matrix: TensorLike): Square {
  const source = asTensor(op, matrix);
  const n = source.shape[0] ?? 0;
  if (source.ndim !== 2 || source.shape[1] !== n) {
    throw new ShapeError(`needs a square matrix, got ${formatShape(source.shape)}`, { op, shapes: [source.shape] });
  }
  return { n, elements: finiteCopy(op, "the matrix", source) };
}

/** Reads a triangular `[n, n]` that can be divided by: there is no 0 on its diagonal. */
export function readTriangle(op: string, matrix: TensorLike): Square {
  const square = readSquare(op, matrix);
  const { n, elements } = square;
  for (let i = 0; i < n; i++) {
    if (elements[i * n + i] === 0) {
      throw new ArgumentError(`the matrix is singular: element ${i} of its diagonal is 0`, { op });
    }
  }
  return square;
}

/** Reads the symmetric part `(A + A^T) / 2` of `[n, n]`: a matrix that is symmetric to the bit keeps its bits. */
export function readSymmetric(op: string, matrix: TensorLike): Square {
  const square = readSquare(op, matrix);
  const { n, elements: a } = square;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [a[i * n + j], a[j * n + i]];
      // Halved before the sum, which could overflow; equal elements are not halved, which could underflow.
      if (below !== above) a[i * n + j] = a[j * n + i] = below / 2 + above / 2;
    }
  }
  return square;
}

/** Reads `[n]` or `[n, m]`, where n is the number of rows of the matrix. */
export function readRightSide(op: string, b: TensorLike, n: number): RightSide {
  const source = asTensor(op, b);
  const { shape } = source;
  if (source.ndim < 1 || source.ndim > 2 || shape[0] !== n) {
    throw new ShapeError(
      `a matrix [${n}, ${n}] needs a right-hand side [${n}] or [${n}, m], got ${formatShape(shape)}`,
      { op, shapes: [[n, n], shape] },
    );
  }
  return { shape, columns: shape[1] ?? 1, elements: finiteCopy(op, "the right-hand side", source) };
}
