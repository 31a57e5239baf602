// elbo anomaly: detectors fitted to normal examples, judged beside baselines; and what they say of new examples.

import {
  anomaly as detectors,
  anomalyPlan,
  anomalyScores,
  type AnomalyScoreName,
  type Dataset,
  detect,
} from "@elbo/vae";
import { loadExamples } from "@elbo/vae/node";
import { anomalyExhibit, detectionExhibit } from "@elbo/vae/report";
import { choice, type Given, number, type OptionSpecs, text, UsageError } from "../options.js";
import { seedOf, type Use, useVerb } from "./use.js";

const scoreNames = Object.keys(anomalyScores) as AnomalyScoreName[];

const specs: OptionSpecs = {
  normal: {
    value: "CLASS,...",
    about: "the classes that are normal, each with a detector of its own (default: the training part's, one by one)",
  },
  fpr: { value: "R", about: "the rate of false alarms that thresholds are chosen for (default 0.05)" },
  score: {
    value: scoreNames.join("|"),
    about: "what makes an example strange (default deviance)",
  },
  input: {
    value: "PATH",
    about: "score these instead of the test part: a .csv file with the same columns, or PNG or IDX images",
  },
};

export const anomaly: Use = {
  name: "anomaly",
  about: "what is unlike the normal examples of the training part, beside PCA, Mahalanobis and nearest neighbours",
  specs,
  example: "elbo anomaly runs/start --normal 3 --fpr 0.02",
  prepare: (given, run, data) => {
    const options = {
      normal: classes(given, data),
      fpr: rate(given, "fpr"),
      score: choice(given, "score", scoreNames),
      seed: seedOf(given),
    };
    const { ideas } = anomalyPlan(data, options);
    const path = text(given, "input");
    if (path === undefined) return async (study) => anomalyExhibit(await detectors(study, options), data);
    if (ideas.length > 1) {
      throw new UsageError(
        `anomaly: --input is scored by one detector, and ${ideas.length} classes are normal in turn; choose one: --normal ${data.classes?.[ideas[0].label ?? 0] ?? ideas[0].label}`,
      );
    }
    const expected = { input: run.config.model.input, columns: data.columns, label: run.config.source.label };
    return async (study) => {
      const inputs = await loadExamples(path, expected);
      return detectionExhibit(await detect(study, inputs, options), path, data);
    };
  },
};

export const anomalyVerb = useVerb(anomaly);

/** A share of more than nothing and less than all. */
function rate(given: Given, name: string): number | undefined {
  const value = number(given, name);
  if (value !== undefined && !(value > 0 && value < 1))
    throw new UsageError(`--${name} is a rate between 0 and 1, got ${value}`);
  return value;
}

/** Classes by their names, or by their numbers. */
function classes(given: Given, data: Dataset): number[] | undefined {
  return text(given, "normal")
    ?.split(",")
    .map((word) => {
      const named = data.classes?.indexOf(word) ?? -1;
      if (named >= 0) return named;
      if (/^\d+$/.test(word)) return Number(word);
      const known = data.classes === undefined ? "numbers such as 0,1,8" : data.classes.slice(0, 20).join(", ");
      throw new UsageError(`--normal takes classes: ${known}; got ${JSON.stringify(word)}`);
    });
}
