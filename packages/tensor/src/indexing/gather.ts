// Reading and adding at indices: gather, and scatterAdd, its transpose.

import { asTensor, type TensorLike } from "../core/create.js";
import { allocate } from "../core/dtype.js";
import { DTypeError, formatShape, IndexError, ShapeError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { checkShape, normalizeAxis, sameShape, type Shape, sizeOf } from "../core/shape.js";
import { Tensor } from "../core/tensor.js";

const outside = (op: string, index: number, entry: number, axis: number, length: number, shape: Shape): IndexError =>
  new IndexError(`index ${index} (entry ${entry}) is outside of axis ${axis}, which has length ${length}`, {
    op,
    shapes: [shape],
  });

/** Indices are an int32 tensor; a number counts as one index. Negative ones are refused, not wrapped. */
function checkedIndices(op: string, indices: TensorLike, length: number, axis: number): Tensor {
  if (typeof indices === "number") {
    if (!Number.isInteger(indices)) throw new IndexError(`an index is a whole number, got ${indices}`, { op });
    // Before it becomes an int32, which would wrap.
    if (indices < 0 || indices >= length) throw outside(op, indices, 0, axis, length, []);
  }
  const tensor = asTensor(op, indices, "int32");
  if (tensor.dtype !== "int32")
    throw new DTypeError(`indices are int32, got ${tensor.dtype}; convert with cast(indices, "int32")`, { op });
  const { data } = tensor;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < 0 || data[i] >= length) {
      throw outside(op, data[i], i, axis, length, tensor.shape);
    }
  }
  return tensor;
}

/**
 * The entries of an axis at the given indices. The axis of `x` is replaced by the axes of `indices`:
 * `[n, d]` gathered at `[b]` along axis 0 gives `[b, d]`.
 * @throws IndexError where an index lies outside
 */
export function gather(x: TensorLike, indices: TensorLike, options: { readonly axis?: number } = {}): Tensor {
  const source = asTensor("gather", x);
  checkOptions("gather", options, ["axis"]);
  const axis = normalizeAxis("gather", options.axis ?? 0, source.ndim);
  const length = source.shape[axis];
  const at = checkedIndices("gather", indices, length, axis);
  const { data } = source;
  const picks = at.data;
  const inner = sizeOf(source.shape.slice(axis + 1));
  const outer = sizeOf(source.shape.slice(0, axis));
  const out = allocate(source.dtype, outer * picks.length * inner);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (let p = 0; p < picks.length; p++, to += inner) {
      const from = (o * length + picks[p]) * inner;
      if (inner < 16) for (let i = 0; i < inner; i++) out[to + i] = data[from + i];
      else out.set(data.subarray(from, from + inner), to);
    }
  }
  return Tensor.dense(out, [...source.shape.slice(0, axis), ...at.shape, ...source.shape.slice(axis + 1)]);
}

/**
 * Zeros with `length` entries along an axis, to which the updates are added at the given indices, in their order:
 * the transpose of `gather`. The axes of `indices` in `updates` become the one axis.
 * @throws ShapeError where `updates` does not carry the axes of `indices` at `axis`
 */
export function scatterAdd(
  updates: TensorLike,
  indices: TensorLike,
  options: { readonly axis?: number; readonly length: number },
): Tensor {
  const source = asTensor("scatterAdd", updates);
  checkShape("scatterAdd", [options.length]);
  const at = checkedIndices("scatterAdd", indices, options.length, options.axis ?? 0);
  const rank = source.ndim - at.ndim + 1;
  const axis = rank < 1 ? 0 : normalizeAxis("scatterAdd", options.axis ?? 0, rank);
  if (rank < 1 || !sameShape(source.shape.slice(axis, axis + at.ndim), at.shape)) {
    throw new ShapeError(
      `updates ${formatShape(source.shape)} must have the axes of the indices ${formatShape(at.shape)} at axis ${axis}`,
      { op: "scatterAdd", shapes: [source.shape, at.shape] },
    );
  }
  const before = source.shape.slice(0, axis);
  const after = source.shape.slice(axis + at.ndim);
  const { data } = source;
  const picks = at.data;
  const inner = sizeOf(after);
  const outer = sizeOf(before);
  const out = allocate(source.dtype, outer * options.length * inner);
  let from = 0;
  for (let o = 0; o < outer; o++) {
    for (let p = 0; p < picks.length; p++) {
      const to = (o * options.length + picks[p]) * inner;
      for (let i = 0; i < inner; i++, from++) out[to + i] = out[to + i] + data[from];
    }
  }
  return Tensor.dense(out, [...before, options.length, ...after]);
}

/** `[..., classes]` with 1 at each label and 0 elsewhere. */
export function oneHot(labels: TensorLike, classes: number): Tensor {
  checkShape("oneHot", [classes]);
  const at = checkedIndices("oneHot", labels, classes, 0);
  const out = new Float32Array(at.size * classes);
  at.data.forEach((label, i) => (out[i * classes + label] = 1));
  return Tensor.dense(out, [...at.shape, classes]);
}
