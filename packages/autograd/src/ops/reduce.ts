// Reductions and the operations of the log domain that normalise along axes.

import {
  type Axes,
  checkOptions,
  full,
  normalizeAxes,
  normalizeAxis,
  type ReduceOptions,
  type Tensor,
  type TensorLike,
} from "@elbo/tensor";
import { apply } from "../core/apply.js";
import { type Operand, shapeOf, type Value } from "../core/traced.js";
import { add, div, log, mul, square, sub } from "./elementwise.js";
import { concat, slice } from "./shape.js";

interface Reduces<Options> {
  (x: TensorLike, options?: Options): Tensor;
  (x: Operand, options?: Options): Value;
}

const reduction = (op: "sum" | "max" | "min" | "logSumExp"): Reduces<ReduceOptions> =>
  ((x: Operand, options: ReduceOptions = {}) => {
    checkOptions(op, options, ["axis", "keepDims"]);
    const { axis, keepDims = false } = options;
    return apply(op, { axes: normalizeAxes(op, axis, shapeOf(x).length), keepDims }, [x]);
  }) as Reduces<ReduceOptions>;

/** The sum along axes, all of them without `axis`. */
export const sum = reduction("sum");
/** The largest along axes; equal ones share the cotangent. */
export const max = reduction("max");
/** The smallest along axes; equal ones share the cotangent. */
export const min = reduction("min");
/** `log(sum(e^x))` along axes, without overflow; its gradient is the softmax, and 0 where all are -Infinity. */
export const logSumExp = reduction("logSumExp");

/** How many elements a reduction joins into one. */
function countAlong(x: Operand, axis: Axes): number {
  const shape = shapeOf(x);
  return normalizeAxes("mean", axis, shape.length).reduce((product, one) => product * shape[one], 1);
}

/** That number as a scalar of the operand's dtype. */
const countLike = (x: Operand, axis: Axes): Tensor =>
  full([], countAlong(x, axis), { dtype: typeof x === "number" ? "float32" : x.dtype });

/** The arithmetic mean along axes. */
export const mean = ((x: Operand, options: ReduceOptions = {}) =>
  div(sum(x, options), countAlong(x, options.axis))) as Reduces<ReduceOptions>;

/** The mean squared distance from the mean along axes (divided by the count, not the count less one). */
export const variance = ((x: Operand, options: ReduceOptions = {}) =>
  mean(square(sub(x, mean(x, { ...options, keepDims: true }))), options)) as Reduces<ReduceOptions>;

/** `log(mean(e^x))` along axes. */
export const logMeanExp = ((x: Operand, options: ReduceOptions = {}) =>
  sub(logSumExp(x, options), log(countLike(x, options.axis)))) as Reduces<ReduceOptions>;

/**
 * The product along one axis, by halves: the first half of the axis times the second, until one is left. Made of
 * products alone, it has derivatives of every order also where factors are 0. No factors give 1.
 */
export const prod = ((x: Operand, { axis = 0 }: { readonly axis?: number } = {}) => {
  const at = normalizeAxis("prod", axis, shapeOf(x).length);
  const window = (value: Operand, spec: number | { start: number; stop: number }) =>
    slice(
      value,
      shapeOf(value).map((_, i) => (i === at ? spec : null)),
    );
  let rest = x;
  for (let count = shapeOf(x)[at]; count > 1; count = Math.ceil(count / 2)) {
    const half = Math.floor(count / 2);
    const product = mul(window(rest, { start: 0, stop: half }), window(rest, { start: half, stop: 2 * half }));
    rest = count % 2 === 0 ? product : concat([product, window(rest, { start: count - 1, stop: count })], { axis: at });
  }
  return shapeOf(x)[at] === 0 ? add(1, sum(x, { axis: at })) : window(rest, 0);
}) as Reduces<{ readonly axis?: number }>;

interface SoftmaxOptions {
  readonly axis?: number | readonly number[];
}
const normalised = (op: "softmax" | "logSoftmax"): Reduces<SoftmaxOptions> =>
  ((x: Operand, options: SoftmaxOptions = {}) => {
    checkOptions(op, options, ["axis"]);
    return apply(op, { axes: normalizeAxes(op, options.axis ?? -1, shapeOf(x).length) }, [x]);
  }) as Reduces<SoftmaxOptions>;

/** `e^x / sum(e^x)` along axes, the last one unless given. */
export const softmax = normalised("softmax");
/** The logarithm of `softmax`, without underflow. */
export const logSoftmax = normalised("logSoftmax");

interface CumsumOptions {
  readonly axis: number;
  readonly reverse?: boolean;
}
interface Cumsum {
  (x: TensorLike, options: CumsumOptions): Tensor;
  (x: Operand, options: CumsumOptions): Value;
}
/** The running sum along an axis, from the back with `reverse`. */
export const cumsum = ((x: Operand, { axis, reverse = false }: CumsumOptions) =>
  apply("cumsum", { axis: normalizeAxis("cumsum", axis, shapeOf(x).length), reverse }, [x])) as Cumsum;

interface ArgReduces {
  (x: TensorLike, options: { readonly axis: number }): Tensor;
  (x: Operand, options: { readonly axis: number }): Value;
}
const argument = (op: "argMax" | "argMin"): ArgReduces =>
  ((x: Operand, { axis }: { readonly axis: number }) =>
    apply(op, { axis: normalizeAxis(op, axis, shapeOf(x).length) }, [x])) as ArgReduces;

/** Where the largest along an axis stands (int32). It has no gradient. */
export const argMax = argument("argMax");
/** Where the smallest along an axis stands (int32). It has no gradient. */
export const argMin = argument("argMin");
