// The negative log-likelihood by importance sampling: what the ELBO bounds, estimated more closely.

import { add, concrete, logMeanExp, type Operand, stack, sub, type Value } from "@elbo/autograd";
import { ArgumentError, checkOptions, foldIn, type Key, type Tensor } from "@elbo/tensor";
import { checkPart } from "../data/check.js";
import type { Split } from "../data/dataset.js";
import { checkExecution, type Execution, executionOptions } from "../execution/execution.js";
import { atParams } from "../execution/model-programs.js";
import { logProb, normal, sample, standardNormal } from "../distributions/index.js";
import { parameterCount } from "../models/model.js";
import type { Vae } from "../models/vae.js";
import { bitsPerDimension } from "./metrics.js";
import { dimensionsOf } from "../models/config.js";
import type { Targets } from "../data/draw.js";
import { blocks, walkCost } from "./evaluate.js";

/** An estimate of `-log p(x)`. */
export interface Nll {
  /** Mean over the examples, nats per example. Its expectation bounds the true value from above. */
  readonly nll: number;
  /** The standard error of that mean over the examples: their standard deviation over the root of their number. */
  readonly standardError: number;
  readonly bitsPerDimension: number;
  readonly examples: number;
  /** Samples of z for each example. */
  readonly samples: number;
}

export interface NllOptions extends Execution {
  /** Samples of z for each example: the k of the bound. */
  readonly samples?: number;
  readonly targets?: Targets;
  /** Called after each block with the examples done. */
  readonly onProgress?: (examples: number, total: number) => void;
}

/** What the samples of z for a batch have in common: x, `[batch, dimensions]`, and `q(z|x)`, once for all of them. */
export interface Proposal {
  readonly x: Value;
  readonly mean: Operand;
  readonly logVariance: Operand;
}

/** The proposal for x, as a pure function. */
export const proposal =
  (model: Vae) =>
  (params: Vae["params"], x: Value): Proposal => {
    const { mean, logVariance } = model.encode(params, x);
    return { x, mean, logVariance };
  };

/** `log p(x|z) p(z) / q(z|x)` for one `z ~ q(z|x)` of each example, `[batch]`, as a pure function. */
export const logWeight =
  (model: Vae) =>
  (params: Vae["params"], { x, mean, logVariance }: Proposal, key: Key): Value => {
    const q = normal(mean, logVariance);
    const z = sample(q, key);
    const logJoint = add(logProb(model.decode(params, z), x), logProb(standardNormal, z));
    return sub(logJoint, logProb(q, z));
  };

/**
 * `log p(x)` of each example, `[batch]`, as `log 1/k sum_k p(x|z_k) p(z_k) / q(z_k|x)` with `z_k ~ q(z|x)`
 * (Burda, Grosse and Salakhutdinov 2015, equation 8): a lower bound in expectation that tightens as k grows.
 * `x` is `[batch, dimensions]`.
 */
export function importanceLogLikelihood(model: Vae, x: Value, key: Key, samples: number): Tensor {
  checkSamples(samples);
  return estimate(model, x, key, samples, (common, at) => logWeight(model)(model.params, common, at));
}

function checkSamples(samples: number): void {
  if (!Number.isInteger(samples) || samples < 1)
    throw new ArgumentError(`samples is a whole number of 1 or more, got ${samples}`, { op: "nll" });
}

/** The estimate from weights that are computed as they are here, or by a program. */
function estimate(
  model: Vae,
  x: Value,
  key: Key,
  samples: number,
  weight: (common: Proposal, key: Key) => Value,
): Tensor {
  const common = proposal(model)(model.params, x);
  const logWeights = Array.from({ length: samples }, (_, k) => weight(common, foldIn(key, k)));
  return concrete(logMeanExp(stack(logWeights), { axis: 0 }));
}

/** The importance-sampled negative log-likelihood of a part of a data set, with its standard error. */
export function nll(model: Vae, part: Split, key: Key, options: NllOptions = {}): Nll {
  checkOptions("nll", options, ["samples", "targets", "onProgress", ...executionOptions]);
  checkPart("nll", part, "given");
  checkExecution("nll", options);
  if (model.kind !== "vae")
    throw new ArgumentError("an autoencoder has no p(z), so no likelihood; use a vae", { op: "nll" });
  const { samples = 100, targets = "gray", onProgress } = options;
  checkSamples(samples);
  const once = walkCost(part, parameterCount(model) / 2); // about a half of the parameters is the decoder's
  const weight = atParams(logWeight(model), {
    model,
    name: "importance weights",
    execution: options,
    calls: once.calls * samples,
    multiplyAdds: once.multiplyAdds * samples,
  });
  const total = part.inputs.shape[0];
  const values: number[] = [];
  for (const block of blocks(model, part, key, targets)) {
    values.push(...estimate(model, block.x, block.key, samples, weight).data);
    onProgress?.(values.length, total);
  }
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return {
    nll: -mean,
    standardError: Math.sqrt(variance / values.length),
    bitsPerDimension: bitsPerDimension(-mean, dimensionsOf(model.config)),
    examples: values.length,
    samples,
  };
}
