// The arguments of random functions: what is refused, and what the others come to. Both engines ask here.

import { ArgumentError, formatShape, ShapeError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { broadcastShapes, sameShape, type Shape } from "../core/shape.js";

/** Where numbers are drawn from: of `low` up to but without `high`. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The range of `uniform`, `[0, 1)` unless said otherwise.
 * @throws ArgumentError unless low < high
 */
export function uniformRange(options: Partial<Range>): Range {
  checkOptions("uniform", options, ["low", "high"]);
  const { low = 0, high = 1 } = options;
  if (!(low < high && Number.isFinite(Math.fround(high - low)))) {
    throw new ArgumentError(`needs low < high, a finite distance apart, got ${low} and ${high}`, { op: "uniform" });
  }
  return { low, high };
}

/** The largest float32 below `x`. */
export function floatBelow(x: number): number {
  const float = Float32Array.of(x);
  if (float[0] < x) return float[0];
  if (float[0] === 0) return -(2 ** -149);
  new Int32Array(float.buffer)[0] -= Math.sign(x);
  return float[0];
}

/**
 * The range of `randomInt`, from 0 unless said otherwise.
 * @throws ArgumentError unless both are whole numbers within 32 bits
 */
export function integerRange({ low = 0, high }: { readonly low?: number; readonly high: number }): Range {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low || low < -(2 ** 31) || high > 2 ** 31) {
    throw new ArgumentError(`needs whole numbers low < high within 32 bits, got ${low} and ${high}`, {
      op: "randomInt",
    });
  }
  return { low, high };
}

/**
 * The shape of `bernoulli` with probabilities of a shape: the shape asked for, or theirs.
 * @throws ShapeError where the probabilities do not broadcast to it
 */
export function bernoulliShape(probability: Shape, target: Shape = probability): Shape {
  if (!sameShape(broadcastShapes("bernoulli", probability, target), target)) {
    throw new ShapeError(`p of ${formatShape(probability)} does not broadcast to ${formatShape(target)}`, {
      op: "bernoulli",
      shapes: [probability, target],
    });
  }
  return target;
}

/** Refuses what is no number of new keys. */
export function checkKeyCount(count: number): void {
  if (!Number.isInteger(count) || count < 0)
    throw new ArgumentError(`a count is a whole number of 0 or more, got ${count}`, { op: "split" });
}

/** Refuses what is no index of 32 bits to fold into a key. */
export function checkFoldIndex(index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 32) {
    throw new ArgumentError(`an index is a whole number from 0 to 2^32 - 1, got ${index}`, { op: "foldIn" });
  }
}
