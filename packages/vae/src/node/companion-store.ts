// Companions that stay: each is a checkpoint in the run's folder, so that none is trained twice and none is lost.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset, Split } from "../data/dataset.js";
import type { Execution } from "../execution/execution.js";
import type { Model } from "../models/model.js";
import { decodeCheckpoint, encodeCheckpoint, type Restored } from "../training/checkpoint.js";
import { fit, type Progress, type TrainingConfig, type TrainingState } from "../training/fit.js";
import type { Report } from "../training/report.js";
import { type Companion, InterruptedError, type Trainer } from "../uses/study.js";
import { fileError, readFileChecked, writeFileAtomic } from "./files.js";
import { inputsHash } from "./run-folder.js";

/** What shows the training of one companion. */
export interface CompanionDisplay {
  readonly onStep?: (progress: Progress) => void;
  readonly onReport?: (report: Report) => void;
  /** Called once, however the training ends. */
  readonly stop?: () => void;
}

export interface CompanionEvents extends Execution {
  /** Hears which companion is about to be trained, and from which epoch on. */
  readonly onTrain?: (name: string, model: Model, training: TrainingConfig, epochsDone: number) => CompanionDisplay;
  /** Ends the training after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/**
 * A trainer that keeps its companions in `FOLDER/companions/NAME-KEY.safetensors`: one with the same choices and data that is
 * there already is read, one that was interrupted or has fewer epochs is gone on with, any other is trained anew.
 * @throws InterruptedError where the signal ends it
 */
export const storedCompanions =
  (folder: string, { onTrain, signal, eager, threads }: CompanionEvents = {}): Trainer =>
  async (name, model, data, training) => {
    const choices = choicesOf(model, data, training);
    const path = join(folder, "companions", `${name}-${keyOf(choices)}.safetensors`);
    const kept = await stored(path, choices);
    const found = kept !== null && kept.state.epoch <= training.epochs ? kept : null; // one that is ahead cannot go back
    if (found !== null && found.state.epoch === training.epochs) return companionOf(found);
    if (found !== null) model.params = found.model.params as never;
    await mkdir(join(folder, "companions"), { recursive: true }).catch((cause: unknown) => {
      throw fileError(path, "write", cause);
    });
    let seconds = found === null ? 0 : Number(found.notes["seconds"]);
    const onState = async (state: TrainingState, report: Report | null): Promise<void> => {
      seconds += report?.seconds ?? 0;
      const notes = { choices, seconds: String(seconds) };
      await writeFileAtomic(path, encodeCheckpoint(model, training.optimizer, state, notes));
    };
    const display = onTrain?.(name, model, training, found?.state.epoch ?? 0);
    try {
      const events = { onStep: display?.onStep, onState, signal, resume: found?.state, eager, threads };
      let done = found?.state.epoch ?? 0;
      for await (const report of fit(model, data, { ...training, ...events })) {
        done = report.epoch;
        display?.onReport?.(report);
      }
      if (done < training.epochs) throw new InterruptedError(`the training of ${name}`);
    } finally {
      display?.stop?.();
    }
    return { model, seconds };
  };

const companionOf = ({ model, notes }: Restored): Companion => ({ model, seconds: Number(notes["seconds"]) });

/** The checkpoint where it is one of these choices; null where it is missing, damaged, or of other choices. */
async function stored(path: string, choices: string): Promise<Restored | null> {
  if (!existsSync(path)) return null;
  const bytes = await readFileChecked(path);
  try {
    const restored = decodeCheckpoint(bytes, path);
    return restored.notes["choices"] === choices && Number(restored.notes["seconds"]) >= 0 ? restored : null;
  } catch {
    return null; // it can be trained again, so a damaged one is no reason to stop
  }
}

/** Companions of one name with other choices or data lie beside each other. */
const keyOf = (choices: string): string => createHash("sha256").update(choices).digest("hex").slice(0, 8);

/** Everything that a companion follows from but the number of epochs, which may grow. The test part is only watched. */
const choicesOf = (model: Model, data: Dataset, training: TrainingConfig): string =>
  JSON.stringify({ model: model.config, training: { ...training, epochs: null }, data: hashOf(data.train) });

const hashes = new WeakMap<Split, string>();

/** Data is not changed in place, so its hash is computed once. */
function hashOf(part: Split): string {
  const hash = hashes.get(part) ?? inputsHash([part]);
  hashes.set(part, hash);
  return hash;
}
