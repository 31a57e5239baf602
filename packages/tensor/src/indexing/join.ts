// Joining and surrounding: concat, stack, split, pad, and the window written into zeros that undoes a slice.

import { checkOptions } from "../core/options.js";
import { asTensor, type TensorLike } from "../core/create.js";
import { allocate, promote } from "../core/dtype.js";
import { ArgumentError, formatShape, ShapeError } from "../core/errors.js";
import { checkShape, normalizeAxis, sameShape, type Shape, sizeOf } from "../core/shape.js";
import { forEachOffset, Tensor } from "../core/tensor.js";
import { cast } from "../elementwise/ops.js";
import { expandDims, slice, type SliceSpec } from "../views/views.js";

/** Which axis things are joined along; 0 unless said otherwise. */
export interface AxisOption {
  readonly axis?: number;
}

/**
 * The tensors one after another along an axis; they agree in all other axes.
 * @throws ShapeError where another axis differs
 */
export function concat(parts: readonly TensorLike[], options: AxisOption = {}): Tensor {
  checkOptions("concat", options, ["axis"]);
  if (parts.length === 0) throw new ArgumentError("needs at least one tensor", { op: "concat" });
  const tensors = parts.map((part) => asTensor("concat", part));
  const first = tensors[0];
  const axis = normalizeAxis("concat", options.axis ?? 0, first.ndim);
  for (const other of tensors) {
    const fits =
      other.ndim === first.ndim && other.shape.every((length, at) => at === axis || length === first.shape[at]);
    if (!fits) {
      throw new ShapeError(
        `${formatShape(first.shape)} and ${formatShape(other.shape)} differ in an axis other than ${axis}`,
        { op: "concat", shapes: [first.shape, other.shape] },
      );
    }
  }
  const dtype = promote(
    "concat",
    tensors.map((part) => part.dtype),
  );
  const total = tensors.reduce((sum, part) => sum + part.shape[axis], 0);
  const shape = first.shape.map((length, at) => (at === axis ? total : length));
  const out = Tensor.dense(allocate(dtype, sizeOf(shape)), shape);
  let start = 0;
  for (const part of tensors) {
    const stop = start + part.shape[axis];
    writeInto(
      slice(
        out,
        shape.map((_, at) => (at === axis ? { start, stop } : null)),
      ),
      part,
    );
    start = stop;
  }
  return out;
}

/** Writes the elements of `source` where `window`, a view of fresh storage, looks. Both have one shape. */
function writeInto(window: Tensor, source: Tensor): void {
  forEachOffset(window.shape, [window.strides, source.strides], [window.offset, source.offset], ([to, from]) => {
    window.storage[to] = source.storage[from];
  });
}

/** Tensors of one shape along a new axis. */
export function stack(parts: readonly TensorLike[], options: AxisOption = {}): Tensor {
  checkOptions("stack", options, ["axis"]);
  if (parts.length === 0) throw new ArgumentError("needs at least one tensor", { op: "stack" });
  const tensors = parts.map((part) => asTensor("stack", part));
  const different = tensors.find((part) => !sameShape(part.shape, tensors[0].shape));
  if (different) {
    throw new ShapeError(
      `needs tensors of one shape, got ${formatShape(tensors[0].shape)} and ${formatShape(different.shape)}`,
      { op: "stack", shapes: [tensors[0].shape, different.shape] },
    );
  }
  const axis = normalizeAxis("stack", options.axis ?? 0, tensors[0].ndim + 1);
  return concat(
    tensors.map((part) => expandDims(part, axis)),
    { axis },
  );
}

/** Views of an axis cut into pieces of the given lengths, or into `count` equal ones. */
export function splitAxis(x: TensorLike, lengths: number | readonly number[], options: AxisOption = {}): Tensor[] {
  const source = asTensor("splitAxis", x);
  checkOptions("splitAxis", options, ["axis"]);
  const axis = normalizeAxis("splitAxis", options.axis ?? 0, source.ndim);
  const pieces = pieceLengths(source.shape, axis, lengths);
  let start = 0;
  return pieces.map((length) => {
    const spec = { start, stop: (start += length) };
    return slice(
      source,
      source.shape.map((_, at) => (at === axis ? spec : null)),
    );
  });
}

/** The lengths of the pieces of an axis; they add up to its length. */
export function pieceLengths(shape: Shape, axis: number, lengths: number | readonly number[]): readonly number[] {
  const length = shape[axis];
  const pieces = typeof lengths === "number" ? Array.from({ length: lengths }, () => length / lengths) : lengths;
  if (!pieces.every((piece) => Number.isInteger(piece) && piece >= 0) || pieces.reduce((a, b) => a + b, 0) !== length) {
    throw new ShapeError(
      `axis ${axis} of ${formatShape(shape)} has length ${length}, which does not split into ${typeof lengths === "number" ? `${lengths} equal pieces` : formatShape(lengths)}`,
      { op: "splitAxis", shapes: [shape] },
    );
  }
  return pieces;
}

/** How many elements are added before and after each axis. */
export type PadWidths = readonly (readonly [before: number, after: number])[];

/** The slice of a padded tensor that is the original. */
export function padWindow(shape: Shape, widths: PadWidths): { shape: number[]; window: SliceSpec[] } {
  const valid = widths.length === shape.length && widths.flat().every((width) => Number.isInteger(width) && width >= 0);
  if (!valid) {
    throw new ArgumentError(
      `needs a pair of whole numbers for each axis of ${formatShape(shape)}, got ${JSON.stringify(widths)}`,
      { op: "pad", shapes: [shape] },
    );
  }
  return {
    shape: shape.map((length, axis) => widths[axis][0] + length + widths[axis][1]),
    window: shape.map((length, axis) => ({ start: widths[axis][0], stop: widths[axis][0] + length })),
  };
}

/** The tensor surrounded by `value` (0 unless given): `widths[axis]` elements before and after. */
export function pad(x: TensorLike, widths: PadWidths, value = 0): Tensor {
  const source = asTensor("pad", x);
  const { shape, window } = padWindow(source.shape, widths);
  return writeSlice(source, shape, window, value);
}

/**
 * A tensor of the given shape that is 0 everywhere but in the window that `specs` cut, where it is `x`: the transpose
 * of `slice`.
 */
export function unslice(x: TensorLike, shape: Shape, specs: readonly SliceSpec[]): Tensor {
  checkShape("unslice", shape);
  return writeSlice(asTensor("unslice", x), shape, specs, 0);
}

function writeSlice(source: Tensor, shape: Shape, specs: readonly SliceSpec[], background: number): Tensor {
  const out = Tensor.dense(allocate(source.dtype, sizeOf(shape)).fill(background), [...shape]);
  const window = slice(out, specs);
  if (!sameShape(window.shape, source.shape)) {
    throw new ShapeError(`the window has shape ${formatShape(window.shape)}, the values ${formatShape(source.shape)}`, {
      op: "unslice",
      shapes: [window.shape, source.shape],
    });
  }
  writeInto(window, cast(source, out.dtype));
  return out;
}
