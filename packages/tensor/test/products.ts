// What the tests of the matrix kernels share: products laid out in a memory of their own, and what they must give.

import * as fc from "fast-check";
import { expect } from "vitest";
import type { MatrixView } from "../src/index.js";
import { depthBlock } from "../src/matmul/depth.js";
import { SLACK } from "../src/matmul/packing.js";
import { defineProduct, workspaceBytes } from "../src/matmul/product.js";
import {
  TILE_IN_ORDER,
  TILE_IN_PAIRS,
  TILE_SEPARATE,
  TILE_SEPARATE_IN_PAIRS,
  TILE_WITH_BREAKS,
  type TileShape,
} from "../src/matmul/tile.js";
import { instantiate, type MultiplyAdd } from "../src/wasm/features.js";
import { type Exports, host, type Memory } from "../src/wasm/host.js";
import { ModuleBuilder } from "../src/wasm/module.js";
import { anyFloat32, firstDifference, wildNumbers } from "./support.js";

/** Every register tile, named by its rows and columns. */
export const TILES = {
  "3 x 12": TILE_WITH_BREAKS,
  "6 x 8": TILE_IN_ORDER,
  "6 x 16": TILE_IN_PAIRS,
  "4 x 8": TILE_SEPARATE,
  "4 x 16": TILE_SEPARATE_IN_PAIRS,
} as const;
export type TileName = keyof typeof TILES;
export const tileNames = Object.keys(TILES) as TileName[];

/**
 * a b + c, rounded once to float32. The product of two float32 is exact in double. The sum is rounded to odd: where it
 * is not exact, the neighbour with an odd last bit is taken, so that no result of the first rounding lies half-way
 * between two float32, and the second rounds as if it were the first (Boldo and Melquiond, Emulation of FMA and
 * correctly rounded sums, 2008).
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return Math.fround(sum);
  // Knuth's error of the addition, exact.
  const rest = sum - product;
  const error = product - (sum - rest) + (c - rest);
  double[0] = sum;
  if (error !== 0 && (bits[0] & 1n) === 0n) bits[0] += error > 0 === sum > 0 ? 1n : -1n;
  return Math.fround(double[0]);
}
const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

const steps: Readonly<Record<MultiplyAdd, (a: number, b: number, sum: number) => number>> = {
  separate: (a, b, sum) => Math.fround(sum + Math.fround(a * b)),
  fused: fma32,
};

/** The definition of a float32 product: a chain of multiply-adds for each block of the depth, the chains added in order. */
export function chains(a: MatrixView, b: MatrixView, multiplyAdd: MultiplyAdd = "separate"): Float32Array {
  const step = steps[multiplyAdd];
  const block = depthBlock(a.columns);
  const out = new Float32Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let total = 0;
      for (let from = 0; from < a.columns; from += block) {
        let sum = 0;
        for (let k = from; k < Math.min(a.columns, from + block); k++) {
          const x = a.storage[a.offset + i * a.rowStride + k * a.columnStride];
          const y = b.storage[b.offset + k * b.rowStride + j * b.columnStride];
          sum = step(x, y, sum);
        }
        total = from === 0 ? sum : Math.fround(total + sum);
      }
      out[i * b.columns + j] = total;
    }
  }
  return out;
}

/** Where the numbers of a matrix lie: which axis is the inner one, the steps along both, and what is between lines. */
export interface Layout {
  readonly transposed: boolean;
  /** Numbers from one to the next along the inner axis; 0 repeats one number, less runs backwards. */
  readonly inner: number;
  /** 1, -1 for lines in reverse, 0 for one line that is repeated. */
  readonly outer: number;
  /** Numbers between the lines. */
  readonly gap: number;
}

export const ROWS: Layout = { transposed: false, inner: 1, outer: 1, gap: 0 };
export const COLUMNS: Layout = { ...ROWS, transposed: true };

export const layouts: fc.Arbitrary<Layout> = fc.record({
  transposed: fc.boolean(),
  inner: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.constantFrom(-3, -2, -1, 0, 2, 5)),
  outer: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.constantFrom(-1, 0)),
  gap: fc.nat(3),
});

/** A matrix of numbers in storage that it fills from end to end; the gaps hold NaN. */
export function matrixIn(layout: Layout, rows: number, columns: number, number: () => number): MatrixView {
  const [lines, length] = layout.transposed ? [columns, rows] : [rows, columns];
  const extent = length === 0 ? 0 : Math.abs(layout.inner) * (length - 1) + 1;
  const outer = layout.outer * (extent + layout.gap);
  const { inner } = layout;
  const size = lines * length === 0 ? 0 : Math.abs(outer) * (lines - 1) + extent;
  const storage = new Float32Array(size).fill(NaN);
  const offset = size === 0 ? 0 : Math.max(0, -outer * (lines - 1)) + Math.max(0, -inner * (length - 1));
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) storage[offset + line * outer + i * inner] = number();
  }
  const [rowStride, columnStride] = layout.transposed ? [inner, outer] : [outer, inner];
  return { storage, offset, rows, columns, rowStride, columnStride };
}

/** A matrix in rows of numbers up to six powers of ten apart. */
export function wildMatrix(rows: number, columns: number, seed: number, layout: Layout = ROWS): MatrixView {
  const numbers = wildNumbers(seed, rows * columns, 6);
  let next = 0;
  return matrixIn(layout, rows, columns, () => numbers[next++]);
}

/** Streams of numbers: tame ones, ones whose products overflow and underflow, and any bits at all. */
export const streams: fc.Arbitrary<() => () => number> = fc.oneof(
  fc.integer().map((seed) => cycle([...wildNumbers(seed, 997, 6)])),
  fc.integer().map((seed) => cycle([...wildNumbers(seed, 997, 76)])),
  fc.integer().map((seed) => cycle([...wildNumbers(seed, 997, 6)].map((x) => Math.fround(x * 2 ** -74)))),
  fc.array(anyFloat32, { minLength: 1, maxLength: 40 }).map(cycle),
);

/** Streams that go through the numbers again and again, each from the start. */
function cycle(numbers: readonly number[]): () => () => number {
  return () => {
    let next = 0;
    return () => numbers[next++ % numbers.length];
  };
}

/** The four things in memory, in some order. */
export type Region = "a" | "b" | "c" | "workspace";

export interface Placement {
  readonly order: readonly Region[];
  /** Numbers between the rows of C. */
  readonly gap: number;
}

export const placements: fc.Arbitrary<Placement> = fc.record({
  order: fc.shuffledSubarray<Region>(["a", "b", "c", "workspace"], { minLength: 4, maxLength: 4 }),
  gap: fc.nat(3),
});

const PAGE = 65536;
const memories = new Map<number, Memory>();
const programs = new Map<string, Exports>();

function memoryOf(pages: number): Memory {
  const found = memories.get(pages) ?? new host!.Memory({ initial: pages, maximum: pages });
  memories.set(pages, found);
  return found;
}

/** The product over a memory; each is compiled once. */
function programOf(tile: TileName, multiplyAdd: MultiplyAdd, pages: number): Exports {
  const key = `${tile} ${multiplyAdd} ${pages}`;
  let found = programs.get(key);
  if (found === undefined) {
    const builder = new ModuleBuilder();
    defineProduct(builder, TILES[tile] as TileShape, multiplyAdd);
    found = instantiate(builder.bytes, memoryOf(pages));
    programs.set(key, found);
  }
  return found;
}

/** A NaN whose payload tells that nobody wrote it. */
const CANARY = 0x7fc0dead;

/**
 * `A B` by one kernel, in a memory that is all canaries but for the operands. The first region stands at address 0 and
 * the last one, with SLACK, at the very end: what reads or writes too far traps. Where it does not trap, the canaries,
 * which are NaN, come into the product or are found changed.
 */
export function runProduct(
  tile: TileName,
  multiplyAdd: MultiplyAdd,
  a: MatrixView,
  b: MatrixView,
  { order, gap }: Placement = { order: ["a", "b", "c", "workspace"], gap: 0 },
): Float32Array {
  const [m, k, n] = [a.rows, a.columns, b.columns];
  const rowOfC = n === 0 ? 0 : n + gap;
  const bytes: Readonly<Record<Region, number>> = {
    a: 4 * a.storage.length,
    b: 4 * b.storage.length,
    c: m * n === 0 ? 0 : 4 * ((m - 1) * rowOfC + n),
    workspace: workspaceBytes(TILES[tile], m, n, k),
  };
  const room = order.reduce((sum, region) => sum + bytes[region] + SLACK, 0);
  const pages = Math.ceil(room / PAGE);
  const at = { a: 0, b: 0, c: 0, workspace: 0 };
  // All but the first end where the memory ends.
  let next = pages * PAGE - (room - bytes[order[0]] - SLACK);
  for (const region of order.slice(1)) {
    at[region] = next;
    next += bytes[region] + SLACK;
  }
  const { product } = programOf(tile, multiplyAdd, pages);
  const words = new Int32Array(memoryOf(pages).buffer);
  const floats = new Float32Array(words.buffer);
  words.fill(CANARY);
  floats.set(a.storage, at.a / 4);
  floats.set(b.storage, at.b / 4);
  const before = words.slice();

  const strides = [a.rowStride, a.columnStride, b.rowStride, b.columnStride].map((stride) => 4 * stride);
  const [startA, startB] = [at.a + 4 * a.offset, at.b + 4 * b.offset];
  product(startA, strides[0], strides[1], startB, strides[2], strides[3], at.c, 4 * rowOfC, m, n, k, at.workspace);

  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    const start = at.c / 4 + i * rowOfC;
    out.set(floats.subarray(start, start + n), i * n);
    // What may change is taken as it is; all the rest has to be as it was.
    before.set(words.subarray(start, start + n), start);
  }
  const [work, end] = [at.workspace / 4, (at.workspace + bytes.workspace) / 4];
  before.set(words.subarray(work, end), work);
  const changed = firstDifference(words, before);
  if (changed >= 0) {
    const where = order.map((region) => `${region} at ${at[region]} (${bytes[region]} bytes)`).join(", ");
    expect.fail(`${tile}, ${multiplyAdd}: byte ${4 * changed} of ${pages * PAGE} changed; ${where}`);
  }
  return out;
}

/** Equal to the bit (every NaN counts as one), or else where not. */
export function expectBits(got: Float32Array, want: Float32Array, what: string, columns = 1): void {
  const at = firstDifference(got, want);
  if (at < 0) return;
  expect.fail(`${what}: element (${Math.floor(at / columns)}, ${at % columns}) is ${got[at]}, not ${want[at]}`);
}
