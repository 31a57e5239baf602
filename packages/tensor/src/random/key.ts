// Keys: the explicit, splittable source of every random number.

import { ArgumentError } from "../core/errors.js";
import { checkFoldIndex, checkKeyCount } from "./arguments.js";
import { threefry2x32 } from "./threefry.js";

/** Two 32-bit words. Equal keys give equal numbers, on every machine; use a key once, and split it for more. */
export interface Key {
  readonly words: readonly [number, number];
}

/** The second counter word says what a block is for, so that drawing, splitting and folding in never overlap. */
export const DRAW = 0;
/** The purpose of a block that splits a key. */
export const SPLIT = 1;
/** The purpose of a block that folds an index into a key. */
export const FOLD = 2;

/** A key from a whole number of 0 to 2^53 - 1. */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`a seed is a whole number from 0 to 2^53 - 1, got ${seed}`, { op: "key" });
  }
  return { words: [Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0] };
}

const block = new Uint32Array(2);

/** Refuses what is no key, such as a bare seed. */
export function checkKey(op: string, from: Key): void {
  const words: unknown = (from as Key | undefined)?.words;
  if (!Array.isArray(words) || words.length !== 2) {
    throw new ArgumentError(
      `needs a key as its first argument, such as key(42), got ${from === undefined ? "nothing" : JSON.stringify(from)}`,
      { op },
    );
  }
}

function derive(from: Key, index: number, purpose: number): Key {
  checkKey("split", from);
  threefry2x32(from.words[0], from.words[1], index, purpose, block);
  return { words: [block[0], block[1]] };
}

/** The key at a place of `split`, which does not depend on how many are made. */
export const splitAt = (from: Key, index: number): Key => derive(from, index, SPLIT);

/** `count` new keys, independent of each other and of what is drawn from `from`. */
export function split(from: Key, count = 2): Key[] {
  checkKeyCount(count);
  return Array.from({ length: count }, (_, i) => splitAt(from, i));
}

/** The key for item `index` (a step, an epoch, an example): random access into a sequence of keys. */
export function foldIn(from: Key, index: number): Key {
  checkFoldIndex(index);
  return derive(from, index, FOLD);
}
