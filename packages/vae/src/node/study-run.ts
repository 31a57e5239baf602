// A use on a run: the study of its model with companions that stay in its folder.

import type { Dataset } from "../data/dataset.js";
import type { Study } from "../uses/study.js";
import { type CompanionEvents, storedCompanions } from "./companion-store.js";
import { alone } from "./lock.js";
import type { Run } from "./run-folder.js";

/**
 * Studies the model of a run, whose companions get its budget, the epochs that it has had, or so many epochs. No other process trains in the folder
 * meanwhile.
 * @throws ArgumentError where another process is at work there, InterruptedError where the signal ends a training
 */
export function studyRun<R>(
  run: Run,
  data: Dataset,
  { epochs, ...events }: CompanionEvents & { readonly epochs?: number },
  body: (study: Study) => Promise<R>,
): Promise<R> {
  const { folder, model, config, log, state } = run;
  const seconds = log.reduce((total, report) => total + report.seconds, 0);
  const training = { ...config.training, epochs: epochs ?? Math.max(1, state.epoch) };
  const train = storedCompanions(folder, events);
  return alone(folder, () => body({ model, data, training, seconds, train, signal: events.signal }));
}
