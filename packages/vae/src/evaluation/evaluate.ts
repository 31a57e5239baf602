// The bound on a whole part of a data set, and the KL of each latent dimension.

import { add, concrete, mul, sum, type Value } from "@elbo/autograd";
import { foldIn, type Key, slice, type Tensor, zeros } from "@elbo/tensor";
import { checkPart } from "../data/check.js";
import { type Corruption, noiseName } from "../data/corruption.js";
import type { Split } from "../data/dataset.js";
import { checkExecution, type Execution } from "../execution/execution.js";
import { atParams } from "../execution/model-programs.js";
import { klPerDimension, standardNormal } from "../distributions/index.js";
import { isImageModel } from "../models/config.js";
import { flatten, type Model, parameterCount } from "../models/model.js";
import type { Vae } from "../models/vae.js";
import { sumTerms, type Terms } from "../objectives/elbo.js";
import { addSums, type Metrics, metricsOf, noSums } from "./metrics.js";
import { type Drawn, draw, type Targets } from "../data/draw.js";

/** Examples evaluated at a time. Part of the contract: the noise of an example depends on its place in its block. */
const BLOCK = 500;

/** The choices of a run can be given as they are: those that are no choices of an evaluation are left aside. */
export interface EvaluateOptions extends Execution {
  readonly targets?: Targets;
  /** The noise through which the encoder is shown the examples; none unless given. */
  readonly corruption?: Corruption;
  readonly beta?: number;
}

/** Some rows of a part, and the key of all that is drawn for them. */
interface Block {
  readonly rows: Tensor;
  readonly from: Key;
}

/** What walking a part costs, once through so many parameters for each example. */
export const walkCost = ({ inputs }: Split, parameters: number): { calls: number; multiplyAdds: number } => ({
  calls: Math.ceil(inputs.shape[0] / BLOCK),
  multiplyAdds: parameters * inputs.shape[0],
});

/** Walks a part in blocks of rows. */
function* rowBlocks(model: Model, part: Split, key: Key): Generator<Block> {
  const count = part.inputs.shape[0];
  for (let start = 0; start < count; start += BLOCK) {
    const rows = flatten(model.config, slice(part.inputs, [{ start, stop: Math.min(count, start + BLOCK) }]));
    yield { rows, from: foldIn(key, start / BLOCK) };
  }
}

/** Walks a part in blocks, each drawn with a key of its own. */
export function* blocks(model: Model, part: Split, key: Key, targets: Targets): Generator<Drawn> {
  const shown = { targets, corruption: [], clip: isImageModel(model.config) };
  for (const { rows, from } of rowBlocks(model, part, key)) yield draw(rows, shown, from);
}

/** The sums of the terms over the rows of a block, `[count, dimensions]`, as a pure function. */
export function blockTerms(
  model: Model,
  { targets, corruption = [] }: { readonly targets: Targets; readonly corruption?: Corruption },
): (params: Model["params"], rows: Value, from: Key) => Terms {
  const shown = { targets, corruption, clip: isImageModel(model.config) };
  return (params, rows, from) => {
    const { x, key, seen } = draw(rows, shown, from);
    return sumTerms(model.terms(params as never, x, key, seen));
  };
}

/** The KL of each latent dimension, summed over the rows of a block: `[count, dimensions]` gives `[latent]`. */
export function blockKlPerDimension(
  model: Vae,
  targets: Targets,
): (params: Vae["params"], rows: Value, from: Key) => Value {
  const shown = { targets, corruption: [], clip: isImageModel(model.config) };
  return (params, rows, from) =>
    sum(klPerDimension(model.encode(params, draw(rows, shown, from).x), standardNormal), { axis: 0 });
}

/** The metrics of a model on a part of a data set, with one sample of z for each example. Same key, same figures. */
export function evaluate(model: Model, part: Split, key: Key, options: EvaluateOptions = {}): Metrics {
  checkPart("evaluate", part, "given");
  checkExecution("evaluate", options);
  const { targets = "gray", corruption = [], beta = 1 } = options;
  const terms = atParams(blockTerms(model, { targets, corruption }), {
    model,
    name: `terms of ${targets} targets behind ${corruption.map(noiseName)}`,
    execution: options,
    ...walkCost(part, parameterCount(model)),
  });
  let sums = noSums;
  for (const { rows, from } of rowBlocks(model, part, key)) {
    const { reconstruction, kl } = terms(rows, from);
    sums = addSums(sums, { examples: rows.shape[0], reconstruction: reconstruction.item(), kl: kl.item() });
  }
  return metricsOf(sums, model.kind, beta);
}

/** `KL(q(z_j|x) || p(z_j))` for each latent dimension j, in nats, averaged over the part: `[latent]`. */
export function meanKlPerDimension(
  model: Vae,
  part: Split,
  key: Key,
  targets: Targets = "gray",
  execution: Execution = {},
): Tensor {
  checkExecution("meanKlPerDimension", execution);
  const kl = atParams(blockKlPerDimension(model, targets), {
    model,
    name: `KL per dimension of ${targets} targets`,
    execution,
    ...walkCost(part, parameterCount(model) / 2), // about a half of the parameters is the encoder's
  });
  let total: Value = zeros([model.config.latent]);
  for (const { rows, from } of rowBlocks(model, part, key)) total = add(total, kl(rows, from));
  return concrete(mul(total, 1 / part.inputs.shape[0]));
}
