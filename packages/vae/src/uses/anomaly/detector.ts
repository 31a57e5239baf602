// A detector: a companion fitted to normal examples, with the threshold above which an example is called an anomaly.

import { ArgumentError, slice, type Tensor } from "@elbo/tensor";
import { rowBlocks } from "../../baselines/rows.js";
import { checkInputs } from "../../data/check.js";
import { conformalThreshold } from "../../evaluation/roc.js";
import { flatten, type Model } from "../../models/model.js";
import { buildModel } from "../../training/checkpoint.js";
import { pauses } from "../../training/pauses.js";
import { type AnomalyScoreName, anomalyScores, scoreExamples } from "./scores.js";
import { type HoldOut, holdOut, type Normality } from "./normality.js";
import { companion, inMode, type Study } from "../study.js";

/** What a detector is asked for. */
export interface DetectorOptions {
  /** The rate of false alarms that the threshold is chosen for, between 0 and 1; 0.05 unless given. */
  readonly fpr?: number;
  /** `deviance` (the default), `negative-elbo` or `reconstruction-error`. */
  readonly score?: AnomalyScoreName;
  /** The seed by which a tenth of the normal examples is held out; 0 unless given. */
  readonly seed?: number;
}

/** The options with their defaults filled in. */
export type DetectorChoices = Required<DetectorOptions>;

/** A fitted detector. */
export interface Detector extends HoldOut {
  readonly normality: Normality;
  readonly model: Model;
  readonly score: AnomalyScoreName;
  /** An example that scores more is flagged; Infinity where too few examples are held out for the rate. */
  readonly threshold: number;
  /** Seconds of its training. */
  readonly seconds: number;
}

/**
 * The options, checked.
 * @throws ArgumentError for a rate that is not between 0 and 1, a score that is none, a seed that is none
 */
export function detectorChoices(options: DetectorOptions): DetectorChoices {
  const { fpr = 0.05, score = "deviance", seed = 0 } = options;
  const names = Object.keys(anomalyScores).join(", ");
  if (!(fpr > 0 && fpr < 1)) throw refused(`fpr is a rate between 0 and 1, got ${fpr}`);
  if (!Object.hasOwn(anomalyScores, score)) throw refused(`score is one of ${names}, got ${JSON.stringify(score)}`);
  if (!Number.isSafeInteger(seed) || seed < 0) throw refused(`seed is a whole number of 0 or more, got ${seed}`);
  return { fpr, score, seed };
}

const refused = (message: string): ArgumentError => new ArgumentError(message, { op: "anomaly" });

/** The fewest held-out examples that allow a threshold for a rate: with fewer, the threshold is Infinity. */
export const fewestFor = (fpr: number): number => Math.ceil(1 / fpr - 1e-9) - 1;

/**
 * Trains a model of the study's kind, sizes and budget on nine tenths of the normal training examples, and chooses the
 * threshold by the scores of the last tenth: a fresh normal example is flagged with a chance of at most `fpr`. The test
 * part is not looked at.
 */
export async function fitDetector(study: Study, normality: Normality, choices: DetectorChoices): Promise<Detector> {
  const { fpr, score, seed } = choices;
  const { fitted, heldOut } = holdOut(study.data.train.inputs, normality.rows, seed);
  const data = {
    name: `${study.data.name}, ${normality.name}`,
    train: { inputs: fitted, labels: null },
    test: { inputs: heldOut, labels: null },
  };
  const { model, seconds } = await companion(study, normality.name, buildModel(study.model.config), data);
  const scores = await scoreInBlocks(study, scorerOf({ model, score }), heldOut);
  return { normality, fitted, heldOut, model, score, threshold: conformalThreshold(scores, fpr), seconds };
}

/** Scores examples `[count, ...input]`: `[count]`. */
export type Scorer = (inputs: Tensor) => Float64Array;

/** How a detector scores. */
export const scorerOf =
  ({ model, score }: Pick<Detector, "model" | "score">): Scorer =>
  (inputs) =>
    scoreExamples(score, model, inputs);

/** Refuses examples that a model cannot score: of another shape, or beyond what its likelihood is defined for. */
export const checkExamples = ({ config }: Model, inputs: Tensor): void => {
  flatten(config, inputs);
  checkInputs("anomaly", inputs, config.likelihood);
};

/** Examples scored at a time; a score does not depend on its block. */
const BLOCK = 1000;

/** The scores of many examples, in the study's mode of products, with pauses between blocks. */
export async function scoreInBlocks(study: Study, scorer: Scorer, inputs: Tensor): Promise<Float64Array> {
  const breathe = pauses();
  const scores = new Float64Array(inputs.shape[0]);
  for (const block of rowBlocks(scores.length, BLOCK)) {
    scores.set(
      inMode(study, () => scorer(slice(inputs, [block]))),
      block.start,
    );
    await breathe();
  }
  return scores;
}

/** The marks of scores above a threshold. */
export const flagged = (scores: Float64Array, threshold: number): boolean[] =>
  Array.from(scores, (score) => score > threshold);
