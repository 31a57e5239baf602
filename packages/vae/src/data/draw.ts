// What a model is shown at one step: the example it is asked for, and what its encoder sees of it.

import { bernoulli, split, type Value } from "@elbo/autograd";
import type { Key } from "@elbo/tensor";
import { type Corruption, corrupt } from "./corruption.js";

/** `gray`: the inputs themselves. `dynamic`: at each draw, 1 with the input as probability, else 0 (Salakhutdinov and Murray 2008). */
export type Targets = "gray" | "dynamic";

export const drawTargets = (targets: Targets, x: Value, key: Key): Value =>
  targets === "gray" ? x : bernoulli(key, x);

/** What a draw depends on beside its key. */
export interface DrawOptions {
  readonly targets: Targets;
  readonly corruption: Corruption;
  /** Whether values are pixels, which noise leaves between 0 and 1. */
  readonly clip: boolean;
}

/** Rows `[count, dimensions]` as they go into a model. */
export interface Drawn {
  /** What the decoder is asked for. */
  readonly x: Value;
  /** What the encoder sees: x, or x behind noise. */
  readonly seen: Value;
  /** For the model's own noise. */
  readonly key: Key;
}

export function draw(rows: Value, { targets, corruption, clip }: DrawOptions, from: Key): Drawn {
  const [targetKey, key, corruptionKey] = split(from, 3);
  const x = drawTargets(targets, rows, targetKey);
  return { x, seen: corrupt(corruption, x, corruptionKey, { clip }), key };
}
