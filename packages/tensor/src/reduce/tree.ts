// The canonical reduction tree: the one order in which a sequence is summed, whatever computes it.

import type { Storage } from "../core/dtype.js";

/**
 * A sequence is cut into blocks of 1024. In a block, lane j of 16 folds elements j, j + 16, j + 32, ... in order,
 * starting from the identity; lanes then fold as a tree (j with j + 8, j + 4, j + 2, j + 1); blocks fold as a binary
 * counter does: equal-sized neighbours first, what is left over from right to left. Each step rounds to the dtype.
 *
 * 16 lanes are four SIMD registers, the tree's shape depends on the length alone, and the error of a float32 sum
 * of n numbers is at most about (64 + 4 + log2(n / 1024)) eps sum|x|: each element meets that many additions.
 */
export const LANES = 16;
export const BLOCK = 1024;

/** How many roundings an element can meet on its way to the sum of `count`: the depth of the tree. */
export function treeDepth(count: number): number {
  const blocks = Math.max(1, Math.ceil(count / BLOCK));
  return Math.ceil(Math.min(count, BLOCK) / LANES) + Math.log2(LANES) + Math.ceil(Math.log2(blocks)) + 1;
}

/** One step of a reduction. */
export type Fold = (x: number, y: number) => number;

/**
 * Folds `count` elements, `step` apart from `start` on. `lanes` holds the partial results and gives every step its
 * rounding: a Float32Array for float32, of LANES elements.
 */
export function foldSequence(
  fold: Fold,
  identity: number,
  data: Storage,
  start: number,
  step: number,
  count: number,
  lanes: Float32Array | Float64Array,
): number {
  if (count <= BLOCK) return foldBlock(fold, identity, data, start, step, count, lanes);
  const round = lanes instanceof Float32Array ? Math.fround : (x: number): number => x;
  // pending[level] holds the fold of 2^level blocks.
  const pending: (number | undefined)[] = [];
  for (let from = 0; from < count; from += BLOCK) {
    let carry = foldBlock(fold, identity, data, start + from * step, step, Math.min(BLOCK, count - from), lanes);
    let level = 0;
    for (; pending[level] !== undefined; level++) {
      carry = round(fold(pending[level]!, carry));
      pending[level] = undefined;
    }
    pending[level] = carry;
  }
  let total: number | undefined;
  for (const part of pending) {
    if (part !== undefined) total = total === undefined ? part : round(fold(part, total));
  }
  return total!;
}

function foldBlock(
  fold: Fold,
  identity: number,
  data: Storage,
  start: number,
  step: number,
  count: number,
  lanes: Float32Array | Float64Array,
): number {
  lanes.fill(identity);
  for (let i = 0, at = start; i < count; i++, at += step) {
    const lane = i & (LANES - 1);
    lanes[lane] = fold(lanes[lane], data[at]);
  }
  for (let half = LANES / 2; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) lanes[lane] = fold(lanes[lane], lanes[lane + half]);
  }
  return lanes[0];
}
