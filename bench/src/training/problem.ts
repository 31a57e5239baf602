// What every engine is given of a case: the same images, the same initial weights.

import { concrete } from "@elbo/autograd";
import { type Dense, digitBytes } from "@elbo/vae";
import { modelOf, type Net, PIXELS, type StepCase } from "./nets.js";

/** Images that the batches cycle through, and their seed. */
const IMAGES = 2048;
const SEED = 5;

/** The loss is judged by the mean over so many examples at least. */
const JUDGED_EXAMPLES = 128;

/** A dense layer: weights `[inputs, outputs]`, row-major. Biases begin at 0. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Float32Array;
}

/** Plain data, so that it can be sent to a thread or to a process. */
export interface StepProblem {
  readonly net: Net;
  readonly batch: number;
  /** `[batch, 784]` each, in 0..1; step i takes batch i, and after the last one the first. */
  readonly batches: readonly Float32Array[];
  readonly encoder: readonly Layer[];
  readonly mean: Layer;
  readonly logVariance: Layer;
  readonly decoder: readonly Layer[];
  readonly output: Layer;
  /** Steps whose losses are averaged where the loss is judged. */
  readonly judged: number;
}

let drawn: Float32Array | undefined;

/** Gray procedural digits, in 0..1. */
const images = (): Float32Array =>
  (drawn ??= Float32Array.from(digitBytes("train", IMAGES, SEED).pixels, (byte) => byte / 255));

function layerOf({ weight }: Dense): Layer {
  const [inputs, outputs] = weight.shape;
  return { inputs, outputs, weight: Float32Array.from(concrete(weight).data) };
}

export function problemOf({ net, batch }: StepCase): StepProblem {
  const { encoder, decoder } = modelOf(net).params;
  const size = batch * PIXELS;
  return {
    net,
    batch,
    batches: Array.from({ length: Math.floor(IMAGES / batch) }, (_, i) => images().subarray(i * size, (i + 1) * size)),
    encoder: encoder.hidden.map(layerOf),
    mean: layerOf(encoder.mean),
    logVariance: layerOf(encoder.logVariance),
    decoder: decoder.hidden.map(layerOf),
    output: layerOf(decoder.output),
    judged: Math.ceil(JUDGED_EXAMPLES / batch),
  };
}
