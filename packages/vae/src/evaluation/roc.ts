// How well scores tell positive examples from negative ones, and the threshold that keeps false alarms rare.

import { ArgumentError } from "@elbo/tensor";

/** The rates as the threshold falls, from (0, 0) to (1, 1). */
export interface RocCurve {
  readonly falsePositive: readonly number[];
  readonly truePositive: readonly number[];
  /** An example is called positive where its score is at least this: Infinity first, then every distinct score. */
  readonly thresholds: readonly number[];
}

/** What has been called positive once the threshold has fallen to a score. */
interface Step {
  readonly threshold: number;
  readonly positives: number;
  readonly negatives: number;
}

/** True, 1 for a positive example, false, 0 for a negative one. */
export type Positive = ArrayLike<boolean | number>;

/** The running counts at each distinct score, from the highest down: equal scores are one step. */
function stepsOf(op: string, scores: ArrayLike<number>, positive: Positive): Step[] {
  checkScores(op, scores);
  if (scores.length !== positive.length)
    throw new ArgumentError(`${scores.length} scores do not go with ${positive.length} marks of positive`, { op });
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => compare(scores[b], scores[a]));
  const steps: Step[] = [];
  let [positives, negatives] = [0, 0];
  order.forEach((at, i) => {
    const mark = Number(positive[at]);
    if (mark !== 0 && mark !== 1)
      throw new ArgumentError(`positive is true, false, 1 or 0, entry ${at} is ${positive[at]}`, { op });
    positives += mark;
    negatives += 1 - mark;
    const isLast = i + 1 === order.length || scores[order[i + 1]] !== scores[at];
    if (isLast) steps.push({ threshold: scores[at], positives, negatives });
  });
  if (positives === 0 || negatives === 0)
    throw new ArgumentError(`needs examples of both classes, all ${scores.length} are of one`, { op });
  return steps;
}

/** Infinite scores have their order too; their difference has none. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

function checkScores(op: string, scores: ArrayLike<number>): void {
  for (let i = 0; i < scores.length; i++)
    if (Number.isNaN(scores[i])) throw new ArgumentError(`score ${i} is NaN; drop it or mend the model`, { op });
}

/**
 * The receiver operating characteristic: the shares of negative and of positive examples that score at least each
 * threshold; equal scores are one step.
 * @throws ArgumentError where a score is NaN, the lengths differ, or all examples are of one class
 * @example rocCurve([0.9, 0.1], [true, false]).truePositive // [0, 1, 1]
 */
export function rocCurve(scores: ArrayLike<number>, positive: Positive): RocCurve {
  const steps = stepsOf("rocCurve", scores, positive);
  const last = steps[steps.length - 1];
  return {
    falsePositive: [0, ...steps.map(({ negatives }) => negatives / last.negatives)],
    truePositive: [0, ...steps.map(({ positives }) => positives / last.positives)],
    thresholds: [Infinity, ...steps.map(({ threshold }) => threshold)],
  };
}

/**
 * The area under the ROC curve: the chance that a positive example scores more than a negative one, equal scores counted
 * half (Mann and Whitney 1947). 1 is perfect, 1/2 is chance.
 * @throws ArgumentError as `rocCurve`
 * @example auroc([3, 2, 2, 1], [1, 1, 0, 0]) // 0.875
 */
export function auroc(scores: ArrayLike<number>, positive: Positive): number {
  const steps = stepsOf("auroc", scores, positive);
  const last = steps[steps.length - 1];
  let [pairs, before] = [0, { positives: 0, negatives: 0 }];
  for (const step of steps) {
    pairs += (step.negatives - before.negatives) * ((step.positives + before.positives) / 2);
    before = step;
  }
  return pairs / (last.positives * last.negatives);
}

/**
 * The average precision: `sum (recall_i - recall_(i-1)) precision_i` over the distinct scores from the highest down, the
 * area under the steps of the precision-recall curve. Chance gives the share of positive examples.
 * @throws ArgumentError as `rocCurve`
 * @example averagePrecision([3, 2, 1], [1, 0, 1]) // 1/2 + 1/2 * 2/3
 */
export function averagePrecision(scores: ArrayLike<number>, positive: Positive): number {
  const steps = stepsOf("averagePrecision", scores, positive);
  let [total, before] = [0, 0];
  for (const { positives, negatives } of steps) {
    total += ((positives - before) * positives) / (positives + negatives);
    before = positives;
  }
  return total / steps[steps.length - 1].positives;
}

/**
 * The share of negative examples called positive at the highest threshold that finds at least `truePositiveRate` of the
 * positive ones.
 * @throws ArgumentError as `rocCurve`, and where the rate is not above 0 and at most 1
 * @example falsePositiveRateAt([3, 2, 1], [1, 0, 1], 0.5) // 0
 */
export function falsePositiveRateAt(scores: ArrayLike<number>, positive: Positive, truePositiveRate = 0.95): number {
  if (!(truePositiveRate > 0 && truePositiveRate <= 1)) {
    throw new ArgumentError(`the true positive rate is above 0 and at most 1, got ${truePositiveRate}`, {
      op: "falsePositiveRateAt",
    });
  }
  const { falsePositive, truePositive } = rocCurve(scores, positive);
  return falsePositive[truePositive.findIndex((rate) => rate >= truePositiveRate)];
}

/** A count this near to a whole number is that number: rates such as 0.29 are not exact in binary. */
const SLACK = 1e-9;

/**
 * The threshold that a fresh normal example exceeds with a chance of at most `falsePositiveRate`: the
 * `ceil((n + 1) (1 - rate))`-th smallest of n scores of normal examples that the model was not fitted to, Infinity
 * where that is more than n. It holds for exchangeable examples whatever their distribution (split conformal
 * prediction; Vovk, Gammerman and Shafer 2005), the chance taken over the n scores too.
 * @throws ArgumentError where there are no scores, one is NaN, or the rate is not between 0 and 1
 * @example conformalThreshold(heldOutScores, 0.05)
 */
export function conformalThreshold(normalScores: ArrayLike<number>, falsePositiveRate: number): number {
  const op = "conformalThreshold";
  if (normalScores.length === 0) throw new ArgumentError("needs scores of normal examples, got none", { op });
  checkScores(op, normalScores);
  if (!(falsePositiveRate > 0 && falsePositiveRate < 1))
    throw new ArgumentError(`the false positive rate is between 0 and 1, got ${falsePositiveRate}`, { op });
  const rank = Math.max(1, Math.ceil((normalScores.length + 1) * (1 - falsePositiveRate) - SLACK));
  return rank > normalScores.length ? Infinity : Float64Array.from(normalScores).sort()[rank - 1];
}
