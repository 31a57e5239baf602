// Training into a run folder: every epoch leaves a checkpoint, and an interrupted run goes on where it stopped.

import { ArgumentError } from "@elbo/tensor";
import { checkInputs } from "../data/check.js";
import type { Dataset } from "../data/dataset.js";
import { DataError } from "../data/errors.js";
import { checkExecution, type Execution } from "../execution/execution.js";
import { noSums } from "../evaluation/metrics.js";
import { flatten, type Model } from "../models/model.js";
import { buildModel } from "../training/checkpoint.js";
import { fit, type FitOptions, type TrainingConfig, type TrainingState } from "../training/fit.js";
import { optimizers } from "../training/optimizers.js";
import type { Report } from "../training/report.js";
import { alone } from "./lock.js";
import {
  createRun,
  dataHash,
  openRun,
  type Run,
  type RunChoices,
  runConfig,
  type RunConfig,
  writeCheckpoint,
  writeConfig,
  writeLog,
  writeReport,
} from "./run-folder.js";
import { runReport } from "./run-report.js";

/** How a run is executed, and what a caller hears while it goes on. */
export interface RunEvents extends Execution, Pick<FitOptions, "onStep" | "onRun" | "onNotice"> {
  readonly onReport?: (report: Report) => void;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface RunOutcome {
  readonly folder: string;
  readonly model: Model;
  readonly config: RunConfig;
  readonly log: readonly Report[];
  /** True where the signal ended it before its last epoch. */
  readonly interrupted: boolean;
}

/** Begins a run in a new folder. Nothing is written before data and choices have been checked. */
export async function startRun(
  folder: string,
  choices: RunChoices,
  data: Dataset,
  events: RunEvents = {},
): Promise<RunOutcome> {
  const config = runConfig(choices, dataHash(data), data.columns);
  const model = buildModel(config.model);
  check(model, data, config.training, events);
  const optimizer = optimizers[config.training.optimizer].init(model.params);
  const state: TrainingState = { epoch: 0, step: 0, sums: noSums, seconds: 0, multiplyAdds: [], optimizer };
  await createRun(folder, config, model, state);
  return alone(folder, () => train(folder, config, model, data, undefined, [], events));
}

/**
 * Goes on with the run in a folder, to `epochs` epochs in all where that is given. Its state is read under the lock, so
 * that no other process can move it on in between.
 */
export function resumeRun(
  folder: string,
  data: Dataset,
  { epochs, ...events }: RunEvents & { readonly epochs?: number } = {},
): Promise<RunOutcome> {
  return alone(folder, async () => {
    const run = await openRun(folder);
    const training = { ...run.config.training, epochs: epochs ?? run.config.training.epochs };
    const config: RunConfig = { ...run.config, training };
    checkResumable(run, config, data);
    check(run.model, data, training, events);
    if (training.epochs !== run.config.training.epochs) await writeConfig(folder, config);
    return train(folder, config, run.model, data, run.state, run.log, events);
  });
}

/** Refuses to go on where that could not give what an uninterrupted run gives. */
function checkResumable({ folder, log, state }: Run, config: RunConfig, data: Dataset): void {
  if (config.training.epochs < state.epoch) {
    throw new ArgumentError(
      `${folder} has ${state.epoch} epochs already; --epochs counts them all, so give ${state.epoch} or more`,
      { op: "train" },
    );
  }
  if (log.length !== state.epoch) {
    throw new DataError(
      `${folder}: log.jsonl has ${log.length} of the ${state.epoch} epochs of the checkpoint; put it back, or train anew`,
    );
  }
  if (config.dataHash !== dataHash(data)) {
    throw new DataError(
      `${config.source.data}: the data has changed since the run began, so the run cannot go on; put it back, or train anew`,
    );
  }
}

/** What `fit` would refuse, before anything is written. */
function check(model: Model, data: Dataset, training: TrainingConfig, execution: Execution): void {
  checkExecution("train", execution);
  for (const part of [data.train, data.test]) {
    flatten(model.config, part.inputs);
    checkInputs("train", part.inputs, training.targets === "dynamic" ? "bernoulli" : model.config.likelihood);
  }
}

async function train(
  folder: string,
  config: RunConfig,
  model: Model,
  data: Dataset,
  resume: TrainingState | undefined,
  before: readonly Report[],
  { onStep, onReport, onRun, onNotice, signal, eager, threads }: RunEvents,
): Promise<RunOutcome> {
  const log = [...before];
  let multiplyAdds = resume?.multiplyAdds ?? [];
  // The log is written before the checkpoint: a log that is ahead can be cut, one that is behind could not be mended.
  const onState = async (state: TrainingState, report: Report | null): Promise<void> => {
    if (report !== null) {
      log.push(report);
      await writeLog(folder, log);
    }
    await writeCheckpoint(folder, config, model, state);
    multiplyAdds = state.multiplyAdds;
    if (report !== null) onReport?.(report);
  };
  const events = { onStep, onRun, onNotice, signal, resume, eager, threads };
  for await (const _ of fit(model, data, { ...config.training, ...events, onState }));
  const interrupted = log.length < config.training.epochs;
  if (log.length > 0) await writeReport(folder, await runReport({ config, model, log, data, multiplyAdds }));
  return { folder, model, config, log, interrupted };
}
