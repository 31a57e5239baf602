// The rows and columns of a loop, and the memory that its folds need on the way.

import type { Fold, LoopKernel } from "../fuse/kernels.js";
import { loopReads } from "../fuse/kernels.js";
import { denseStrides, type Reading } from "../fuse/layout.js";
import { type Rectangle, rectangleOf } from "../fuse/merge.js";

/** Elements of a block of the canonical tree of folds, and lanes of a block. */
export const BLOCK = 1024;
export const LANES = 16;

/** A loop's rectangle, and the readings that its strides belong to: those of memory, then the dense one of its stores. */
export interface LoopShape extends Rectangle {
  readonly readings: readonly Reading[];
}

/** @param asProduct keeps rows and columns of a product apart, though they could be one axis */
export function loopShape(loop: LoopKernel, asProduct = false): LoopShape {
  const distinct = new Map(loopReads(loop).map((reading) => [nameOf(reading), reading]));
  const readings = [...distinct.values()];
  const strides = [...readings.map((reading) => reading.strides), denseStrides(loop.space)];
  const [kind, boundary] = asProduct ? (["columns", 1] as const) : ([loop.fold, loop.boundary] as const);
  return { ...rectangleOf(loop.space, strides, kind, boundary)!, readings };
}

/** Equal names read the same numbers. */
export const nameOf = ({ base, offset, strides }: Reading): string => `${base} ${offset} ${strides.join()}`;

export const blocksOf = (count: number): number => Math.max(1, Math.ceil(count / BLOCK));

/** Floats of a row of lanes: whole cache lines. */
export const paddedColumns = (columns: number): number => Math.max(LANES, Math.ceil(columns / LANES) * LANES);

/** Bytes that the folds of a loop need: results of blocks, and, for columns, the lanes. */
export function loopScratch(loop: LoopKernel): number {
  if (loop.fold === null) return 0;
  const { rowCount, columns } = loopShape(loop);
  return loop.folds.length * foldScratch(loop.fold, rowCount, columns);
}

export function foldScratch(kind: "rows" | "columns", rowCount: number, columns: number): number {
  if (kind === "rows") {
    const blocks = blocksOf(columns);
    return blocks === 1 ? 0 : Math.ceil((4 * rowCount * blocks) / 64) * 64;
  }
  const blocks = blocksOf(rowCount);
  return 4 * paddedColumns(columns) * (LANES + (blocks === 1 ? 0 : blocks));
}

export type FoldingName = Fold["folding"];
