// The bound on a whole part of a data set, and the KL of each latent dimension.

import { add, concrete, mul } from "@elbo/autograd";
import { foldIn, type Key, slice, sum, type Tensor, zeros } from "@elbo/tensor";
import { checkPart } from "../data/check.js";
import type { Corruption } from "../data/corruption.js";
import type { Split } from "../data/dataset.js";
import { klPerDimension, standardNormal } from "../distributions/index.js";
import { isImageModel } from "../models/config.js";
import { flatten, type Model } from "../models/model.js";
import type { Vae } from "../models/vae.js";
import { addSums, type Metrics, metricsOf, noSums, type Sums } from "./metrics.js";
import { type Drawn, draw, type Targets } from "../data/draw.js";

/** Examples evaluated at a time. Part of the contract: the noise of an example depends on its place in its block. */
const BLOCK = 500;

export interface EvaluateOptions {
  readonly targets?: Targets;
  /** The noise through which the encoder is shown the examples; none unless given. */
  readonly corruption?: Corruption;
  readonly beta?: number;
}

/** Walks a part in blocks, each drawn with a key of its own. */
export function* blocks(
  model: Model,
  part: Split,
  key: Key,
  targets: Targets,
  corruption: Corruption = [],
): Generator<Drawn> {
  const count = part.inputs.shape[0];
  for (let start = 0; start < count; start += BLOCK) {
    const rows = flatten(model.config, slice(part.inputs, [{ start, stop: Math.min(count, start + BLOCK) }]));
    yield draw(rows, { targets, corruption, clip: isImageModel(model.config) }, foldIn(key, start / BLOCK));
  }
}

/** The sums of the terms over a batch. */
export function termSums(terms: { readonly reconstruction: Tensor; readonly kl: Tensor }): Sums {
  return {
    examples: terms.reconstruction.size,
    reconstruction: sum(terms.reconstruction).item(),
    kl: sum(terms.kl).item(),
  };
}

/** The metrics of a model on a part of a data set, with one sample of z for each example. Same key, same figures. */
export function evaluate(model: Model, part: Split, key: Key, options: EvaluateOptions = {}): Metrics {
  checkPart("evaluate", part, "given");
  const { targets = "gray", corruption = [], beta = 1 } = options;
  let sums = noSums;
  for (const { x, key: noise, seen } of blocks(model, part, key, targets, corruption)) {
    const terms = model.terms(model.params as never, x, noise, seen);
    sums = addSums(sums, termSums({ reconstruction: concrete(terms.reconstruction), kl: concrete(terms.kl) }));
  }
  return metricsOf(sums, model.kind, beta);
}

/** `KL(q(z_j|x) || p(z_j))` for each latent dimension j, in nats, averaged over the part: `[latent]`. */
export function meanKlPerDimension(model: Vae, part: Split, key: Key, targets: Targets = "gray"): Tensor {
  let total = zeros([model.config.latent]);
  for (const { x } of blocks(model, part, key, targets)) {
    const each = concrete(klPerDimension(model.encode(model.params, x), standardNormal));
    total = add(total, sum(each, { axis: 0 }));
  }
  return concrete(mul(total, 1 / part.inputs.shape[0]));
}
