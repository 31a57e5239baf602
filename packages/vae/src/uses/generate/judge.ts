// A classifier as the judge of samples: how often it is sure what they are, and whether all classes come.

import { argMax, mean, max, type Tensor } from "@elbo/tensor";
import { trainClassifier } from "../../baselines/classifier.js";
import { accuracy } from "../../baselines/neighbours.js";
import type { Dataset } from "../../data/dataset.js";

/** What a classifier says of many examples. */
export interface Verdict {
  /** The share of examples of whose class it is sure, 0..1. */
  readonly sure: number;
  /** How evenly the classes come, 0..1: the entropy of its mean prediction as a share of that of equal shares. */
  readonly balance: number;
}

/** A trained judge. */
export interface Judge {
  /** The share of test examples of which it names the class, 0..1; null where those have no labels. */
  readonly accuracy: number | null;
  /** Judges examples `[count, ...input]`; sure is who gives a class at least this probability. */
  readonly verdict: (examples: Tensor, sure: number) => Verdict;
}

/** Examples that the judge is shown, over all epochs, at least: a few would leave it unsure of real examples too. */
const SHOWN = 60_000;
const MOST_EPOCHS = 100;

const epochsFor = (count: number): number => Math.min(MOST_EPOCHS, Math.max(3, Math.ceil(SHOWN / count)));

/**
 * A judge trained on the labelled training part: the softmax network of `trainClassifier`, for 3 epochs, or for
 * more where examples are few. With
 * `p(c|x)` its prediction and C classes, `sure = mean_x [max_c p(c|x) >= threshold]` and
 * `balance = H(mean_x p(c|x)) / log C`.
 * @returns null where there are no labels, or fewer than two classes among them
 * @throws as `trainClassifier`
 * @example (await trainJudge(data, 0))?.verdict(samples, 0.9) // { sure: 0.61, balance: 0.98 }
 */
export async function trainJudge({ train, test }: Dataset, seed: number): Promise<Judge | null> {
  const classes = train.labels === null ? [] : [...new Set(train.labels.data)].sort((a, b) => a - b);
  if (train.labels === null || classes.length < 2) return null;
  // Labels may leave numbers out; the network has an output for each class that there is.
  const place = new Map(classes.map((label, i) => [label, i]));
  const targets = Int32Array.from(train.labels.data, (label) => place.get(label)!);
  const { probabilities } = await trainClassifier(train.inputs, targets, {
    classes: classes.length,
    epochs: epochsFor(targets.length),
    seed,
  });
  const named = (inputs: Tensor): number[] =>
    Array.from(argMax(probabilities(inputs), { axis: 1 }).data, (i) => classes[i]);
  return {
    accuracy: test.labels === null ? null : accuracy(named(test.inputs), test.labels),
    verdict: (examples, sure) => {
      const p = probabilities(examples);
      const most = max(p, { axis: 1 }).data;
      const isSure = Array.from(most, (value) => Number(value >= sure));
      return {
        sure: isSure.reduce((total, one) => total + one, 0) / isSure.length,
        balance: entropy(mean(p, { axis: 0 }).data) / Math.log(classes.length),
      };
    },
  };
}

/** `-sum p log p`, in nats. */
const entropy = (p: ArrayLike<number>): number =>
  Array.from(p).reduce((total, share) => total - (share > 0 ? share * Math.log(share) : 0), 0);
