// One step of training as a pure function: draw the batch, differentiate the objective, move the parameters.

import { gather, mean, type Operand, type Value, valueAndGradOf } from "@elbo/autograd";
import type { Key, Tensor } from "@elbo/tensor";
import { draw } from "../data/draw.js";
import { isImageModel } from "../models/config.js";
import type { Model } from "../models/model.js";
import { betaObjective, sumTerms, type Terms } from "../objectives/elbo.js";
import type { Factors, Moments } from "../optim/optimizer.js";
import type { TrainingConfig } from "./config.js";
import { optimizers } from "./optimizers.js";

/** What a step moves. */
export interface StepState {
  readonly params: Model["params"];
  readonly moments: Moments;
}

/** What a step says of its batch, as scalars. */
export interface StepOutputs {
  /** The mean over the batch. */
  readonly objective: Value;
  /** The sums over the batch. */
  readonly reconstruction: Value;
  readonly kl: Value;
}

/**
 * The state after a step, and what it gave. `indices` are the examples of the batch (int32, `[batch]`), `key` is the
 * source of all the step's noise, `factors` are what the optimizer has prepared, and `beta` weighs the KL term.
 */
export type TrainingStep = (
  state: StepState,
  indices: Value,
  key: Key,
  factors: Factors,
  beta: Operand,
) => [StepState, StepOutputs];

/** The step of a model on its train inputs, rows `[count, dimensions]`. Everything else that changes is an argument. */
export function trainingStep(
  model: Model,
  inputs: Tensor,
  { targets, corruption = [], optimizer }: Pick<TrainingConfig, "targets" | "corruption" | "optimizer">,
): TrainingStep {
  const shown = { targets, corruption, clip: isImageModel(model.config) };
  return ({ params, moments }, indices, key, factors, beta) => {
    const { x, seen, key: noise } = draw(gather(inputs, indices), shown, key);
    const objective = (at: Model["params"]): Terms & { objective: Value } => {
      const terms = model.terms(at as never, x, noise, seen);
      return { ...terms, objective: mean(betaObjective(terms, beta)) };
    };
    const [value, gradients] = valueAndGradOf("objective", objective)(params);
    const next = optimizers[optimizer].step(params, gradients, moments, factors);
    return [next, { objective: value.objective, ...sumTerms(value) }];
  };
}
