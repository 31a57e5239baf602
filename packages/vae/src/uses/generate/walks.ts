// What a model decodes along paths through its latent space: between two examples, along each dimension, around a loop.

import { fromTypedArray, gather, mean, slice, sqrt, type Tensor, variance } from "@elbo/tensor";
import { meanKlPerDimension } from "../../evaluation/evaluate.js";
import { decodeMeans, flatten, latentMeans, type Model, reconstruct, unflatten } from "../../models/model.js";
import { isImageModel } from "../../models/config.js";
import { runKeys } from "../../training/fit.js";
import { lerp, loop, slerp, traverse } from "./latent-paths.js";
import { inMode, type Study } from "../study.js";

/** Three ways from one example to another, each `[steps, ...input]`; all begin and end with the same reconstructions. */
export interface Interpolation {
  /** Decoded along the straight line between the codes. */
  readonly lerp: Tensor;
  /** Decoded along the arc between the codes. */
  readonly slerp: Tensor;
  /** The one reconstruction faded into the other, pixel by pixel: what takes no model of the data. */
  readonly fade: Tensor;
}

/** One dimension of latent space and where along it codes lie. */
export interface Axis {
  /** Counted from 0. */
  readonly dimension: number;
  /** The middle: the mean of the prior, or of the codes. */
  readonly centre: number;
  /** Three standard deviations, of the prior or of the codes. */
  readonly reach: number;
  /** What the dimension carries: its mean KL in nats for a VAE, the standard deviation of its codes for an autoencoder. */
  readonly weight: number;
}

/** What is decoded while one dimension goes from one end of its axis to the other, `[steps, ...input]`. */
export interface Traversal {
  readonly axis: Axis;
  readonly images: Tensor;
}

/** Walks through the latent space of a model that is under study. */
export interface Walks {
  /** Pairs of test examples, by index, and the ways between them; none where there are not two test examples. */
  readonly interpolations: readonly (Interpolation & { readonly from: number; readonly to: number })[];
  /** At most ten, the dimension that carries most first. */
  readonly traversals: readonly Traversal[];
  /** `[frames, ...input]`, a closed loop through the codes of the first pairs; null where there are none. */
  readonly tour: Tensor | null;
}

/** Training examples whose codes tell where an autoencoder's lie, at most. */
const MEASURED = 5000;

/** The standard deviations of each axis that a traversal covers to either side. */
const DEVIATIONS = 3;

const PAIRS = 5;
const STEPS = 11;
const AXES = 10;
/** The loop goes through the ends of so many pairs, with so many frames from one to the next. */
const TOURED = 3;
const FRAMES = 10;

/**
 * The walks that show what a model of images has learned: ways between five pairs of test examples of different classes,
 * its ten weightiest axes, and a loop through six examples.
 * @returns null where examples are no images
 */
export function walksOf(study: Study): Walks | null {
  const { model, data } = study;
  if (!isImageModel(model.config)) return null;
  const { inputs, labels } = data.test;
  const pairs = unlikePairs(labels && labels.data, inputs.shape[0], PAIRS);
  return inMode(study, () => {
    const axes = latentAxes(study);
    return {
      interpolations: pairs.map(([from, to]) => ({
        from,
        to,
        ...interpolation(model, pick(inputs, [from, to]), STEPS),
      })),
      traversals: traversals(model, axes.slice(0, AXES), middleOf(axes), STEPS),
      tour: pairs.length === 0 ? null : tour(model, pick(inputs, pairs.slice(0, TOURED).flat()), FRAMES),
    };
  });
}

/**
 * The ways between two examples `[2, ...input]` in as many steps.
 * @throws ShapeError where the examples are not the model's, ArgumentError for fewer than 2 steps
 * @example interpolation(model, gather(data.test.inputs, tensor([3, 8], { dtype: "int32" })), 11)
 */
export function interpolation(model: Model, ends: Tensor, steps: number): Interpolation {
  const between = (rows: Tensor, path: typeof lerp): Tensor => path(slice(rows, [0]), slice(rows, [1]), steps);
  const codes = latentMeans(model, ends);
  return {
    lerp: decodeMeans(model, between(codes, lerp)),
    slerp: decodeMeans(model, between(codes, slerp)),
    fade: unflatten(model.config, between(flatten(model.config, reconstruct(model, ends)), lerp)),
  };
}

/**
 * The axes of a model's latent space, the one that carries most first. For a VAE, 0 +- 3 and the mean of
 * `KL(q(z_j|x) || p(z_j))` over the test part; for an autoencoder, which has no prior, the mean and 3 standard deviations
 * of the codes of its first 5000 training examples.
 * @example latentAxes(study)[0].dimension // the dimension with the largest KL
 */
export function latentAxes({ model, data, training }: Pick<Study, "model" | "data" | "training">): Axis[] {
  const axes = Array.from({ length: model.config.latent }, (_, dimension) => dimension);
  const byWeight = (a: Axis, b: Axis): number => b.weight - a.weight;
  if (model.kind === "vae") {
    const weights = meanKlPerDimension(model, data.test, runKeys(training.seed).test, training.targets).data;
    return axes.map((j) => ({ dimension: j, centre: 0, reach: DEVIATIONS, weight: weights[j] })).sort(byWeight);
  }
  const codes = latentMeans(model, slice(data.train.inputs, [{ stop: MEASURED }]));
  const [centres, deviations] = [mean(codes, { axis: 0 }).data, sqrt(variance(codes, { axis: 0 })).data];
  return axes
    .map((j) => ({ dimension: j, centre: centres[j], reach: DEVIATIONS * deviations[j], weight: deviations[j] }))
    .sort(byWeight);
}

/** The point in the middle of all axes, `[latent]`: the prior's mean, or that of the codes. */
export const middleOf = (axes: readonly Axis[]): Tensor =>
  axes.reduce(
    (point, { dimension, centre }) => {
      point.data[dimension] = centre;
      return point;
    },
    fromTypedArray(new Float32Array(axes.length)),
  );

/**
 * What is decoded along each of some axes through a point `[latent]`, all other dimensions held where they are there.
 * @throws ShapeError where the point is not the model's, ArgumentError for fewer than 2 steps
 * @example traversals(model, latentAxes(study).slice(0, 10), zeros([model.config.latent]), 11)
 */
export const traversals = (model: Model, axes: readonly Axis[], point: Tensor, steps: number): Traversal[] =>
  axes.map((axis) => {
    const { dimension, centre, reach } = axis;
    return { axis, images: decodeMeans(model, traverse(point, dimension, centre - reach, centre + reach, steps)) };
  });

/**
 * What is decoded on a closed walk along arcs from the code of each example `[count, ...input]` to the next and back to
 * the first: `[count * steps, ...input]`.
 * @throws ShapeError where the examples are not the model's, ArgumentError for none, or no steps
 */
export const tour = (model: Model, examples: Tensor, steps: number): Tensor =>
  decodeMeans(model, loop(latentMeans(model, examples), steps));

/**
 * Pairs of examples out of `count`, by index: from the front, each with the next one that is of another class, or with
 * the next one at all where there is no such, or no labels. No example comes twice; there are fewer pairs where
 * examples run out.
 * @example unlikePairs([7, 7, 2, 1], 4, 5) // [[0, 2], [1, 3]]
 */
export function unlikePairs(labels: ArrayLike<number> | null, count: number, pairs: number): [number, number][] {
  const left = Array.from({ length: count }, (_, i) => i);
  const found: [number, number][] = [];
  while (found.length < pairs && left.length >= 2) {
    const first = left.shift()!;
    const unlike = labels === null ? 0 : left.findIndex((i) => labels[i] !== labels[first]);
    found.push([first, ...left.splice(Math.max(0, unlike), 1)] as [number, number]);
  }
  return found;
}

/** Some examples of many, by index: `[indices.length, ...input]`. */
export const pick = (inputs: Tensor, indices: ArrayLike<number>): Tensor =>
  gather(inputs, fromTypedArray(Int32Array.from(indices), [indices.length]));
