// Operations that move elements and leave their values alone; each is linear, and its derivative is its transpose.

import {
  type Axes,
  checkOptions,
  normalizeAxes,
  normalizeAxis,
  type PadWidths,
  permutationOf,
  pieceLengths,
  resolveShape,
  type Shape,
  type SliceSpec,
  type Tensor,
  type TensorLike,
  type Windows,
} from "@elbo/tensor";
import { apply } from "../core/apply.js";
import { type Operand, shapeOf, type Value } from "../core/traced.js";

/** An operation on one tensor with further arguments: tensors give tensors, traced values traced ones. */
interface Moves<Rest extends unknown[]> {
  (x: TensorLike, ...rest: Rest): Tensor;
  (x: Operand, ...rest: Rest): Value;
}
const moves = <Rest extends unknown[]>(f: (x: Operand, ...rest: Rest) => Value): Moves<Rest> => f as Moves<Rest>;

/** The same elements in another shape; one length may be -1. */
export const reshape = moves((x, shape: Shape) =>
  apply("reshape", { shape: resolveShape("reshape", shape, shapeOf(x)) }, [x]),
);

/** The axes in another order, reversed without `axes`. */
export const transpose = moves((x, axes?: readonly number[]) => {
  const rank = shapeOf(x).length;
  const order =
    axes === undefined ? Array.from({ length: rank }, (_, i) => rank - 1 - i) : permutationOf("transpose", axes, rank);
  return apply("transpose", { axes: order }, [x]);
});

/** Two axes exchanged. */
export const swapAxes = moves((x, a: number, b: number) => {
  const order = shapeOf(x).map((_, axis) => axis);
  const [first, second] = [normalizeAxis("swapAxes", a, order.length), normalizeAxis("swapAxes", b, order.length)];
  [order[first], order[second]] = [second, first];
  return apply("transpose", { axes: order }, [x]);
});

/** `x` stretched to a shape by NumPy's rules. */
export const broadcastTo = moves((x, shape: Shape) => apply("broadcastTo", { shape: [...shape] }, [x]));

/** A new axis of length 1. */
export const expandDims = moves((x, axis: number) => {
  const shape = shapeOf(x);
  const at = normalizeAxis("expandDims", axis, shape.length + 1);
  return apply("reshape", { shape: [...shape.slice(0, at), 1, ...shape.slice(at)] }, [x]);
});

/** Without its axes of length 1, or without the given ones. */
export const squeeze = moves((x, axes?: Axes) => {
  const shape = shapeOf(x);
  const gone =
    axes === undefined
      ? shape.flatMap((length, axis) => (length === 1 ? [axis] : []))
      : normalizeAxes("squeeze", axes, shape.length);
  const kept = shape.filter((_, axis) => !gone.includes(axis));
  return apply("reshape", { shape: resolveShape("squeeze", kept, shape) }, [x]);
});

/** A window: an index, a range or null (all) for each axis from the front. */
export const slice = moves((x, specs: readonly SliceSpec[]) => apply("slice", { specs }, [x]));

/** Zeros of a shape with `x` written where `specs` cut: the transpose of `slice`. */
export const unslice = moves((x, shape: Shape, specs: readonly SliceSpec[]) => apply("unslice", { shape, specs }, [x]));

/** `x` surrounded by a value. */
export const pad = moves((x, widths: PadWidths, value?: number) => apply("pad", { widths, value: value ?? 0 }, [x]));

/** The order of elements reversed along axes, along all of them without `axes`. */
export const flip = moves((x, axes?: Axes) =>
  apply("flip", { axes: normalizeAxes("flip", axes, shapeOf(x).length) }, [x]),
);

interface Join {
  (parts: readonly TensorLike[], options?: { readonly axis?: number }): Tensor;
  (parts: readonly Operand[], options?: { readonly axis?: number }): Value;
}

/** The parts one after another along an axis (0 unless given). */
export const concat = ((parts: readonly Operand[], options: { readonly axis?: number } = {}) => {
  checkOptions("concat", options, ["axis"]);
  const { axis = 0 } = options;
  const rank = parts.length === 0 ? 1 : shapeOf(parts[0]).length;
  return apply("concat", { axis: normalizeAxis("concat", axis, rank) }, parts);
}) as Join;

/** Parts of one shape along a new axis (0 unless given). */
export const stack = ((parts: readonly Operand[], { axis = 0 } = {}) =>
  concat(
    parts.map((part) => expandDims(part, axis)),
    { axis },
  )) as Join;

interface SplitAxis {
  (x: TensorLike, lengths: number | readonly number[], options?: { readonly axis?: number }): Tensor[];
  (x: Operand, lengths: number | readonly number[], options?: { readonly axis?: number }): Value[];
}
/** An axis cut into pieces of the given lengths, or into `count` equal ones. */
export const splitAxis = ((x: Operand, lengths: number | readonly number[], { axis = 0 } = {}) => {
  const shape = shapeOf(x);
  const at = normalizeAxis("splitAxis", axis, shape.length);
  let start = 0;
  return pieceLengths(shape, at, lengths).map((length) => {
    const spec = { start, stop: (start += length) };
    return slice(
      x,
      shape.map((_, i) => (i === at ? spec : null)),
    );
  });
}) as SplitAxis;

/** The entries of an axis at int32 indices; the axis is replaced by the axes of the indices. */
export const gather = moves((x, indices: Operand, { axis = 0 }: { readonly axis?: number } = {}) =>
  apply("gather", { axis: normalizeAxis("gather", axis, shapeOf(x).length) }, [x, indices]),
);

/** Zeros with `length` entries along an axis, the updates added at the indices: the transpose of `gather`. */
export const scatterAdd = moves(
  (updates, indices: Operand, { axis = 0, length }: { readonly axis?: number; readonly length: number }) =>
    apply("scatterAdd", { axis, length }, [updates, indices]),
);

/** Sliding windows over `[batch, channels, height, width]` as columns `[batch, channels * kh * kw, oh * ow]`. */
export const im2col = moves((x, windows: Windows) => apply("im2col", { windows }, [x]));

/** Columns added back into images of a shape: the transpose of `im2col`. */
export const col2im = moves((x, image: Shape, windows: Windows) => apply("col2im", { image, windows }, [x]));
