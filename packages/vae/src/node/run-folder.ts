// The run folder: config.json, weights.safetensors, log.jsonl and report.html, written so that none is ever half there.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ArgumentError, ElboError } from "@elbo/tensor";
import type { Columns } from "../data/columns.js";
import type { Dataset, Split } from "../data/dataset.js";
import { DataError } from "../data/errors.js";
import { writeSafetensors } from "../formats/safetensors.js";
import type { Metrics } from "../evaluation/metrics.js";
import { type ModelConfig, modelConfig } from "../models/config.js";
import { type Model, namedParameters } from "../models/model.js";
import { decodeCheckpoint, encodeCheckpoint, type Restored } from "../training/checkpoint.js";
import { trainingConfig, type TrainingConfig, type TrainingState } from "../training/fit.js";
import type { Report } from "../training/report.js";
import type { DataSource } from "./data-source.js";
import { fileError, readFileChecked, writeFileAtomic } from "./files.js";

/** What `config.json` says: everything that a run follows from. */
export interface RunConfig {
  readonly format: "elbo-run-1";
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly source: DataSource;
  /** The columns of a table and the standard units in which they were learned; absent for other data. */
  readonly columns?: Columns;
  /** The SHA-256 of the data, by which a resumed run knows that it is still the same. */
  readonly dataHash: string;
}

/** The choices that a command line gives. */
export type RunChoices = Pick<RunConfig, "model" | "training" | "source">;

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

/**
 * Makes the folder of a new run with its config.json and a checkpoint of the untrained model, so that whatever happens
 * next can be resumed. Where that fails, what was made is taken back.
 */
export async function createRun(folder: string, config: RunConfig, model: Model, state: TrainingState): Promise<void> {
  await requireNewRun(folder);
  const made = await makeFolder(folder);
  try {
    await writeConfig(folder, config);
    await writeCheckpoint(folder, config, model, state);
  } catch (cause) {
    for (const path of [file.config(folder), file.weights(folder)]) await rm(path, { force: true });
    for (const path of made.reverse()) await rmdir(path).catch(() => undefined);
    throw cause;
  }
}

/** Makes a folder and those above it that are missing, one by one; the ones made, outermost first. */
async function makeFolder(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    await mkdir(path).catch((cause: unknown) => {
      throw fileError(path, "write", cause);
    });
  }
  return missing;
}

export const writeConfig = (folder: string, config: RunConfig): Promise<void> =>
  writeFileAtomic(file.config(folder), `${JSON.stringify(config, null, 2)}\n`);

/** Writes the log, one line an epoch. */
export const writeLog = (folder: string, log: readonly Report[]): Promise<void> =>
  writeFileAtomic(file.log(folder), log.map((report) => `${JSON.stringify(report)}\n`).join(""));

/** Replaces the checkpoint. It notes the choices that it follows from, since config.json can be edited. */
export const writeCheckpoint = (folder: string, config: RunConfig, model: Model, state: TrainingState): Promise<void> =>
  writeFileAtomic(
    file.weights(folder),
    encodeCheckpoint(model, config.training.optimizer, state, { choices: choicesOf(config) }),
  );

/**
 * Everything but the number of epochs, which may grow. `matmul` is noted only where it is `fast`: checkpoints of before
 * there was that choice read as `strict`, and say nothing of it.
 */
const choicesOf = ({ training, source, dataHash }: RunConfig): string => {
  const matmul = training.matmul === "strict" ? undefined : training.matmul; // JSON leaves undefined out
  return JSON.stringify({ training: { ...training, epochs: null, matmul }, source, dataHash });
};

export const writeReport = (folder: string, html: string): Promise<void> => writeFileAtomic(file.report(folder), html);

/**
 * Opens the folder of a run. Log lines after the checkpoint (the process ended between the two) are left out: they will
 * be computed again, to the same figures. A log that is missing is empty.
 * @throws FileError where a file is missing, DataError where one is damaged or they do not belong together
 */
export async function openRun(folder: string): Promise<Run> {
  if (!existsSync(file.config(folder))) {
    throw new DataError(`${folder}: holds no run (there is no config.json); train one with --out ${folder}`);
  }
  const config = checkedConfig(file.config(folder), await readFileChecked(file.config(folder)));
  const restored = decodeCheckpoint(await readFileChecked(file.weights(folder)), file.weights(folder));
  const same =
    JSON.stringify(restored.model.config) === JSON.stringify(config.model) &&
    restored.notes["choices"] === choicesOf(config);
  if (!same) {
    throw new DataError(
      `${folder}: config.json and weights.safetensors are not from one run; undo what was changed in config.json`,
    );
  }
  return { ...restored, folder, config, log: await readLog(folder, restored.state.epoch) };
}

/** The configuration of a run, every choice checked, in one order of members. */
export function runConfig({ model, training, source }: RunChoices, hash: string, columns?: Columns): RunConfig {
  const { kind, ...options } = model;
  const { data, trainSize, testSize, dataSeed, label } = source;
  if (typeof data !== "string") throw new ArgumentError("source.data is the name or the folder of the data");
  return {
    format: "elbo-run-1",
    model: modelConfig(kind, options),
    training: trainingConfig(training),
    source: { data, trainSize, testSize, dataSeed, ...(label !== undefined && { label }) },
    ...(columns && { columns }),
    dataHash: hash,
  };
}

/** Reads config.json, every choice checked as if it had been given now. */
function checkedConfig(name: string, content: Uint8Array): RunConfig {
  const given = parse<RunConfig | null>(name, content);
  if (given?.format !== "elbo-run-1") {
    throw new DataError(
      `${name}: is no run of this version (format ${JSON.stringify(given?.format)}, expected "elbo-run-1")`,
    );
  }
  try {
    // Runs of before there was that choice have no `matmul`: of the two modes, `strict` rounds alike on every runtime.
    const training = given.training && { ...given.training, matmul: given.training.matmul ?? "strict" };
    return runConfig({ ...given, training }, given.dataHash, given.columns && checkedColumns(given.columns));
  } catch (cause) {
    const reason = cause instanceof ElboError ? cause.message : "a member is missing";
    throw new DataError(`${name}: holds choices that make no run (${reason})`, { cause });
  }
}

function checkedColumns({ names, mean, scale }: Columns): Columns {
  const whole = [mean, scale].every((units) => units.length === names.length && units.every(Number.isFinite));
  if (!whole || !scale.every((one) => one > 0)) throw new ArgumentError("columns are no names with their units");
  return { names, mean, scale };
}

async function readLog(folder: string, epochs: number): Promise<Report[]> {
  if (!existsSync(file.log(folder))) return [];
  const text = new TextDecoder().decode(await readFileChecked(file.log(folder)));
  const log = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parse<Report | null>(file.log(folder), line));
  const whole = log.every(
    (report, i): report is Report => report?.epoch === i + 1 && [report.train, report.test].every(isMetrics),
  );
  if (!whole)
    throw new DataError(`${file.log(folder)}: a line is no report of its epoch; the file was edited or damaged`);
  return (log as Report[]).slice(0, epochs);
}

const isMetrics = (metrics: Metrics | undefined): boolean =>
  [metrics?.objective, metrics?.reconstruction, metrics?.kl].every(Number.isFinite) &&
  (metrics?.elbo === null || Number.isFinite(metrics?.elbo));

function parse<T>(name: string, content: Uint8Array | string): T {
  try {
    return JSON.parse(typeof content === "string" ? content : new TextDecoder().decode(content)) as T;
  } catch (cause) {
    throw new DataError(`${name}: is no JSON; it was damaged or not written by elbo`, { cause });
  }
}

/** The SHA-256 of all inputs of both parts. */
export const dataHash = (data: Dataset): string => inputsHash([data.train, data.test]);

/** The SHA-256 of all inputs of some parts, with their shapes. */
export function inputsHash(parts: readonly Split[]): string {
  const hash = createHash("sha256");
  for (const { inputs } of parts) {
    const { buffer, byteOffset, byteLength } = inputs.data;
    hash.update(JSON.stringify([inputs.dtype, inputs.shape])).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

/** The SHA-256 of the parameters as safetensors bytes: equal weights, equal hash. */
export const weightsHash = (model: Model): string =>
  createHash("sha256")
    .update(writeSafetensors(namedParameters(model.params)))
    .digest("hex");
