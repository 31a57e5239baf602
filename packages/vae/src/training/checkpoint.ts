// A checkpoint: the choices as JSON, and everything that training depends on as one safetensors file.

import { leavesWithPaths, rebuild } from "@elbo/autograd";
import type { Tensor } from "@elbo/tensor";
import { DataError } from "../data/errors.js";
import { readSafetensors, writeSafetensors } from "../formats/safetensors.js";
import { autoencoder } from "../models/autoencoder.js";
import type { ModelConfig } from "../models/config.js";
import { type Model, namedParameters, withNamedTensors } from "../models/model.js";
import { vae } from "../models/vae.js";
import type { MultiplyAdd } from "./multiply-adds.js";
import { type OptimizerName, optimizers, type OptimizerState } from "./optimizers.js";
import type { TrainingState } from "./state.js";

/** Raised when the meaning of the file changes. */
const FORMAT = "elbo-checkpoint-1";

/** Where a caller's own words stand in the metadata. */
const NOTE = "note.";

/** Where the state's tensors stand beside the parameters. */
const PREFIX = "optimizer.";

/**
 * The bytes of `weights.safetensors`: the parameters under their own names, the optimizer's tensors under `optimizer.`,
 * and in the metadata the model's choices, the cursor, the classes of multiply-add that the run has used, and the
 * optimizer's numbers. One file, so that one rename replaces all of it or nothing.
 */
export function encodeCheckpoint(
  model: Model,
  optimizer: OptimizerName,
  state: TrainingState,
  notes: Readonly<Record<string, string>> = {},
): Uint8Array {
  const numbers: Record<string, number> = {};
  const tensors: Record<string, Tensor> = namedParameters(model.params);
  for (const [path, leaf] of leavesWithPaths(state.optimizer)) {
    if (typeof leaf === "number") numbers[path] = leaf;
    else Object.assign(tensors, { [PREFIX + path]: leaf });
  }
  const { epoch, step, sums, seconds, multiplyAdds } = state;
  return writeSafetensors(tensors, {
    format: FORMAT,
    model: JSON.stringify(model.config),
    optimizer,
    cursor: JSON.stringify({ epoch, step, sums, seconds }),
    multiplyAdds: multiplyAdds.join(","),
    numbers: JSON.stringify(numbers),
    ...Object.fromEntries(Object.entries(notes).map(([name, text]) => [NOTE + name, text])),
  });
}

/** A model brought back, and where its training stood. */
export interface Restored {
  readonly model: Model;
  readonly optimizer: OptimizerName;
  readonly state: TrainingState;
  /** What the writer noted beside it. */
  readonly notes: Readonly<Record<string, string>>;
}

/** A model with fresh parameters for choices as a checkpoint stores them. */
export const buildModel = (config: ModelConfig): Model => (config.kind === "vae" ? vae(config) : autoencoder(config));

/**
 * Reads a checkpoint.
 * @param name how messages call the file
 * @throws DataError where the file is truncated, of another kind, or does not hold what the model needs
 */
export function decodeCheckpoint(bytes: Uint8Array, name: string): Restored {
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata.format !== FORMAT) {
    const format = metadata.format === undefined ? "not named" : JSON.stringify(metadata.format);
    throw new DataError(`${name}: is no checkpoint of this version: its format is ${format}, expected "${FORMAT}"`);
  }
  try {
    const config = parseMember(metadata, "model") as ModelConfig;
    if (config?.kind !== "vae" && config?.kind !== "autoencoder") throw new DataError("the model is of no known kind");
    const model = buildModel(config);
    model.params = withNamedTensors(model.params as never, tensors);
    const optimizer = metadata.optimizer as OptimizerName;
    if (!Object.hasOwn(optimizers, optimizer)) throw new DataError("the optimizer is of no known name");
    const fresh = optimizers[optimizer].init(model.params);
    const cursor = readCursor(parseMember(metadata, "cursor"));
    const state: TrainingState = {
      ...cursor,
      multiplyAdds: readMultiplyAdds(metadata.multiplyAdds, cursor),
      optimizer: restoreState(fresh, tensors, parseMember(metadata, "numbers") as Record<string, number>),
    };
    const notes = Object.entries(metadata).flatMap(([key, text]) =>
      key.startsWith(NOTE) ? [[key.slice(NOTE.length), text]] : [],
    );
    return { model, optimizer, state, notes: Object.fromEntries(notes) as Record<string, string> };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${name}: does not hold a whole checkpoint (${reason}); use another one, or train again`, {
      cause,
    });
  }
}

/** A member of the metadata that is JSON. What the parser says of text that is none may take several lines. */
function parseMember(metadata: Readonly<Record<string, string>>, member: string): unknown {
  try {
    return JSON.parse(metadata[member] ?? "");
  } catch (cause) {
    throw new DataError(`the ${member} is ${metadata[member] === undefined ? "missing" : "no JSON"}`, { cause });
  }
}

const isMultiplyAdd = (word: string): word is MultiplyAdd => /^(fused|separate|double)$/.test(word);

/** Files of before there were classes have no such member: the steps that they hold were computed in double. */
function readMultiplyAdds(text: string | undefined, { epoch, step }: Cursor): readonly MultiplyAdd[] {
  if (text === undefined) return epoch + step > 0 ? ["double"] : [];
  const used = text === "" ? [] : text.split(",");
  if (!used.every(isMultiplyAdd)) throw new DataError("the multiply-adds are of no known class");
  return used;
}

type Cursor = Omit<TrainingState, "optimizer" | "multiplyAdds">;

function readCursor(value: unknown): Cursor {
  const { epoch, step, sums, seconds } = value as Cursor;
  const { examples, reconstruction, kl } = sums;
  const counts = [epoch, step, examples].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!counts || ![reconstruction, kl, seconds].every(Number.isFinite)) throw new DataError("the cursor is damaged");
  return { epoch, step, sums: { examples, reconstruction, kl }, seconds };
}

function restoreState(
  fresh: OptimizerState,
  tensors: Readonly<Record<string, Tensor>>,
  numbers: Readonly<Record<string, number>>,
): OptimizerState {
  const values = leavesWithPaths(fresh).map(([path, leaf]) => {
    if (typeof leaf !== "number") return withNamedTensors({ [path]: leaf }, tensors, PREFIX)[path];
    if (typeof numbers[path] !== "number") throw new DataError(`the number ${path} is missing`);
    return numbers[path];
  });
  return rebuild(fresh, values);
}
