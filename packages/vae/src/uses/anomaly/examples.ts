// Examples that a detector finds strange, with what their score is made of: what galleries and heat tables show.

import type { Tensor } from "@elbo/tensor";
import { reconstruct } from "../../models/model.js";
import { contributionsOf } from "./scores.js";
import { type Detector, flagged } from "./detector.js";
import { take } from "./normality.js";
import { inMode, type Study } from "../study.js";

/** Examples, the strangest first; entry i of every member belongs to the same one. */
export interface Explained {
  /** Places in the part that they were taken from. */
  readonly indices: Int32Array;
  /** `[count, ...input]`. */
  readonly inputs: Tensor;
  /** `[count, ...input]`. */
  readonly reconstructions: Tensor;
  /** `[count, ...input]`: what each element adds to the score. */
  readonly contributions: Tensor;
  readonly scores: readonly number[];
  readonly flagged: readonly boolean[];
  /** null where there are none. */
  readonly labels: readonly number[] | null;
}

/** A part of which all examples have been scored. */
export interface Scored {
  readonly inputs: Tensor;
  readonly labels: Tensor | null;
  readonly scores: Float64Array;
}

/** The examples of the highest scores, `count` or as many as there are, among those that are admitted. */
export function strangest(
  study: Study,
  detector: Detector,
  { inputs, labels, scores }: Scored,
  count: number,
  admitted: (index: number) => boolean = () => true,
): Explained {
  // Infinite scores have their order too; their difference has none.
  const descending = (a: number, b: number): number => Number(scores[a] < scores[b]) - Number(scores[a] > scores[b]);
  const order = Array.from(scores.keys()).filter(admitted);
  const indices = Int32Array.from(order.sort(descending).slice(0, count));
  const chosen = take(inputs, indices);
  const own = Float64Array.from(indices, (at) => scores[at]);
  return inMode(study, () => ({
    indices,
    inputs: chosen,
    reconstructions: reconstruct(detector.model, chosen),
    contributions: contributionsOf(detector.score, detector.model, chosen),
    scores: Array.from(own),
    flagged: flagged(own, detector.threshold),
    labels: labels && Array.from(indices, (at) => labels.data[at]),
  }));
}
