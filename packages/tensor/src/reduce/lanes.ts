// The canonical reduction tree in WebAssembly SIMD: blocks of rows, and blocks of columns side by side.

import { allocate } from "../core/dtype.js";
import type { Expression, Statement } from "../wasm/code.js";
import { countUp, when } from "../wasm/control.js";
import { instantiate } from "../wasm/features.js";
import { f32, f32x4, i32, memory, v128 } from "../wasm/instructions.js";
import { ModuleBuilder } from "../wasm/module.js";
import { scratch, scratchMemory } from "../wasm/scratch.js";
import { BLOCK, BlockCounter, type Folding, LANES } from "./tree.js";

type Vector = Expression<"v128">;
type Fold = (x: Vector, y: Vector) => Vector;

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const GROUP = LANES * BYTES;
const zero = i32.const(0);

/**
 * Defines `foldRows(from, rows, length, out, pad)`: each of `rows` rows of `length` float32 that follow each other folds
 * to one number. A row is at most a block. `pad` is a place for one group of lanes.
 */
export function defineFoldRows(builder: ModuleBuilder, name: string, fold: Fold, identity: number) {
  return builder.define(name, ["i32", "i32", "i32", "i32", "i32"], "none", (scope, from, rows, length, out, pad) => {
    const lanes = Array.from({ length: LANES / 4 }, () => scope.local("v128"));
    const [row, at, whole, rest] = Array.from({ length: 4 }, () => scope.local("i32"));
    const foldGroup = (address: Expression<"i32">): Statement[] =>
      lanes.map((lane, v) => lane.set(fold(lane, v128.load(address, 16 * v))));
    const start = lanes.map((lane) => lane.set(v128.ofFloat(identity)));
    return [
      whole.set(i32.shl(i32.and(length, i32.const(-LANES)), i32.const(2))),
      rest.set(i32.shl(i32.and(length, i32.const(LANES - 1)), i32.const(2))),
      countUp(row, zero, rows, i32.const(1), [
        ...start,
        countUp(at, from, i32.add(from, whole), i32.const(GROUP), foldGroup(at)),
        when(rest, [
          // Folding the identity into a lane changes nothing: a sum that began from 0 is never -0.
          ...lanes.map((_, v) => v128.store(pad, v128.ofFloat(identity), 16 * v)),
          memory.copy(pad, at, rest),
          ...foldGroup(pad),
        ]),
        ...foldLanes(lanes.length, (i, j) => lanes[i].set(fold(lanes[i], lanes[j]))),
        lanes[0].set(fold(lanes[0], v128.shuffle(lanes[0], lanes[0], [2, 3, 2, 3]))),
        f32.store(out, f32x4.extractLane(0)(fold(lanes[0], v128.shuffle(lanes[0], lanes[0], [1, 1, 1, 1])))),
        out.set(i32.add(out, i32.const(BYTES))),
        from.set(i32.add(i32.add(from, whole), rest)),
      ]),
    ];
  });
}

/**
 * Defines `foldColumns(from, rowBytes, rows, columnBytes, out)`: the columns of at most a block of rows fold to one row.
 * Columns go in fours: up to 12 bytes beyond a row are read, and beyond `out` written.
 */
export function defineFoldColumns(builder: ModuleBuilder, name: string, fold: Fold, identity: number) {
  return builder.define(
    name,
    ["i32", "i32", "i32", "i32", "i32"],
    "none",
    (scope, from, rowBytes, rows, columnBytes, out) => {
      const lanes = Array.from({ length: LANES }, () => scope.local("v128"));
      const [column, at, row, whole] = Array.from({ length: 4 }, () => scope.local("i32"));
      const foldRow = (lane: (typeof lanes)[number]): Statement[] => [
        lane.set(fold(lane, v128.load(at))),
        at.set(i32.add(at, rowBytes)),
      ];
      return [
        whole.set(i32.and(rows, i32.const(-LANES))),
        countUp(column, zero, columnBytes, i32.const(16), [
          ...lanes.map((lane) => lane.set(v128.ofFloat(identity))),
          at.set(i32.add(from, column)),
          countUp(row, zero, whole, i32.const(LANES), lanes.flatMap(foldRow)),
          ...lanes.map((lane, j) => when(i32.ltS(i32.add(whole, i32.const(j)), rows), foldRow(lane))),
          ...foldLanes(LANES, (i, j) => lanes[i].set(fold(lanes[i], lanes[j]))),
          v128.store(i32.add(out, column), lanes[0]),
        ]),
      ];
    },
  );
}

/** `lane i` with `lane i + half`, halves down to one lane. */
function foldLanes(count: number, fold: (i: number, j: number) => Statement): Statement[] {
  const statements: Statement[] = [];
  for (let half = count / 2; half >= 1; half /= 2) {
    for (let i = 0; i < half; i++) statements.push(fold(i, i + half));
  }
  return statements;
}

interface Programs {
  foldRows(from: number, rows: number, length: number, out: number, pad: number): void;
  foldColumns(from: number, rowBytes: number, rows: number, columnBytes: number, out: number): void;
}

const compiled = new Map<string, Programs>();

function programsOf({ name, identity }: Folding): Programs {
  let programs = compiled.get(name);
  if (programs === undefined) {
    const fold = { sum: f32x4.add, max: f32x4.max, min: f32x4.min }[name];
    const builder = new ModuleBuilder();
    defineFoldRows(builder, "foldRows", fold, identity);
    defineFoldColumns(builder, "foldColumns", fold, identity);
    programs = instantiate(builder.bytes, scratchMemory()) as unknown as Programs;
    compiled.set(name, programs);
  }
  return programs;
}

/** Numbers that pass through the scratch memory at once. */
const PIECE = 2 ** 16;

/** Folds each of `rows` rows of `length` numbers, which follow each other from `start` on, into `out`. */
export function foldRows(
  folding: Folding,
  data: Float32Array,
  start: number,
  rows: number,
  length: number,
  out: Float32Array,
): void {
  if (length <= BLOCK) {
    foldShortRows(folding, data, start, rows, length, out, 0);
    return;
  }
  const blocks = Math.floor(length / BLOCK);
  const partial = allocate("float32", Math.ceil(length / BLOCK)) as Float32Array;
  for (let row = 0; row < rows; row++) {
    const from = start + row * length;
    foldShortRows(folding, data, from, blocks, BLOCK, partial, 0);
    if (length % BLOCK > 0) foldShortRows(folding, data, from + blocks * BLOCK, 1, length % BLOCK, partial, blocks);
    const counter = new BlockCounter(folding, Math.fround);
    for (const one of partial) counter.add(one);
    out[row] = counter.total();
  }
}

function foldShortRows(
  folding: Folding,
  data: Float32Array,
  start: number,
  rows: number,
  length: number,
  out: Float32Array,
  outStart: number,
): void {
  const { foldRows: run } = programsOf(folding);
  const most = Math.max(1, Math.floor(PIECE / Math.max(1, length)));
  // The results stand after the rows, the pad after the results.
  const atOut = most * length;
  const memory = scratch((atOut + most + LANES) * BYTES);
  for (let row = 0; row < rows; row += most) {
    const count = Math.min(most, rows - row);
    memory.set(data.subarray(start + row * length, start + (row + count) * length));
    run(0, count, length, atOut * BYTES, (atOut + most) * BYTES);
    out.set(memory.subarray(atOut, atOut + count), outStart + row);
  }
}

/** Folds `rows` rows of `columns` numbers, `step` apart from `start` on, into the one row `out`. */
export function foldColumns(
  folding: Folding,
  data: Float32Array,
  start: number,
  step: number,
  rows: number,
  columns: number,
  out: Float32Array,
): void {
  const { foldColumns: run } = programsOf(folding);
  const most = Math.max(4, Math.floor(PIECE / Math.min(rows, BLOCK)) & -4);
  for (let column = 0; column < columns; column += most) {
    const width = Math.min(most, columns - column);
    const counters = Array.from({ length: rows > BLOCK ? width : 0 }, () => new BlockCounter(folding, Math.fround));
    for (let row = 0; row < rows; row += BLOCK) {
      const count = Math.min(BLOCK, rows - row);
      const atOut = count * width + LANES;
      const memory = scratch((atOut + width + LANES) * BYTES);
      copyRows(data, start + row * step + column, step, count, width, memory);
      run(0, width * BYTES, count, width * BYTES, atOut * BYTES);
      if (rows <= BLOCK) out.set(memory.subarray(atOut, atOut + width), column);
      else counters.forEach((counter, i) => counter.add(memory[atOut + i]));
    }
    counters.forEach((counter, i) => (out[column + i] = counter.total()));
  }
}

function copyRows(
  data: Float32Array,
  start: number,
  step: number,
  rows: number,
  width: number,
  to: Float32Array,
): void {
  if (step === width) to.set(data.subarray(start, start + rows * width));
  else {
    for (let row = 0; row < rows; row++) {
      to.set(data.subarray(start + row * step, start + row * step + width), row * width);
    }
  }
}
