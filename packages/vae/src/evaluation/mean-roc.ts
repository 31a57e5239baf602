// The mean of several ROC curves, taken at common false-positive rates.

import { ArgumentError } from "@elbo/tensor";
import type { RocCurve } from "./roc.js";

/** The rates of a curve, both from 0 to 1. */
export type Rates = Pick<RocCurve, "falsePositive" | "truePositive">;

/** The common rates are 0, 1/200, ..., 1. */
const STEPS = 200;

/**
 * The mean true-positive rate of curves at 201 equally spaced false-positive rates (vertical averaging; Fawcett 2006,
 * section 8.1). Between its points a curve is linear; at a vertical step it has its highest value. It begins at (0, 0).
 * @throws ArgumentError where there are no curves
 * @example meanRocCurve([rocCurve(scores, positive)])
 */
export function meanRocCurve(curves: readonly Rates[]): Rates {
  if (curves.length === 0) throw new ArgumentError("needs at least one curve, got none", { op: "meanRocCurve" });
  const common = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const each = curves.map((curve) => truePositiveAt(curve, common));
  const means = common.map((_, i) => each.reduce((sum, rates) => sum + rates[i], 0) / curves.length);
  return { falsePositive: [0, ...common], truePositive: [0, ...means] };
}

/** The true-positive rates of a curve at ascending false-positive rates, in one pass over both. */
function truePositiveAt({ falsePositive, truePositive }: Rates, ascending: readonly number[]): number[] {
  let at = 0;
  return ascending.map((rate) => {
    while (at + 1 < falsePositive.length && falsePositive[at + 1] <= rate) at++;
    if (at + 1 === falsePositive.length) return truePositive[at];
    const share = (rate - falsePositive[at]) / (falsePositive[at + 1] - falsePositive[at]);
    return truePositive[at] + share * (truePositive[at + 1] - truePositive[at]);
  });
}
