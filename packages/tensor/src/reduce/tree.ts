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

/** What is folded: `sum`, `max` or `min`, its step and the value of no elements. */
export interface Folding {
  readonly name: "sum" | "max" | "min";
  readonly step: (x: number, y: number) => number;
  readonly identity: number;
}

export const foldings = {
  sum: { name: "sum", step: (x, y) => x + y, identity: 0 },
  max: { name: "max", step: Math.max, identity: -Infinity },
  min: { name: "min", step: Math.min, identity: Infinity },
} as const satisfies Record<string, Folding>;

/** Folds the results of blocks as a binary counter does, each step rounded. */
export class BlockCounter {
  /** pending[level] holds the fold of 2^level blocks. */
  readonly #pending: (number | undefined)[] = [];
  readonly #step: (x: number, y: number) => number;

  constructor({ step }: Folding, round: (x: number) => number) {
    this.#step = (x, y) => round(step(x, y));
  }

  add(block: number): void {
    let carry = block;
    let level = 0;
    for (; this.#pending[level] !== undefined; level++) {
      carry = this.#step(this.#pending[level]!, carry);
      this.#pending[level] = undefined;
    }
    this.#pending[level] = carry;
  }

  /** What is left over folds from right to left. There was at least one block. */
  total(): number {
    let total: number | undefined;
    for (const part of this.#pending) {
      if (part !== undefined) total = total === undefined ? part : this.#step(part, total);
    }
    return total!;
  }
}

/**
 * Folds `count` elements, `step` apart from `start` on. `lanes` holds the partial results and gives every step its
 * rounding: a Float32Array for float32, of LANES elements.
 */
export function foldSequence(
  folding: Folding,
  data: Storage,
  start: number,
  step: number,
  count: number,
  lanes: Float32Array | Float64Array,
): number {
  if (count <= BLOCK) return foldBlock(folding, data, start, step, count, lanes);
  const counter = new BlockCounter(folding, lanes instanceof Float32Array ? Math.fround : (x) => x);
  for (let from = 0; from < count; from += BLOCK) {
    counter.add(foldBlock(folding, data, start + from * step, step, Math.min(BLOCK, count - from), lanes));
  }
  return counter.total();
}

function foldBlock(
  { step: fold, identity }: Folding,
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
