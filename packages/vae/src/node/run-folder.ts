// The run folder: config.json, weights.safetensors, log.jsonl and report.html, written so that none is ever half there.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "@elbo/tensor";
import { DataError } from "../data/errors.js";
import { writeSafetensors } from "../formats/safetensors.js";
import type { ModelConfig } from "../models/config.js";
import { type Model, namedParameters } from "../models/model.js";
import { decodeCheckpoint, encodeCheckpoint, type Restored } from "../training/checkpoint.js";
import type { TrainingConfig, TrainingState } from "../training/fit.js";
import type { Report } from "../training/report.js";
import type { DataSource } from "./data-source.js";
import { fileError, readFileChecked, writeFileAtomic } from "./files.js";

/** What `config.json` says: everything that a run follows from. */
export interface RunConfig {
  readonly format: "elbo-run-1";
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly source: DataSource;
}

/** A run as it lies on the disk. */
export interface Run extends Restored {
  readonly folder: string;
  readonly config: RunConfig;
  readonly log: readonly Report[];
}

const file = {
  config: (folder: string) => join(folder, "config.json"),
  weights: (folder: string) => join(folder, "weights.safetensors"),
  log: (folder: string) => join(folder, "log.jsonl"),
  report: (folder: string) => join(folder, "report.html"),
};

/** Where a run's report lies. */
export const reportPath = file.report;

/**
 * Refuses a folder that holds anything already.
 * @throws ArgumentError where it is not empty, FileError where it cannot be read
 */
export async function requireNewRun(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const held = await readdir(folder).catch((cause: unknown) => {
    throw fileError(folder, "read", cause);
  });
  if (held.length > 0) {
    throw new ArgumentError(
      `${folder} exists and is not empty; continue its run with --resume ${folder}, or choose another --out`,
      { op: "train" },
    );
  }
}

/** Makes the folder of a new run, with its config.json. */
export async function createRun(folder: string, config: RunConfig): Promise<void> {
  await requireNewRun(folder);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw fileError(folder, "write", cause);
  });
  await writeConfig(folder, config);
}

export const writeConfig = (folder: string, config: RunConfig): Promise<void> =>
  writeFileAtomic(file.config(folder), `${JSON.stringify(config, null, 2)}\n`);

/** Writes the log, one line an epoch. */
export const writeLog = (folder: string, log: readonly Report[]): Promise<void> =>
  writeFileAtomic(file.log(folder), log.map((report) => `${JSON.stringify(report)}\n`).join(""));

export const writeCheckpoint = (
  folder: string,
  model: Model,
  training: TrainingConfig,
  state: TrainingState,
): Promise<void> => writeFileAtomic(file.weights(folder), encodeCheckpoint(model, training.optimizer, state));

export const writeReport = (folder: string, html: string): Promise<void> => writeFileAtomic(file.report(folder), html);

/**
 * Opens the folder of a run. Log lines after the checkpoint (the process ended between the two) are left out: they will
 * be computed again, to the same figures.
 * @throws FileError where a file is missing, DataError where one is damaged or they do not belong together
 */
export async function openRun(folder: string): Promise<Run> {
  if (!existsSync(file.config(folder))) {
    throw new DataError(`${folder}: holds no run (there is no config.json); train one with --out ${folder}`);
  }
  const config = parse<RunConfig>(file.config(folder), await readFileChecked(file.config(folder)));
  if (config.format !== "elbo-run-1")
    throw new DataError(
      `${file.config(folder)}: is no run of this version (format ${JSON.stringify(config.format)}, expected "elbo-run-1")`,
    );
  const restored = decodeCheckpoint(await readFileChecked(file.weights(folder)), file.weights(folder));
  if (JSON.stringify(restored.model.config) !== JSON.stringify(config.model)) {
    throw new DataError(
      `${folder}: config.json and weights.safetensors describe different models; they are not from one run`,
    );
  }
  return { ...restored, folder, config, log: await readLog(folder, restored.state.epoch) };
}

async function readLog(folder: string, epochs: number): Promise<Report[]> {
  if (epochs === 0 && !existsSync(file.log(folder))) return [];
  const text = new TextDecoder().decode(await readFileChecked(file.log(folder)));
  const lines = text.split("\n").filter((line) => line !== "");
  const log = lines.map((line) => parse<Report>(file.log(folder), line)).filter((report) => report.epoch <= epochs);
  if (log.length !== epochs)
    throw new DataError(
      `${file.log(folder)}: has ${log.length} of the ${epochs} epochs of the checkpoint; the file was shortened`,
    );
  return log;
}

function parse<T>(name: string, content: Uint8Array | string): T {
  try {
    return JSON.parse(typeof content === "string" ? content : new TextDecoder().decode(content)) as T;
  } catch (cause) {
    throw new DataError(`${name}: is no JSON; it was damaged or not written by elbo`, { cause });
  }
}

/** The SHA-256 of the parameters as safetensors bytes: equal weights, equal hash. */
export const weightsHash = (model: Model): string =>
  createHash("sha256")
    .update(writeSafetensors(namedParameters(model.params)))
    .digest("hex");
