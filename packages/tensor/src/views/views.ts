// Views: another shape, order or window on the same storage. They cost nothing and share every later reading.

import { asTensor, type TensorLike } from "../core/create.js";
import { formatShape, IndexError, ShapeError } from "../core/errors.js";
import {
  normalizeAxis,
  type Axes,
  normalizeAxes,
  resolveShape,
  rowMajorStrides,
  type Shape,
  broadcastShapes,
  sameShape,
  checkShape,
  isWhole,
} from "../core/shape.js";
import { copyElements, Tensor } from "../core/tensor.js";
import { checkOptions } from "../core/options.js";
import { allocate } from "../core/dtype.js";
import { stretchedStrides } from "../elementwise/map.js";

/** The elements in row-major order without gaps: the tensor itself where it is so already, else a copy. */
export function contiguous(x: TensorLike): Tensor {
  const source = asTensor("contiguous", x);
  return source.isContiguous
    ? source
    : Tensor.dense(copyElements(source, allocate(source.dtype, source.size)), source.shape);
}

/**
 * The same elements, in row-major order, in another shape; one length may be -1 and follows from the others.
 * A view where the tensor is contiguous, a copy where it is not.
 * @throws ShapeError where the numbers of elements differ
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const source = asTensor("reshape", x);
  const target = resolveShape("reshape", shape, source.shape);
  const whole = contiguous(source);
  return new Tensor(whole.storage, { shape: target, strides: rowMajorStrides(target), offset: whole.offset });
}

/** The axes in another order; without `axes` they are reversed. Axis i of the result is axis `axes[i]` of `x`. */
export function transpose(x: TensorLike, axes?: readonly number[]): Tensor {
  const source = asTensor("transpose", x);
  const order =
    axes === undefined
      ? source.shape.map((_, axis) => source.ndim - 1 - axis)
      : permutationOf("transpose", axes, source.ndim);
  return new Tensor(source.storage, {
    shape: order.map((axis) => source.shape[axis]),
    strides: order.map((axis) => source.strides[axis]),
    offset: source.offset,
  });
}

/** The axes counted from the front, each exactly once. */
export function permutationOf(op: string, axes: readonly number[], rank: number): number[] {
  const order = axes.map((axis) => normalizeAxis(op, axis, rank));
  if (order.length !== rank || new Set(order).size !== rank) {
    throw new IndexError(`axes ${formatShape(axes)} must name each of the ${rank} axes once`, { op });
  }
  return order;
}

/** Two axes exchanged. */
export function swapAxes(x: TensorLike, a: number, b: number): Tensor {
  const source = asTensor("swapAxes", x);
  const order = source.shape.map((_, axis) => axis);
  const [first, second] = [normalizeAxis("swapAxes", a, source.ndim), normalizeAxis("swapAxes", b, source.ndim)];
  [order[first], order[second]] = [second, first];
  return transpose(source, order);
}

/**
 * The tensor stretched to `shape` by NumPy's rules, as a view with stride 0 along stretched axes.
 * @throws ShapeError where an axis is neither 1 nor equal
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const source = asTensor("broadcastTo", x);
  checkShape("broadcastTo", shape);
  if (!sameShape(broadcastShapes("broadcastTo", source.shape, shape), shape)) {
    throw new ShapeError(`cannot broadcast ${formatShape(source.shape)} to ${formatShape(shape)}`, {
      op: "broadcastTo",
      shapes: [source.shape, shape],
    });
  }
  return new Tensor(source.storage, {
    shape: [...shape],
    strides: stretchedStrides(source, shape),
    offset: source.offset,
  });
}

/** What a slice takes of one axis: an index (the axis goes), or a half-open range with a step that may be negative. */
export type SliceSpec = number | null | { readonly start?: number; readonly stop?: number; readonly step?: number };

/** A slice of one axis with everything decided: `count` elements from `start`, `step` apart. */
export interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Decides a range as Python does: ends are clipped, negative ones count from the back. */
export function resolveRange(spec: Exclude<SliceSpec, number>, length: number): Range {
  if (spec !== null) checkOptions("slice", spec, ["start", "stop", "step"]);
  const step = spec?.step ?? 1;
  if (!isWhole(step) || step === 0)
    throw new IndexError(`a step is a whole number other than 0, got ${step}`, { op: "slice" });
  const clip = (at: number, low: number, high: number): number => {
    if (!isWhole(at)) throw new IndexError(`an end is a whole number, got ${at}`, { op: "slice" });
    return Math.min(high, Math.max(low, at < 0 ? at + length : at));
  };
  const start =
    spec?.start === undefined
      ? step > 0
        ? 0
        : length - 1
      : clip(spec.start, step > 0 ? 0 : -1, step > 0 ? length : length - 1);
  const stop =
    spec?.stop === undefined
      ? step > 0
        ? length
        : -1
      : clip(spec.stop, step > 0 ? 0 : -1, step > 0 ? length : length - 1);
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

/**
 * A window: one entry an axis, from the front; axes without an entry (or with null) are taken whole.
 * @throws IndexError where an index lies outside; ranges are clipped instead
 * @example slice(x, [0])                          // the first row
 * @example slice(x, [null, { start: 1, step: 2 }]) // every other column from the second on
 */
export function slice(x: TensorLike, specs: readonly SliceSpec[]): Tensor {
  const source = asTensor("slice", x);
  if (specs.length > source.ndim) {
    throw new IndexError(`${specs.length} entries for ${source.ndim} axes of ${formatShape(source.shape)}`, {
      op: "slice",
      shapes: [source.shape],
    });
  }
  const shape: number[] = [];
  const strides: number[] = [];
  let offset = source.offset;
  source.shape.forEach((length, axis) => {
    const spec = specs[axis] ?? null;
    const stride = source.strides[axis];
    if (typeof spec === "number") {
      offset += indexWithin(spec, length, axis, source.shape) * stride;
      return;
    }
    const { start, step, count } = resolveRange(spec, length);
    offset += count === 0 ? 0 : start * stride;
    shape.push(count);
    strides.push(stride * step);
  });
  return new Tensor(source.storage, { shape, strides, offset });
}

function indexWithin(index: number, length: number, axis: number, shape: Shape): number {
  const normal = index < 0 ? index + length : index;
  if (!Number.isInteger(index) || normal < 0 || normal >= length) {
    throw new IndexError(`index ${index} is outside of axis ${axis}, which has length ${length}`, {
      op: "slice",
      shapes: [shape],
    });
  }
  return normal;
}

/** The order of elements reversed along the given axes; along all of them without `axes`. */
export function flip(x: TensorLike, axes?: Axes): Tensor {
  const source = asTensor("flip", x);
  const flipped = normalizeAxes("flip", axes, source.ndim);
  return slice(
    source,
    source.shape.map((_, axis) => (flipped.includes(axis) ? { step: -1 } : null)),
  );
}

/** A new axis of length 1 at `axis` of the result. */
export function expandDims(x: TensorLike, axis: number): Tensor {
  const source = asTensor("expandDims", x);
  const at = normalizeAxis("expandDims", axis, source.ndim + 1);
  const grow = (list: Shape, value: number): number[] => [...list.slice(0, at), value, ...list.slice(at)];
  return new Tensor(source.storage, {
    shape: grow(source.shape, 1),
    strides: grow(source.strides, 0),
    offset: source.offset,
  });
}

/** Without its axes of length 1, or without the given ones. */
export function squeeze(x: TensorLike, axes?: Axes): Tensor {
  const source = asTensor("squeeze", x);
  const gone =
    axes === undefined
      ? source.shape.flatMap((length, axis) => (length === 1 ? [axis] : []))
      : normalizeAxes("squeeze", axes, source.ndim);
  const long = gone.find((axis) => source.shape[axis] !== 1);
  if (long !== undefined) {
    throw new ShapeError(
      `axis ${long} of ${formatShape(source.shape)} has length ${source.shape[long]}, only axes of length 1 can go`,
      { op: "squeeze", shapes: [source.shape] },
    );
  }
  const keep = (list: Shape): number[] => list.filter((_, axis) => !gone.includes(axis));
  return new Tensor(source.storage, {
    shape: keep(source.shape),
    strides: keep(source.strides),
    offset: source.offset,
  });
}
