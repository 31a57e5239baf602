// Stable sums in the log domain: logSumExp, softmax, logSoftmax, logMeanExp.

import { asTensor, type TensorLike } from "../core/create.js";
import { checkOptions } from "../core/options.js";
import { normalizeAxes } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { abs, add, div, exp, less, log, sub, where } from "../elementwise/ops.js";
import { reshape } from "../views/views.js";
import { max, type ReduceOptions, sum } from "./reduce.js";
import { stableSums } from "./stable.js";

const sums = stableSums<Tensor>({
  abs,
  exp,
  log,
  add,
  sub,
  div,
  less,
  where,
  reshape,
  max: (x, axes) => max(x, { axis: axes, keepDims: true }),
  sum: (x, axes) => sum(x, { axis: axes, keepDims: true }),
});

/**
 * `log(sum(exp(x)))` along axes, shifted by the maximum so that nothing overflows. A maximum of +-Infinity shifts by
 * 0; all -Infinity gives -Infinity, as does a sum over no elements.
 */
export function logSumExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const source = asTensor("logSumExp", x);
  checkOptions("logSumExp", options, ["axis", "keepDims"]);
  const axes = normalizeAxes("logSumExp", options.axis, source.ndim);
  return sums.logSumExp(source, axes, options.keepDims ?? false);
}

/** `log(mean(exp(x)))` along axes. */
export function logMeanExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const source = asTensor("logMeanExp", x);
  const count = normalizeAxes("logMeanExp", options.axis, source.ndim).reduce(
    (product, axis) => product * source.shape[axis],
    1,
  );
  const logCount = log(asTensor("logMeanExp", count, source.dtype));
  return sub(logSumExp(source, options), logCount);
}

/** Along which axes a distribution sums to 1; the last one unless said otherwise. */
export interface SoftmaxOptions {
  readonly axis?: number | readonly number[];
}

/** `exp(x - logSumExp(x))`: positive, and 1 in sum along the axis. */
export function softmax(x: TensorLike, options: SoftmaxOptions = {}): Tensor {
  const source = asTensor("softmax", x);
  checkOptions("softmax", options, ["axis"]);
  return sums.softmax(source, normalizeAxes("softmax", options.axis ?? -1, source.ndim));
}

/** `x - logSumExp(x)`: the logarithm of `softmax`, without underflow. */
export function logSoftmax(x: TensorLike, options: SoftmaxOptions = {}): Tensor {
  const source = asTensor("logSoftmax", x);
  checkOptions("logSoftmax", options, ["axis"]);
  return sums.logSoftmax(source, normalizeAxes("logSoftmax", options.axis ?? -1, source.ndim));
}
