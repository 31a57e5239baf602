// Random words: the output of the generator under a key, as many as are asked for.

import { allocate } from "../core/dtype.js";
import { hasSimd } from "../wasm/features.js";
import { checkKey, DRAW, type Key } from "./key.js";
import { fillLanes } from "./lanes.js";
import { threefry2x32 } from "./threefry.js";

/** Fewer numbers are drawn one by one: the way to SIMD costs more than it saves. */
const LEAST_FOR_SIMD = 64;

/** Whether so many numbers are drawn by SIMD. */
export const drawsInLanes = (count: number): boolean => count >= LEAST_FOR_SIMD && hasSimd();

/** `count` random 32-bit words. Word i comes from block i >> 1, so any part of the sequence can be made on its own. */
export function randomBits(from: Key, count: number): Uint32Array {
  checkKey("random", from);
  const out = new Uint32Array(allocate("int32", count + (count & 1)).buffer as ArrayBuffer);
  if (drawsInLanes(count)) fillLanes("words", from, out);
  else for (let i = 0; i < count; i += 2) threefry2x32(from.words[0], from.words[1], i >> 1, DRAW, out, i);
  return count & 1 ? out.subarray(0, count) : out;
}
