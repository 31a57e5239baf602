// What anomaly detection has to show: figures beside baselines, ROC curves, the strangest examples, and all scores.

import { fromTypedArray } from "@elbo/tensor";
import { classTexts } from "../../data/classes.js";
import { formatTable } from "../../data/csv.js";
import { ratePercent } from "../../uses/anomaly/judgement.js";
import type { AnomalyResult, Detection } from "../../uses/anomaly.js";
import type { Comparison } from "../../uses/comparison.js";
import { fewestFor } from "../../uses/anomaly/detector.js";
import { significant } from "../heat.js";
import { fixed } from "../numbers.js";
import { rocChart } from "../roc-chart.js";
import { type Names, strangestPicture } from "./anomaly-pictures.js";
import type { Exhibit, Picture } from "./exhibit.js";

/** The exhibit of detectors that were judged on the test part. */
export function anomalyExhibit(result: AnomalyResult, names: Names = {}): Exhibit {
  const { comparison, byClass, curves, detectors, first } = result;
  const several = detectors.length > 1;
  const roc: Picture[] =
    curves === null
      ? []
      : [
          {
            name: "roc",
            caption: `The share of anomalies found against the share of normal examples flagged, as the threshold falls${byClass === null ? "" : "; at each false-positive rate the mean over the detectors"}. The higher to the left, the better; the diagonal is chance.`,
            svg: rocChart(curves),
          },
        ];
  const whose = several
    ? ` Pictures and scores.csv are of the first detector, for which ${first.normal} is normal.`
    : "";
  return {
    use: "anomaly",
    title: "Anomaly detection",
    reading: `${curves === null ? unjudged(first) : standing(comparison, first)}${thresholdNote(first)}${whose}`,
    comparisons: byClass === null ? [comparison] : [comparison, byClass],
    pictures: [...roc, strangestPicture(first, names)],
    sheets: [scoresSheet(first, names)],
    facts: {
      ...(several ? { detectors: detectors.length } : {}),
      ...factsOf(first),
      "training seconds": detectors.reduce((sum, { detector }) => sum + detector.seconds, 0),
    },
  };
}

/**
 * The exhibit of one detector on other examples.
 * @param source what they are called: the path of a file
 */
export const detectionExhibit = (detection: Detection, source: string, names: Names = {}): Exhibit => ({
  use: "anomaly",
  title: "Anomaly detection",
  reading: `${source}: ${unjudged(detection)}${thresholdNote(detection)}`,
  comparisons: [],
  pictures: [strangestPicture(detection, names)],
  sheets: [scoresSheet(detection, names, true)],
  facts: { ...factsOf(detection), "training seconds": detection.detector.seconds },
});

const rate = ({ choices }: Detection): string => ratePercent(choices.fpr);

function standing({ rows, columns }: Comparison, detection: Detection): string {
  const [auroc, , , alarms, found] = columns.map((_, at) => (row: (typeof rows)[number]) => row.values[at]!);
  const ours = rows.find((row) => row.ours)!;
  const best = rows.filter((row) => !row.ours).reduce((a, b) => (auroc(b) > auroc(a) ? b : a));
  const [own, other] = [fixed(auroc(ours)), fixed(auroc(best))];
  const verdict = own === other ? "level with" : auroc(ours) > auroc(best) ? "above" : "below";
  return `The AUROC of the ${ours.method} is ${own} %, ${verdict} that of the best baseline, ${best.method}, ${other} %. At the threshold chosen on held-out normal examples for ${rate(detection)} false alarms (the false-positive rate, FPR), it flags ${fixed(alarms(ours))} % of the normal test examples and ${fixed(found(ours))} % of the anomalies (the true-positive rate, TPR).`;
}

function unjudged(detection: Detection): string {
  const { scores, detector } = detection;
  const count = scores.filter((score) => score > detector.threshold).length;
  return `${count} of ${scores.length} examples score more than ${significant(detector.threshold)}, the threshold that is chosen for ${rate(detection)} false alarms with ${detection.normal} normal. Whether they are anomalies is not known here.`;
}

/** A threshold of Infinity has a reason that should be told. */
function thresholdNote(detection: Detection): string {
  const { threshold, heldOut } = detection.detector;
  if (threshold < Infinity) return "";
  return ` Only ${heldOut.shape[0]} normal examples are held out, and a rate of ${rate(detection)} takes ${fewestFor(detection.choices.fpr)}: nothing is flagged. The least rate that they allow is ${ratePercent(1 / (heldOut.shape[0] + 1))} (--fpr ${leastRate(heldOut.shape[0])}).`;
}

/** The least rate that so many held-out examples allow, rounded up to four digits. */
const leastRate = (count: number): number => Math.ceil(1e4 / (count + 1)) / 1e4;

const factsOf = ({ detector, choices }: Detection): Exhibit["facts"] => ({
  score: detector.score,
  threshold: Number.isFinite(detector.threshold) ? detector.threshold : "none: too few examples are held out",
  "normal examples that it is fitted to": detector.fitted.shape[0],
  "held out": detector.heldOut.shape[0],
  seed: choices.seed,
});

/** Tables and JSON hold no infinity: the largest number stands for it. */
const cell = (value: number): number => Math.min(value, Number.MAX_VALUE);

/** One row for each example: its place, its score, 1 where that is flagged, and its label where there are labels. */
function scoresSheet(
  { scores, labels, detector }: Detection,
  { classes }: Names,
  withThreshold = false,
): Exhibit["sheets"][number] {
  const { threshold } = detector;
  const names = ["index", "score", ...(withThreshold ? ["threshold"] : []), "flagged"];
  const cells = Array.from(scores, (score, i) => [
    i,
    cell(score),
    ...(withThreshold ? [cell(threshold)] : []),
    Number(score > threshold),
  ]).flat();
  return {
    name: "scores.csv",
    text: formatTable(
      names,
      fromTypedArray(Float64Array.from(cells), [scores.length, names.length]),
      classTexts(labels, classes),
    ),
  };
}
