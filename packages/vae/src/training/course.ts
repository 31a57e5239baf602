// The course of a run: what each of its steps is given, and where the parameters and the optimizer stand after it.

import { foldIn, key as keyOf, type Key, split, type Tensor } from "@elbo/tensor";
import { eagerReason, type Execution } from "../execution/execution.js";
import { compiled, eager, type RunFacts } from "../execution/program.js";
import type { Sums } from "../evaluation/metrics.js";
import { type Model, parameterCount } from "../models/model.js";
import { momentsOf, numbersOf } from "../optim/optimizer.js";
import type { TrainingConfig } from "./config.js";
import { minibatches } from "./minibatches.js";
import { optimizers, type OptimizerState } from "./optimizers.js";
import type { Process } from "./replay.js";
import { trainingStep } from "./step.js";

/** The keys of a run: the order of each epoch, the noise of each step, the noise of the test. */
export function runKeys(seed: number): { order: Key; steps: Key; test: Key } {
  const [order, steps, test] = split(keyOf(seed), 3);
  return { order, steps, test };
}

/** What the steps of a run move. */
export interface Standing {
  readonly params: Model["params"];
  readonly optimizer: OptimizerState;
}

/** What a step gave: the mean of the objective over its batch, and the sums of its terms. */
export interface Outcome {
  readonly objective: number;
  readonly sums: Sums;
}

/** The steps of a run, counted from 0 over all epochs. */
export interface Course extends Process<Standing, Outcome> {
  /** The steps of an epoch. */
  readonly steps: number;
  facts(): RunFacts;
  /** Ends its threads. */
  close(): void;
}

/** The course of training a model on rows `[count, dimensions]`, from its parameters and a state of the optimizer. */
export function course(
  model: Model,
  inputs: Tensor,
  config: TrainingConfig,
  start: OptimizerState,
  execution: Execution = {},
): Course {
  const keys = runKeys(config.seed);
  const optimizer = optimizers[config.optimizer];
  const batches = minibatches(keys.order, inputs.shape[0], config.batch);
  const step = trainingStep(model, inputs, config);
  const first = { params: model.params, moments: momentsOf(start) };
  const work = {
    params: first,
    calls: batches.steps * config.epochs,
    // Each parameter of a dense layer multiplies once forward, and twice on the way back.
    multiplyAdds: 3 * parameterCount(model) * inputs.shape[0] * config.epochs,
    capturedBytes: 4 * inputs.size,
  };
  const reason = eagerReason(execution, work);
  const program =
    reason === undefined
      ? compiled(step, first, { threads: execution.threads, matmul: config.matmul })
      : eager(step, first, reason);
  let numbers: OptimizerState = numbersOf(start);
  return {
    steps: batches.steps,
    step: (at) => {
      const indices = batches.at(at);
      const prepared = optimizer.prepare(numbers, config.lr);
      const given = program.run(indices, foldIn(keys.steps, at), prepared.factors, config.beta);
      numbers = prepared.numbers;
      const { objective, reconstruction, kl } = given;
      return {
        objective: objective.item(),
        sums: { examples: indices.size, reconstruction: reconstruction.item(), kl: kl.item() },
      };
    },
    read: () => {
      const { params, moments } = program.read();
      return { params, optimizer: { ...moments, ...numbers } };
    },
    write: ({ params, optimizer }) => {
      program.write({ params, moments: momentsOf(optimizer) });
      numbers = numbersOf(optimizer);
    },
    facts: program.facts,
    close: program.close,
  };
}
