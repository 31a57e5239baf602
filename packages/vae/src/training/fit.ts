// Training: epochs of minibatch steps, as an asynchronous iterator of reports.

import { ArgumentError, checkOptions, ElboError, withMatmulMode } from "@elbo/tensor";
import type { Dataset } from "../data/dataset.js";
import { checkExecution, type Execution, executionOptions } from "../execution/execution.js";
import { closePrograms } from "../execution/model-programs.js";
import { isLost, type RunFacts } from "../execution/program.js";
import { evaluate } from "../evaluation/evaluate.js";
import { addSums, metricsOf, noSums } from "../evaluation/metrics.js";
import { flatten, type Model } from "../models/model.js";
import { checkFinite, checkTrainingData } from "./check.js";
import { type TrainingConfig, trainingChoices, trainingConfig } from "./config.js";
import { type Course, course, runKeys } from "./course.js";
import { changeOfClass, multiplyAddOf } from "./multiply-adds.js";
import { optimizers } from "./optimizers.js";
import { pauses } from "./pauses.js";
import { replayable } from "./replay.js";
import type { Report } from "./report.js";
import type { TrainingState } from "./state.js";

export { type TrainingConfig, trainingConfig } from "./config.js";
export { runKeys } from "./course.js";
export type { TrainingState } from "./state.js";

/** What `onStep` hears. */
export interface Progress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  /** The mean over the epoch so far. */
  readonly train: Report["train"];
}

/**
 * The choices of a course, and beside them what changes none of its bits: how it is run, and who hears of it. A run may
 * be stopped when it is run one way and resumed when it is run another.
 */
export interface FitOptions extends Partial<TrainingConfig>, Execution {
  /** Continues from here, with the model's present parameters. */
  readonly resume?: TrainingState;
  /** Called after every step. */
  readonly onStep?: (progress: Progress) => void;
  /** Called after every epoch, and once when training is stopped by the signal: the moment to write a checkpoint. */
  readonly onState?: (state: TrainingState, report: Report | null) => void | Promise<void>;
  /** Called after the first step: whether it was compiled or why not, in what time, and how many threads take part. */
  readonly onRun?: (facts: RunFacts) => void;
  /**
   * Hears, in one line, that the run goes on under another class of multiply-add, or on one thread because the others
   * did not answer; `console.warn` unless given.
   */
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
const HOOKS = ["resume", "onStep", "onState", "onRun", "onNotice", "signal"];

/** Where the run stands, but for the optimizer, whose state moves with the parameters. */
type Cursor = Omit<TrainingState, "optimizer">;

const beginning: Cursor = { epoch: 0, step: 0, sums: noSums, seconds: 0, multiplyAdds: [] };

/**
 * Milliseconds between the snapshots that a run can go back to. Compiled, a snapshot is a copy of the whole state, and
 * going back repeats about a second of work. Eager, each state is kept, for reading tensors costs nothing.
 */
const SNAPSHOT_EVERY = { compiled: 1000, eager: 0 } as const;

const ALONE =
  "the threads of this run did not answer, so it goes on with one thread; nothing is lost, and --threads 1 (threads: 1) begins so";

/**
 * Trains a model on the train part, and yields a report after every epoch. Training begins at `model.params`, which is
 * replaced after each epoch and wherever training stops within one; a second call goes on from where the first one
 * ended, with a fresh optimizer. Where the objective diverges, the last parameters with a finite objective stay.
 * Everything follows from the seed: the same call gives the same parameters to the last bit, and so does a run that was
 * stopped and resumed; on every runtime with `matmul: "strict"`, and on those of one class of multiply-add with
 * `"fast"`; compiled or not, and on any number of threads. A run that goes on under another class says so through
 * `onNotice`. Models whose parameters are float64 are trained operation by operation, for programs compute in float32.
 * @throws DataError where the data does not suit the likelihood, ShapeError where it does not fit the model,
 *   DivergedError where the objective stops being a number
 * @example for await (const report of fit(model, data, { epochs: 3, batch: 100, seed: 1 })) console.log(report);
 */
export async function* fit(model: Model, data: Dataset, options: FitOptions = {}): AsyncGenerator<Report, void, void> {
  checkOptions("fit", options, [...trainingChoices, ...executionOptions, ...HOOKS]);
  const config = trainingConfig(options);
  checkExecution("fit", options);
  checkFinite(model);
  checkTrainingData(model, data, config);
  const { optimizer, ...cursor } = options.resume ?? {
    ...beginning,
    optimizer: optimizers[config.optimizer].init(model.params),
  };
  const run = course(model, flatten(model.config, data.train.inputs), config, optimizer, options);
  try {
    yield* epochs(model, data, run, cursor, config, options);
  } finally {
    run.close();
    closePrograms(model);
  }
}

/** The epochs of a run from a cursor on. */
async function* epochs(
  model: Model,
  data: Dataset,
  run: Course,
  cursor: Cursor,
  config: TrainingConfig,
  { eager, threads, onStep, onState, onRun, onNotice = console.warn, signal }: FitOptions,
): AsyncGenerator<Report, void, void> {
  const { steps } = run;
  let state = cursor;
  if (state.step > steps) {
    throw new ArgumentError(
      `the state to resume stands at step ${state.step}, an epoch of this data in batches of ${config.batch} has ${steps}`,
      { op: "fit" },
    );
  }
  const path = replayable(run, {
    at: state.epoch * steps + state.step,
    isSound: ({ objective }) => Number.isFinite(objective),
    every: run.facts().compiled ? SNAPSHOT_EVERY.compiled : SNAPSHOT_EVERY.eager,
    isLost,
    onRepeat: () => onNotice(ALONE),
  });
  const breathe = pauses();
  /** One piece of the run's work in the run's mode. No mode is held while others have their turn. */
  const compute = <T>(piece: () => T): T => {
    const used = state.multiplyAdds;
    const now = multiplyAddOf(config.matmul);
    if (used.at(-1) !== now) {
      if (used.length > 0) onNotice(changeOfClass(used, now));
      state = { ...state, multiplyAdds: [...used, now] };
    }
    return withMatmulMode(config.matmul, piece);
  };
  const diverged = (epoch: number, step: number): DivergedError => {
    compute(path.goBack);
    model.params = run.read().params;
    return new DivergedError(epoch, step, config.lr);
  };
  const tell = (report: Report | null) => onState?.({ ...state, optimizer: run.read().optimizer }, report);
  let told = false;

  while (state.epoch < config.epochs) {
    const epoch = state.epoch + 1;
    const started = performance.now() - state.seconds * 1000;
    const elapsed = (): number => (performance.now() - started) / 1000;
    const averages = () => metricsOf(state.sums, model.kind, config.beta);
    let stopped = false;
    try {
      while (state.step < steps && !stopped) {
        const step = state.step + 1;
        const { objective, sums } = compute(() => path.step(state.epoch * steps + state.step));
        if (!told) onRun?.(run.facts());
        told = true;
        if (!Number.isFinite(objective)) throw diverged(epoch, step);
        state = { ...state, step, sums: addSums(state.sums, sums), seconds: elapsed() };
        onStep?.({ epoch, step, steps, train: averages() });
        await breathe();
        stopped = signal?.aborted ?? false;
      }
    } finally {
      model.params = run.read().params;
    }
    if (stopped) return void (await tell(null));
    const test = compute(() => evaluate(model, data.test, runKeys(config.seed).test, { ...config, eager, threads }));
    if (!Number.isFinite(test.objective)) throw diverged(epoch, steps);
    const report: Report = { epoch, seconds: elapsed(), train: averages(), test };
    state = { ...state, epoch, step: 0, sums: noSums, seconds: 0 };
    await tell(report);
    yield report;
    if (signal?.aborted) return;
  }
}
