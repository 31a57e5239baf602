// Anomaly detection: fit to normal examples, score others, and flag what scores above a threshold.

import { ArgumentError, checkOptions, type Tensor } from "@elbo/tensor";
import type { Dataset } from "../data/dataset.js";
import { meanRocCurve, type Rates } from "../evaluation/mean-roc.js";
import { conformalThreshold } from "../evaluation/roc.js";
import { isImageModel } from "../models/config.js";
import { flatten } from "../models/model.js";
import { type Explained, type Scored, strangest } from "./anomaly/examples.js";
import {
  aurocByClass,
  flaggedShares,
  judge,
  type Judged,
  type JudgedMethods,
  meanFigures,
} from "./anomaly/judgement.js";
import { componentsOf, rivals } from "./anomaly/rivals.js";
import type { Comparison } from "./comparison.js";
import {
  checkExamples,
  type Detector,
  detectorChoices,
  type DetectorChoices,
  type DetectorOptions,
  fitDetector,
  type Scorer,
  scoreInBlocks,
  scorerOf,
} from "./anomaly/detector.js";
import { normalities, type Normality } from "./anomaly/normality.js";
import { inMode, nameOf, type Study } from "./study.js";

export interface AnomalyOptions extends DetectorOptions {
  /** The classes that are normal in turn, each with a detector of its own; all of the training part's unless given. */
  readonly normal?: readonly number[];
}

/** What a detector says of some examples. */
export interface Detection extends Scored {
  readonly detector: Detector;
  /** `the training part`, or `class 3`. */
  readonly normal: string;
  readonly choices: DetectorChoices;
  /** The ten examples that score most; twelve where examples are no images. */
  readonly strangest: Explained;
  /** As many normal examples that score most: flagged wrongly, or nearest to it; null where it is not known. */
  readonly alarms: Explained | null;
}

/** A ROC curve, or the mean of several, and what it belongs to. */
export interface MethodCurve extends Rates {
  readonly method: string;
  readonly ours: boolean;
  /** The (mean) area under the curve, 0..1. */
  readonly auroc: number;
}

export interface AnomalyResult {
  /** Means over the detectors. */
  readonly comparison: Comparison;
  /** AUROC for each detector; null where there is one. */
  readonly byClass: Comparison | null;
  /** Method by method; null where the test part cannot be judged. */
  readonly curves: readonly MethodCurve[] | null;
  /** Every detector with its figures on the test part. */
  readonly detectors: readonly (JudgedMethods & { readonly detector: Detector })[];
  /** The test part as the first detector sees it. */
  readonly first: Detection;
}

/** What the options come to on a data set. */
export interface AnomalyPlan {
  readonly choices: DetectorChoices;
  /** What is normal: one detector for each. */
  readonly ideas: readonly Normality[];
}

/**
 * The options with their defaults, and the detectors that they ask for, before anything is computed.
 * @throws ArgumentError for options that make no detector
 * @example anomalyPlan(data, { normal: [3] }).ideas.length // 1
 */
export function anomalyPlan(data: Dataset, options: AnomalyOptions = {}): AnomalyPlan {
  checkOptions("anomaly", options, ["normal", "fpr", "score", "seed"]);
  return { choices: detectorChoices(options), ideas: normalities(data, options.normal) };
}

/**
 * Fits a detector to each idea of what is normal, and judges it on the test part beside PCA, the Mahalanobis distance and
 * the distance to neighbours, which are fitted to the same examples and get thresholds in the same way.
 * @throws ArgumentError for options that make no detector, DataError where test inputs do not suit the likelihood
 * @example await anomaly(study, { normal: [3], fpr: 0.01 })
 */
export async function anomaly(study: Study, options: AnomalyOptions = {}): Promise<AnomalyResult> {
  const { model, data } = study;
  const { choices, ideas } = anomalyPlan(data, options);
  checkExamples(model, data.test.inputs);
  const detectors: (JudgedMethods & { readonly detector: Detector })[] = [];
  for (const normality of ideas) {
    const detector = await fitDetector(study, normality, choices);
    const methods = await judgedMethods(study, detector, choices);
    detectors.push({ name: className(data, normality) ?? "normal", methods, detector });
  }
  const [{ detector, methods }] = detectors;
  const judged = detectors.filter((each) => each.methods[0].judgement !== null);
  const title = titleOf(data, ideas, judged.length);
  return {
    comparison: judged.length > 0 ? meanFigures(title, judged, choices.fpr) : flaggedShares(title, detectors),
    byClass: judged.length > 1 ? aurocByClass(judged) : null,
    curves: judged.length > 0 ? curvesOf(judged) : null,
    detectors,
    first: detectionOf(study, detector, choices, { ...data.test, scores: methods[0].scores }),
  };
}

/**
 * Scores other examples `[count, ...input]` with the one detector of a study.
 * @throws ArgumentError where there is more than one idea of what is normal, DataError where the inputs do not suit the
 *   likelihood, ShapeError where they do not fit the model
 * @example (await detect(study, inputs, { normal: [3] })).scores
 */
export async function detect(study: Study, inputs: Tensor, options: AnomalyOptions = {}): Promise<Detection> {
  const { choices, ideas } = anomalyPlan(study.data, options);
  const refused = (message: string): ArgumentError => new ArgumentError(message, { op: "anomaly" });
  if (ideas.length > 1)
    throw refused(`one detector scores other examples; name one of ${ideas.length} classes as normal`);
  if (inputs.shape[0] === 0) throw refused("there are no examples to score");
  checkExamples(study.model, inputs);
  const [normality] = ideas;
  const detector = await fitDetector(study, normality, choices);
  const scores = await scoreInBlocks(study, scorerOf(detector), inputs);
  return detectionOf(study, detector, choices, { inputs, labels: null, scores }, null);
}

const SHOWN_IMAGES = 10;
const SHOWN_ROWS = 12;

function detectionOf(
  study: Study,
  detector: Detector,
  choices: DetectorChoices,
  part: Scored,
  anomalous = detector.normality.anomalous,
): Detection {
  const count = isImageModel(study.model.config) ? SHOWN_IMAGES : SHOWN_ROWS;
  const known = anomalous !== null && anomalous.includes(false);
  return {
    ...part,
    detector,
    normal: normalName(study.data, detector.normality),
    choices,
    strangest: strangest(study, detector, part, count),
    alarms: known ? strangest(study, detector, part, count, (at) => !anomalous[at]) : null,
  };
}

/** The detector and its baselines on the test part. */
async function judgedMethods(study: Study, detector: Detector, { fpr }: DetectorChoices): Promise<Judged[]> {
  const { test } = study.data;
  const { config } = study.model;
  const judged = async (method: string, scorer: Scorer, own?: number): Promise<Judged> => {
    const threshold = own ?? conformalThreshold(await scoreInBlocks(study, scorer, detector.heldOut), fpr);
    const scores = await scoreInBlocks(study, scorer, test.inputs);
    const ours = own !== undefined;
    return { method, ours, threshold, scores, ...judge(scores, threshold, detector.normality.anomalous) };
  };
  const methods = [await judged(nameOf(study.model), scorerOf(detector), detector.threshold)];
  const fitted = flatten(config, detector.fitted);
  const pca = componentsOf(fitted);
  for (const { name, fit } of rivals(fitted.shape[1])) {
    const score = inMode(study, () => fit(fitted, pca));
    methods.push(await judged(name, (inputs) => score(flatten(config, inputs))));
  }
  return methods;
}

const curvesOf = (judged: readonly JudgedMethods[]): MethodCurve[] =>
  judged[0].methods.map(({ method, ours }, at) => {
    const each = judged.map(({ methods }) => methods[at]);
    const auroc = each.reduce((sum, { judgement }) => sum + judgement!.auroc, 0) / each.length;
    return { method, ours, auroc, ...meanRocCurve(each.map(({ curve }) => curve!)) };
  });

/** The name of the class that is normal; null where the whole training part is. */
const className = ({ classes }: Dataset, { label }: Normality): string | null =>
  label === null ? null : (classes?.[label] ?? String(label));

const normalName = (data: Dataset, normality: Normality): string =>
  normality.label === null ? "the training part" : `class ${className(data, normality)}`;

function titleOf(data: Dataset, ideas: readonly Normality[], judged: number): string {
  const [{ anomalous }] = ideas;
  const count = `${data.test.inputs.shape[0]} test examples`;
  if (ideas.length > 1)
    return `${data.name}: one class normal at a time, means over ${judged || ideas.length} classes; ${count}`;
  const strange = anomalous === null ? "" : `, ${anomalous.filter(Boolean).length} of them anomalies`;
  return `${data.name}: ${normalName(data, ideas[0])} is normal; ${count}${strange}`;
}
