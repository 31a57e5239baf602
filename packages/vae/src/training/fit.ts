// Training: epochs of minibatch steps, as an asynchronous iterator of reports.

import { concrete, mean, valueAndGradOf, type Value } from "@elbo/autograd";
import {
  ArgumentError,
  checkOptions,
  ElboError,
  foldIn,
  gather,
  key as keyOf,
  type Key,
  type MatmulMode,
  permutation,
  slice,
  split as splitKey,
  type Tensor,
  withMatmulMode,
} from "@elbo/tensor";
import { checkInputs, checkPart } from "../data/check.js";
import type { Dataset } from "../data/dataset.js";
import { DataError } from "../data/errors.js";
import { evaluate, termSums } from "../evaluation/evaluate.js";
import { isImageModel } from "../models/config.js";
import { flatten, type Model, namedParameters } from "../models/model.js";
import { betaObjective } from "../objectives/elbo.js";
import { addSums, metricsOf, noSums, type Sums } from "../evaluation/metrics.js";
import { changeOfClass, type MultiplyAdd, multiplyAddOf } from "./multiply-adds.js";
import { pauses } from "./pauses.js";
import type { Report } from "./report.js";
import { optimizers, type OptimizerName, type OptimizerState } from "./optimizers.js";
import { type Corruption, checkNoise } from "../data/corruption.js";
import { draw, type Targets } from "../data/draw.js";

/**
 * The choices that the course of training depends on: the same ones give the same bits, with `matmul: "fast"` on
 * runtimes of one class of multiply-add, with `"strict"` on all.
 */
export interface TrainingConfig {
  readonly epochs: number;
  /** Examples a step. */
  readonly batch: number;
  /** The learning rate. */
  readonly lr: number;
  /** The weight of the KL term. */
  readonly beta: number;
  readonly targets: Targets;
  /**
   * The noise through which the encoder sees the examples, while the decoder is asked for the clean ones: what makes a
   * denoising autoencoder. Absent for none.
   */
  readonly corruption?: Corruption;
  readonly optimizer: OptimizerName;
  /**
   * How the matrix products of the steps and of the evaluation after each epoch round. `fast`: once for each
   * multiply-add where the runtime can, which is quicker; `strict`: after the product and after the sum, with the same
   * bits everywhere. On Node 20, `fast` is quicker only after `enableRelaxedSimd()` of `@elbo/tensor/node`.
   */
  readonly matmul: MatmulMode;
  /** The seed of the order of examples and of all noise. */
  readonly seed: number;
}

/** Where training stands: everything that the next step depends on beside the parameters. */
export interface TrainingState {
  /** Epochs finished. */
  readonly epoch: number;
  /** Steps finished in the epoch under way. */
  readonly step: number;
  /** What the epoch under way has summed up so far. */
  readonly sums: Sums;
  /** Seconds spent in the epoch under way. */
  readonly seconds: number;
  /**
   * The classes of multiply-add that the run has used so far, in order: none before the first step, more than one where
   * it went on under another.
   */
  readonly multiplyAdds: readonly MultiplyAdd[];
  readonly optimizer: OptimizerState;
}

/** What `onStep` hears. */
export interface Progress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  /** The mean over the epoch so far. */
  readonly train: Report["train"];
}

export interface FitOptions extends Partial<TrainingConfig> {
  /** Continues from here, with the model's present parameters. */
  readonly resume?: TrainingState;
  /** Called after every step. */
  readonly onStep?: (progress: Progress) => void;
  /** Called after every epoch, and once when training is stopped by the signal: the moment to write a checkpoint. */
  readonly onState?: (state: TrainingState, report: Report | null) => void | Promise<void>;
  /** Hears, in one line, that the run goes on under another class of multiply-add; `console.warn` unless given. */
  readonly onNotice?: (notice: string) => void;
  /** Ends training after the step under way. */
  readonly signal?: AbortSignal;
}

/** The loss stopped being a number. */
export class DivergedError extends ElboError {
  constructor(epoch: number, step: number, lr: number) {
    super(
      "DIVERGED",
      `fit: the objective is no finite number at epoch ${epoch}, step ${step}; try a smaller learning rate than ${lr}`,
    );
  }
}

/** What `fit` takes beside the choices of `TrainingConfig`. */
const HOOKS = ["resume", "onStep", "onState", "onNotice", "signal"];
const CHOICES = ["epochs", "batch", "lr", "beta", "targets", "corruption", "optimizer", "matmul", "seed"];

/** The choices with their defaults, checked. */
export function trainingConfig(options: Partial<TrainingConfig>): TrainingConfig {
  const { epochs = 10, batch = 128, lr = 1e-3, beta = 1, targets = "gray", optimizer = "adam" } = options;
  const { corruption = [], matmul = "fast", seed = 0 } = options;
  const require = (holds: boolean, rule: string, value: unknown): void => {
    const got = typeof value === "number" ? String(value) : JSON.stringify(value); // JSON has no NaN, no Infinity
    if (!holds) throw new ArgumentError(`${rule}, got ${got}`, { op: "fit" });
  };
  require(Number.isInteger(epochs) && epochs >= 1, "epochs is a whole number of 1 or more", epochs);
  require(Number.isInteger(batch) && batch >= 1, "batch is a whole number of 1 or more", batch);
  require(Number.isFinite(lr) && lr > 0, "lr is a positive number", lr);
  require(Number.isFinite(beta) && beta >= 0, "beta is a number of 0 or more", beta);
  require(targets === "gray" || targets === "dynamic", "targets is gray or dynamic", targets);
  require(Array.isArray(corruption), "corruption is a list of { kind, level }", corruption);
  for (const noise of corruption) checkNoise(noise);
  require(Object.hasOwn(optimizers, optimizer), `optimizer is one of ${Object.keys(optimizers).join(", ")}`, optimizer);
  require(matmul === "fast" || matmul === "strict", "matmul is fast or strict", matmul);
  require(Number.isSafeInteger(seed) && seed >= 0, "seed is a whole number from 0 to 2^53 - 1", seed);
  // No corruption is no member, so that runs of before there was some read and write as they did.
  return { epochs, batch, lr, beta, targets, ...(corruption.length > 0 && { corruption }), optimizer, matmul, seed };
}

/** The keys of a run: the order of each epoch, the noise of each step, the noise of the test. */
export function runKeys(seed: number): { order: Key; steps: Key; test: Key } {
  const [order, steps, test] = splitKey(keyOf(seed), 3);
  return { order, steps, test };
}

/**
 * Trains a model on the train part, and yields a report after every epoch. Training begins at `model.params`, which is
 * replaced at each step; a second call goes on from where the first one ended, with a fresh optimizer. Where the
 * objective diverges, the last parameters with a finite objective stay.
 * Everything follows from the seed: the same call gives the same parameters to the last bit, and so does a run that was
 * stopped and resumed; on every runtime with `matmul: "strict"`, and on those of one class of multiply-add with
 * `"fast"`. A run that goes on under another class says so through `onNotice`.
 * @throws DataError where the data does not suit the likelihood, ShapeError where it does not fit the model,
 *   DivergedError where the objective stops being a number
 * @example for await (const report of fit(model, data, { epochs: 3, batch: 100, seed: 1 })) console.log(report);
 */
export async function* fit(model: Model, data: Dataset, options: FitOptions = {}): AsyncGenerator<Report, void, void> {
  checkOptions("fit", options, [...CHOICES, ...HOOKS]);
  const config = trainingConfig(options);
  checkFinite(model);
  for (const part of ["train", "test"] as const) {
    checkPart("fit", data?.[part], part);
    checkInputs("fit", data[part].inputs, config.targets === "dynamic" ? "bernoulli" : model.config.likelihood);
    if (flatten(model.config, data[part].inputs).shape[0] === 0)
      throw new DataError(`the ${part} part holds no examples`, { op: "fit" });
  }
  const inputs = flatten(model.config, data.train.inputs);
  const keys = runKeys(config.seed);
  const optimizer = optimizers[config.optimizer];
  const steps = Math.ceil(inputs.shape[0] / config.batch);
  let state: TrainingState = options.resume ?? {
    epoch: 0,
    step: 0,
    sums: noSums,
    seconds: 0,
    multiplyAdds: [],
    optimizer: optimizer.init(model.params),
  };
  if (state.step > steps) {
    throw new ArgumentError(
      `the state to resume stands at step ${state.step}, an epoch of this data in batches of ${config.batch} has ${steps}`,
      { op: "fit" },
    );
  }
  const breathe = pauses();
  /** One piece of the run's work in the run's mode. No mode is held while others have their turn. */
  const compute = <T>(piece: () => T): T => {
    const used = state.multiplyAdds;
    const now = multiplyAddOf(config.matmul);
    if (used.at(-1) !== now) {
      if (used.length > 0) (options.onNotice ?? console.warn)(changeOfClass(used, now));
      state = { ...state, multiplyAdds: [...used, now] };
    }
    return withMatmulMode(config.matmul, piece);
  };
  // The last parameters whose objective was finite: what a diverging run is left with.
  let sound = model.params;

  while (state.epoch < config.epochs) {
    const epoch = state.epoch + 1;
    const started = performance.now() - state.seconds * 1000;
    const elapsed = (): number => (performance.now() - started) / 1000;
    const order = permutation(foldIn(keys.order, epoch), inputs.shape[0]);
    while (state.step < steps) {
      const step = state.step + 1;
      const chosen = slice(order, [{ start: state.step * config.batch, stop: step * config.batch }]);
      const noise = foldIn(keys.steps, state.epoch * steps + state.step);
      const outcome = compute(() => trainStep(model, gather(inputs, chosen), config, state.optimizer, noise));
      if (!Number.isFinite(outcome.objective)) {
        model.params = sound as never;
        throw new DivergedError(epoch, step, config.lr);
      }
      sound = model.params;
      model.params = outcome.params;
      state = {
        ...state,
        step,
        sums: addSums(state.sums, outcome.sums),
        optimizer: outcome.optimizer,
        seconds: elapsed(),
      };
      options.onStep?.({ epoch, step, steps, train: metricsOf(state.sums, model.kind, config.beta) });
      await breathe();
      if (options.signal?.aborted) {
        await options.onState?.(state, null);
        return;
      }
    }
    const test = compute(() => evaluate(model, data.test, keys.test, config));
    if (!Number.isFinite(test.objective)) {
      model.params = sound as never;
      throw new DivergedError(epoch, steps, config.lr);
    }
    const report: Report = { epoch, seconds: elapsed(), train: metricsOf(state.sums, model.kind, config.beta), test };
    state = { ...state, epoch, step: 0, sums: noSums, seconds: 0 };
    await options.onState?.(state, report);
    yield report;
    if (options.signal?.aborted) return;
  }
}

/** Refuses parameters that an earlier run has spoilt. */
function checkFinite(model: Model): void {
  for (const [name, tensor] of Object.entries(namedParameters(model.params))) {
    if (!tensor.data.every(Number.isFinite)) {
      throw new ArgumentError(`the model's ${name} holds numbers that are not finite; build the model anew`, {
        op: "fit",
      });
    }
  }
}

interface Outcome {
  readonly objective: number;
  readonly params: never;
  readonly optimizer: OptimizerState;
  readonly sums: Sums;
}

/** One step: draw the targets, differentiate the objective, move the parameters. */
function trainStep(model: Model, batch: Tensor, config: TrainingConfig, state: OptimizerState, key: Key): Outcome {
  const { targets, corruption = [] } = config;
  const { x, seen, key: noise } = draw(batch, { targets, corruption, clip: isImageModel(model.config) }, key);
  const objective = (params: Model["params"]): { objective: Value; reconstruction: Value; kl: Value } => {
    const terms = model.terms(params as never, x, noise, seen);
    return { ...terms, objective: mean(betaObjective(terms, config.beta)) };
  };
  const [value, gradients] = valueAndGradOf("objective", objective)(model.params);
  const next = optimizers[config.optimizer].update(model.params, gradients, state, config.lr);
  return {
    objective: value.objective.item(),
    params: next.params as never,
    optimizer: next.state,
    sums: termSums({ reconstruction: concrete(value.reconstruction), kl: concrete(value.kl) }),
  };
}
