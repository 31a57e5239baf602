// Matrix products of tensors: NumPy's rules for vectors and batches, over the product of two matrices.

import { asTensor, type TensorLike } from "../core/create.js";
import { allocate, promote, requireFloat } from "../core/dtype.js";
import { formatShape, ShapeError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { broadcastShapes, type Shape, sizeOf } from "../core/shape.js";
import { forEachOffset, Tensor } from "../core/tensor.js";
import { stretchedStrides } from "../elementwise/map.js";
import { expandDims, reshape, swapAxes } from "../views/views.js";
import { blockedMatmul, type MatrixView } from "./blocked.js";
import { multiply } from "./engine.js";

/** Reads an operand transposed, at no cost. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * The matrix product. `[m, k]` by `[k, n]` gives `[m, n]`; leading axes are batches and broadcast; a vector counts as
 * a row on the left and as a column on the right, and its axis of length 1 goes again.
 * @throws ShapeError where the inner dimensions differ or the batches do not broadcast
 * @example matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])).toArray() // [3, 7]
 */
export function matmul(a: TensorLike, b: TensorLike, options: MatmulOptions = {}): Tensor {
  checkOptions("matmul", options, ["transposeA", "transposeB"]);
  const left = operand("a", asTensor("matmul", a), options.transposeA ?? false);
  const right = operand("b", asTensor("matmul", b), options.transposeB ?? false);
  const dtype = promote("matmul", [left.dtype, right.dtype]);
  requireFloat("matmul", dtype);
  const x = left.ndim === 1 ? expandDims(left, 0) : left;
  const y = right.ndim === 1 ? expandDims(right, 1) : right;
  const [rows, depth] = x.shape.slice(-2) as [number, number];
  const [innerB, columns] = y.shape.slice(-2) as [number, number];
  if (depth !== innerB) throw innerMismatch({ a: left, b: right }, options, depth, innerB);
  const batch = broadcastShapes("matmul", x.shape.slice(0, -2), y.shape.slice(0, -2));
  const out = allocate(dtype, sizeOf(batch) * rows * columns);
  forEachOffset(batch, [batchStrides(x, batch), batchStrides(y, batch)], [x.offset, y.offset], ([atX, atY], index) => {
    const [a, b, start] = [matrixAt(x, atX), matrixAt(y, atY), index * rows * columns];
    if (out instanceof Float32Array) multiply(a, b, out, start);
    else blockedMatmul(a, b, out, start);
  });
  const full = Tensor.dense(out, [...batch, rows, columns]);
  if (left.ndim > 1 && right.ndim > 1) return full;
  return reshape(full, [...batch, ...(left.ndim === 1 ? [] : [rows]), ...(right.ndim === 1 ? [] : [columns])]);
}

function operand(name: string, x: Tensor, transposed: boolean): Tensor {
  if (x.ndim === 0) throw new ShapeError(`${name} is a scalar; use mul(a, b)`, { op: "matmul", shapes: [x.shape] });
  return transposed && x.ndim > 1 ? swapAxes(x, -1, -2) : x;
}

/** The matrix of the last two axes that starts at an offset of the storage. */
export function matrixAt(x: Tensor, offset: number): MatrixView {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const [rowStride, columnStride] = x.strides.slice(-2) as [number, number];
  return { storage: x.storage, offset, rows, columns, rowStride, columnStride };
}

function batchStrides(x: Tensor, batch: Shape): number[] {
  const leading = new Tensor(x.storage, { shape: x.shape.slice(0, -2), strides: x.strides.slice(0, -2), offset: 0 });
  return stretchedStrides(leading, batch);
}

/** `read` are the operands as they are read: transposed where the options say so. */
function innerMismatch(
  read: { readonly a: Tensor; readonly b: Tensor },
  options: MatmulOptions,
  inner: number,
  other: number,
): ShapeError {
  const { transposeA = false, transposeB = false } = options;
  const shown = (x: Tensor, flag: boolean): string =>
    `${formatShape(x.shape)}${flag && x.ndim > 1 ? " (transposed)" : ""}`;
  const advice = (name: "A" | "B", x: Tensor, flag: boolean): string => {
    if (flag) return ` Did you mean it without transpose${name}?`;
    if (x.ndim > 2) return ` Did you mean matmul(a, b, { transpose${name}: true })?`;
    return ` Did you mean matmul(${name === "A" ? "transpose(a), b" : "a, transpose(b)"})?`;
  };
  let hint = "";
  if (read.b.ndim > 1 && inner === read.b.shape.at(-1)) hint = advice("B", read.b, transposeB);
  else if (read.a.ndim > 1 && read.a.shape.at(-2) === other) hint = advice("A", read.a, transposeA);
  return new ShapeError(
    `inner dimensions differ: a is ${shown(read.a, transposeA)}, b is ${shown(read.b, transposeB)} (${inner} != ${other}).${hint}`,
    { op: "matmul", shapes: [read.a.shape, read.b.shape] },
  );
}

/** The inner product of two vectors of one length. */
export function dot(a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = [asTensor("dot", a), asTensor("dot", b)];
  if (x.ndim !== 1 || y.ndim !== 1 || x.size !== y.size) {
    throw new ShapeError(`needs two vectors of one length, got ${formatShape(x.shape)} and ${formatShape(y.shape)}`, {
      op: "dot",
      shapes: [x.shape, y.shape],
    });
  }
  return matmul(x, y);
}

/** The outer product of two vectors: `[m]` and `[n]` give `[m, n]`. */
export function outer(a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = [asTensor("outer", a), asTensor("outer", b)];
  if (x.ndim !== 1 || y.ndim !== 1) {
    throw new ShapeError(`needs two vectors, got ${formatShape(x.shape)} and ${formatShape(y.shape)}`, {
      op: "outer",
      shapes: [x.shape, y.shape],
    });
  }
  return matmul(expandDims(x, 1), expandDims(y, 0));
}
