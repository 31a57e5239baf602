// Reductions of tensors along axes: sum, mean, max, min, argMax, argMin, any and all of them by the canonical tree.

import { asTensor, type TensorLike } from "../core/create.js";
import { allocate, requireFloat } from "../core/dtype.js";
import { ShapeError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { type Axes, normalizeAxes, normalizeAxis, reducedShape, sizeOf } from "../core/shape.js";
import { copyElements, forEachOffset, Tensor } from "../core/tensor.js";
import { div, square, sub } from "../elementwise/ops.js";
import { transpose } from "../views/views.js";
import { hasSimd } from "../wasm/features.js";
import { foldColumns, foldRows } from "./lanes.js";
import { type Folding, foldings, foldSequence, LANES } from "./tree.js";

/** Which axes a reduction runs over (all without `axis`), and whether they stay with length 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

function reduce(folding: Folding, x: TensorLike, options: ReduceOptions, op: string = folding.name): Tensor {
  const source = asTensor(op, x);
  requireFloat(op, source.dtype);
  checkOptions(op, options, ["axis", "keepDims"]);
  const axes = normalizeAxes(op, options.axis, source.ndim);
  const shape = reducedShape(source.shape, axes, options.keepDims ?? false);
  const outer = source.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const arranged = transpose(source, [...outer, ...axes]);
  const outerShape = outer.map((axis) => source.shape[axis]);
  const innerShape = axes.map((axis) => source.shape[axis]);
  const innerStrides = arranged.strides.slice(outer.length);
  const count = sizeOf(innerShape);
  const out = allocate(source.dtype, sizeOf(shape));
  const step = evenStep(innerShape, innerStrides);
  const outerStep = evenStep(outerShape, arranged.strides.slice(0, outer.length));
  if (out instanceof Float32Array && source.size >= LEAST_FOR_SIMD && hasSimd()) {
    const data = source.storage as Float32Array;
    // One row needs no step from row to row.
    if (step === 1 && (outerStep === count || out.length === 1)) {
      foldRows(folding, data, arranged.offset, out.length, count, out);
      return Tensor.dense(out, shape);
    }
    if (outerStep === 1 && out.length >= LEAST_COLUMNS && step !== undefined) {
      foldColumns(folding, data, arranged.offset, step, count, out.length, out);
      return Tensor.dense(out, shape);
    }
  }
  const lanes = allocate(source.dtype, LANES) as Float32Array | Float64Array;
  const scratch = step === undefined ? allocate(source.dtype, count) : undefined;
  forEachOffset(outerShape, [arranged.strides], [arranged.offset], (offsets, ordinal) => {
    if (scratch === undefined) {
      out[ordinal] = foldSequence(folding, source.storage, offsets[0], step!, count, lanes);
      return;
    }
    copyElements(new Tensor(source.storage, { shape: innerShape, strides: innerStrides, offset: offsets[0] }), scratch);
    out[ordinal] = foldSequence(folding, scratch, 0, 1, count, lanes);
  });
  return Tensor.dense(out, shape);
}

/** Fewer numbers are folded in place: the way to SIMD costs more than it saves. */
const LEAST_FOR_SIMD = 64;
const LEAST_COLUMNS = 8;

/** The one stride with which the reduced elements follow each other in row-major order, if there is one. */
function evenStep(shape: readonly number[], strides: readonly number[]): number | undefined {
  let step: number | undefined;
  let expected = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (step === undefined) step = strides[axis];
    else if (strides[axis] !== expected) return undefined;
    expected = strides[axis] * shape[axis];
  }
  return step ?? 1;
}

/** The sum along axes. An empty sum is 0. */
export const sum = (x: TensorLike, options: ReduceOptions = {}): Tensor => reduce(foldings.sum, x, options);

/** The arithmetic mean along axes: the sum over the count; NaN over no elements. */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const source = asTensor("mean", x);
  checkOptions("mean", options, ["axis", "keepDims"]);
  const count = normalizeAxes("mean", options.axis, source.ndim).reduce(
    (product, axis) => product * source.shape[axis],
    1,
  );
  return div(reduce(foldings.sum, source, options, "mean"), count);
}

/** The mean squared distance from the mean along axes, divided by the count (not the count less one). */
export function variance(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return mean(square(sub(x, mean(x, { ...options, keepDims: true }))), options);
}

/** The largest element along axes; NaN if one is NaN. Throws a ShapeError over no elements. */
export const max = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  reduce(foldings.max, nonEmpty("max", x, options.axis), options);

/** The smallest element along axes; NaN if one is NaN. Throws a ShapeError over no elements. */
export const min = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  reduce(foldings.min, nonEmpty("min", x, options.axis), options);

function nonEmpty(op: string, x: TensorLike, axis: Axes): Tensor {
  const source = asTensor(op, x);
  const empty = normalizeAxes(op, axis, source.ndim).find((one) => source.shape[one] === 0);
  if (empty !== undefined) {
    throw new ShapeError(`has no value over no elements: axis ${empty} of [${source.shape.join(", ")}] has length 0`, {
      op,
      shapes: [source.shape],
    });
  }
  return source;
}

/** Options of `argMax` and `argMin`. */
export interface ArgOptions {
  readonly axis?: number;
  readonly keepDims?: boolean;
}

function argReduce(
  op: string,
  better: (x: number, best: number) => boolean,
  x: TensorLike,
  options: ArgOptions,
): Tensor {
  checkOptions(op, options, ["axis", "keepDims"]);
  const source = nonEmpty(op, x, options.axis);
  const axes =
    options.axis === undefined
      ? normalizeAxes(op, undefined, source.ndim)
      : [normalizeAxis(op, options.axis, source.ndim)];
  const outer = source.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const arranged = transpose(source, [...outer, ...axes]).data;
  const count = axes.reduce((product, axis) => product * source.shape[axis], 1);
  const shape = reducedShape(source.shape, axes, options.keepDims ?? false);
  const out = new Int32Array(sizeOf(shape));
  for (let row = 0; row < out.length; row++) {
    let best = 0;
    for (let i = 1; i < count; i++) {
      const current = arranged[row * count + best];
      const candidate = arranged[row * count + i];
      if (!Number.isNaN(current) && (better(candidate, current) || Number.isNaN(candidate))) best = i;
    }
    out[row] = best;
  }
  return Tensor.dense(out, shape);
}

/** Where the largest element stands (int32): the first of equals, the first NaN if there is one. Over all elements without `axis`. */
export const argMax = (x: TensorLike, options: ArgOptions = {}): Tensor =>
  argReduce("argMax", (a, b) => a > b, x, options);

/** Where the smallest element stands (int32): the first of equals, the first NaN if there is one. Over all elements without `axis`. */
export const argMin = (x: TensorLike, options: ArgOptions = {}): Tensor =>
  argReduce("argMin", (a, b) => a < b, x, options);

/** The running sum along an axis: element i is the sum of 0..i, folded from the front (or from the back with `reverse`). */
export function cumsum(x: TensorLike, options: { readonly axis: number; readonly reverse?: boolean }): Tensor {
  const source = asTensor("cumsum", x);
  checkOptions("cumsum", options ?? null, ["axis", "reverse"]);
  requireFloat("cumsum", source.dtype);
  const axis = normalizeAxis("cumsum", options.axis, source.ndim);
  const count = source.shape[axis];
  const step = source.shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  const out = copyElements(source, allocate(source.dtype, source.size));
  const outerCount = count === 0 ? 0 : out.length / (count * step);
  for (let outer = 0; outer < outerCount; outer++) {
    for (let inner = 0; inner < step; inner++) {
      const first = outer * count * step + inner;
      for (let i = 1; i < count; i++) {
        const at = options.reverse ? first + (count - 1 - i) * step : first + i * step;
        out[at] = out[at] + out[options.reverse ? at + step : at - step];
      }
    }
  }
  return Tensor.dense(out, source.shape);
}
