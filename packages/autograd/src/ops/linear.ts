// Matrix products.

import { formatShape, type MatmulOptions, ShapeError, sizeOf, type Tensor, type TensorLike } from "@elbo/tensor";
import { apply } from "../core/apply.js";
import { type Operand, shapeOf, type Value } from "../core/traced.js";
import { expandDims, reshape, squeeze } from "./shape.js";

interface Matmul {
  (a: TensorLike, b: TensorLike, options?: MatmulOptions): Tensor;
  (a: Operand, b: Operand, options?: MatmulOptions): Value;
}

/** The matrix product of the last two axes; leading axes are batches and broadcast; vectors as in NumPy. */
export const matmul = ((a: Operand, b: Operand, { transposeA = false, transposeB = false }: MatmulOptions = {}) => {
  const [rankA, rankB] = [shapeOf(a).length, shapeOf(b).length];
  if (rankA > 2 && rankB === 2 && !transposeA && shapeOf(a).at(-1) === shapeOf(b)[transposeB ? 1 : 0]) {
    return rowsTimesMatrix(a, b, transposeB);
  }
  const row = rankA === 1;
  const column = rankB === 1;
  const left = row ? expandDims(a, 0) : a;
  const right = column ? expandDims(b, 1) : b;
  const product = apply("matmul", { transposeA: transposeA && !row, transposeB: transposeB && !column }, [left, right]);
  const gone = [...(row ? [-2] : []), ...(column ? [-1] : [])];
  return gone.length === 0 ? product : squeeze(product, gone);
}) as Matmul;

/**
 * A batch of matrices times one matrix is one product, the rows of the batch below each other; and so are its
 * cotangents, where a batch of products would hold a copy of the matrix for each member before they are summed.
 */
function rowsTimesMatrix(a: Operand, b: Operand, transposeB: boolean): Value {
  const rows = shapeOf(a).slice(0, -1);
  const stacked = reshape(a, [sizeOf(rows), ...shapeOf(a).slice(-1)]);
  const product = apply("matmul", { transposeA: false, transposeB }, [stacked, b]);
  return reshape(product, [...rows, ...product.shape.slice(-1)]);
}

interface OfVectors {
  (a: TensorLike, b: TensorLike): Tensor;
  (a: Operand, b: Operand): Value;
}

function requireVectors(op: string, a: Operand, b: Operand): void {
  if (shapeOf(a).length !== 1 || shapeOf(b).length !== 1) {
    throw new ShapeError(`needs two vectors, got ${formatShape(shapeOf(a))} and ${formatShape(shapeOf(b))}`, {
      op,
      shapes: [shapeOf(a), shapeOf(b)],
    });
  }
}

/** The inner product of two vectors. */
export const dot = ((a: Operand, b: Operand) => {
  requireVectors("dot", a, b);
  return matmul(a, b);
}) as OfVectors;

/** The outer product of two vectors: `[m]` and `[n]` give `[m, n]`. */
export const outer = ((a: Operand, b: Operand) => {
  requireVectors("outer", a, b);
  return matmul(expandDims(a, 1), expandDims(b, 0));
}) as OfVectors;
