// How well methods tell anomalies from normal examples: their figures on one test part, and tables of them.

import { auroc, averagePrecision, falsePositiveRateAt, rocCurve, type RocCurve } from "../../evaluation/roc.js";
import type { Column, Comparison } from "../comparison.js";
import { flagged } from "./detector.js";

/** The figures of a method on a test part, shares of 1. */
export interface Judgement {
  readonly auroc: number;
  /** The average precision, anomalies being positive. */
  readonly aupr: number;
  /** The false-positive rate at the threshold that finds 95 % of the anomalies. */
  readonly fprAt95: number;
  /** The share of normal examples that the method's own threshold flags. */
  readonly falseAlarms: number;
  /** The share of anomalies that the method's own threshold flags. */
  readonly detected: number;
}

/** A method with what came out on the test part. */
export interface Judged {
  readonly method: string;
  readonly ours: boolean;
  readonly threshold: number;
  /** `[count]`, of the test part. */
  readonly scores: Float64Array;
  /** null where the test part has no labels, or holds no anomaly, or nothing but anomalies. */
  readonly judgement: Judgement | null;
  readonly curve: RocCurve | null;
}

/** The figures of scores under a threshold, and their ROC curve, where there are anomalies and others. */
export function judge(
  scores: Float64Array,
  threshold: number,
  anomalous: readonly boolean[] | null,
): Pick<Judged, "judgement" | "curve"> {
  if (anomalous === null || new Set(anomalous).size < 2) return { judgement: null, curve: null };
  const flags = flagged(scores, threshold);
  const share = (among: boolean): number => {
    const own = flags.filter((_, i) => anomalous[i] === among);
    return own.filter(Boolean).length / own.length;
  };
  const judgement = {
    auroc: auroc(scores, anomalous),
    aupr: averagePrecision(scores, anomalous),
    fprAt95: falsePositiveRateAt(scores, anomalous),
    falseAlarms: share(false),
    detected: share(true),
  };
  return { judgement, curve: rocCurve(scores, anomalous) };
}

/** The methods on one idea of what is normal. */
export interface JudgedMethods {
  /** What tables call it: the class, or `normal`. */
  readonly name: string;
  readonly methods: readonly Judged[];
}

/** A rate as people write it: `5 %` for 0.05. */
export const ratePercent = (rate: number): string => `${Number((100 * rate).toPrecision(6))} %`;

/** Percent to two decimals. */
const percent = (name: string, better: Column["better"]): Column => ({ name, unit: "%", better, decimals: 2 });

/** Method by method the means over the ideas of what is normal that could be judged. All have the same methods. */
export function meanFigures(title: string, judged: readonly JudgedMethods[], fpr: number): Comparison {
  const asked = `threshold for ${ratePercent(fpr)}`;
  return {
    title,
    columns: [
      percent("AUROC", "higher"),
      percent("AUPR", "higher"),
      percent("FPR at 95 % TPR", "lower"),
      percent(`FPR, ${asked}`, null),
      percent(`TPR, ${asked}`, "higher"),
    ],
    rows: rowsOf(judged, (each) =>
      (["auroc", "aupr", "fprAt95", "falseAlarms", "detected"] as const).map((figure) =>
        mean(each.flatMap(({ judgement }) => (judgement === null ? [] : 100 * judgement[figure]))),
      ),
    ),
  };
}

/** Method by method the AUROC for each class that is normal in turn. */
export const aurocByClass = (judged: readonly JudgedMethods[]): Comparison => ({
  title: "AUROC by the class that is normal",
  columns: judged.map(({ name }) => percent(name, "higher")),
  rows: rowsOf(judged, (each) => each.map(({ judgement }) => (judgement === null ? null : 100 * judgement.auroc))),
});

/** What is left to say of a test part that cannot be judged. */
export const flaggedShares = (title: string, judged: readonly JudgedMethods[]): Comparison => ({
  title,
  columns: [percent("flagged", null)],
  rows: rowsOf(judged, (each) => [
    mean(
      each.map(({ scores, threshold }) => (100 * flagged(scores, threshold).filter(Boolean).length) / scores.length),
    ),
  ]),
});

function rowsOf(
  judged: readonly JudgedMethods[],
  values: (each: readonly Judged[]) => (number | null)[],
): Comparison["rows"] {
  return judged[0].methods.map(({ method, ours }, at) => ({
    method,
    ours,
    values: values(judged.map(({ methods }) => methods[at])),
  }));
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
