// Reductions by SIMD follow the canonical tree to the bit, by rows and by columns, and write nothing but their result.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { broadcastTo, flip, fromTypedArray, max, mean, min, slice, sum, type Tensor, transpose } from "../src/index.js";
import * as lanes from "../src/reduce/lanes.js";
import { foldings } from "../src/reduce/tree.js";
import { instantiate } from "../src/wasm/features.js";
import { newMemory } from "../src/wasm/host.js";
import { f32x4 } from "../src/wasm/instructions.js";
import { ModuleBuilder } from "../src/wasm/module.js";
import { firstDifference, indices, product, read, wildNumbers } from "./support.js";
import { documentedFold, folds } from "./trees.js";

vi.mock("../src/reduce/lanes.js", async (original) => {
  const real = await original<typeof lanes>();
  return { ...real, foldRows: vi.fn(real.foldRows), foldColumns: vi.fn(real.foldColumns) };
});
const [rowsTaken, columnsTaken] = [vi.mocked(lanes.foldRows), vi.mocked(lanes.foldColumns)];
beforeEach(() => {
  rowsTaken.mockClear();
  columnsTaken.mockClear();
});

const names = ["sum", "max", "min"] as const;

/** What the numbers are like: ordinary, zeros of both signs, infinities of one sign and of both, or with a NaN. */
const kinds = {
  wild: () => undefined,
  zeros: (i: number) => (i % 3 === 0 ? -0 : i % 3 === 1 ? 0 : undefined),
  "only -0": () => -0,
  "an infinity": (i: number) => (i % 700 === 13 ? Infinity : undefined),
  infinities: (i: number) => (i % 500 === 7 ? (i % 1000 === 7 ? -Infinity : Infinity) : undefined),
  "only -Infinity": () => -Infinity,
  "a NaN": (i: number) => (i % 611 === 610 ? NaN : undefined),
} as const satisfies Record<string, (i: number) => number | undefined>;
type Kind = keyof typeof kinds;
const allKinds = Object.keys(kinds) as Kind[];

const numbers = (count: number, kind: Kind, seed = count): Float32Array =>
  wildNumbers(seed, count, 6).map((x, i) => kinds[kind](i) ?? x);

function expectSame(got: ArrayLike<number>, want: readonly number[], what: string): void {
  const at = firstDifference(got, want);
  if (at >= 0) expect.fail(`${what}: number ${at} of ${want.length} is ${got[at]}, should be ${want[at]}`);
}

describe.each(names)("%s", (name) => {
  const rowsOf = (data: Float32Array, start: number, rows: number, length: number): number[] =>
    Array.from({ length: rows }, (_, row) =>
      documentedFold([...data.subarray(start + row * length, start + (row + 1) * length)], folds[name]),
    );
  const columnsOf = (data: Float32Array, start: number, step: number, rows: number, columns: number): number[] =>
    Array.from({ length: columns }, (_, column) =>
      documentedFold(
        Array.from({ length: rows }, (_, row) => data[start + row * step + column]),
        folds[name],
      ),
    );

  it.each([1, 2, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 2047, 2048, 2049, 3072, 5000])("rows of %i", (length) => {
    for (const kind of allKinds) {
      for (const [rows, start] of [
        [1, 0],
        [3, 5],
      ]) {
        // prettier-ignore
        const data = numbers(start + rows * length + 9, kind);
        const out = new Float32Array(rows).fill(77);
        lanes.foldRows(foldings[name], data, start, rows, length, out);
        expectSame(out, rowsOf(data, start, rows, length), `${rows} rows of ${length} from ${start} with ${kind}`);
      }
    }
  });

  it.each([1, 15, 16, 17, 63, 64, 1023, 1024, 1025, 2049])("columns of %i", (rows) => {
    for (const [i, kind] of allKinds.entries()) {
      for (const columns of [1, 7, 8, 9]) {
        const step = [columns, columns + 5, -columns - 2, 0][(i + columns) % 4];
        const start = step < 0 ? -step * (rows - 1) : 3;
        const data = numbers(start + Math.max(0, step * (rows - 1)) + columns, kind, columns);
        const out = new Float32Array(columns).fill(77);
        lanes.foldColumns(foldings[name], data, start, step, rows, columns, out);
        const what = `${rows} by ${columns}, ${step} apart, with ${kind}`;
        expectSame(out, columnsOf(data, start, step, rows, columns), what);
      }
    }
  });

  it("goes in pieces where all at once would be too much: many rows, many columns", () => {
    for (const [rows, length] of [
      [70_000, 1],
      [4000, 17],
      [65, 1024],
    ]) {
      // prettier-ignore
      const data = numbers(rows * length, "zeros");
      const out = new Float32Array(rows);
      lanes.foldRows(foldings[name], data, 0, rows, length, out);
      expectSame(out, rowsOf(data, 0, rows, length), `${rows} rows of ${length}`);
    }
    for (const [rows, columns] of [
      [170, 400],
      [1100, 131],
      [5000, 9],
    ]) {
      // prettier-ignore
      const data = numbers(rows * columns, "zeros");
      const out = new Float32Array(columns);
      lanes.foldColumns(foldings[name], data, 0, columns, rows, columns, out);
      expectSame(out, columnsOf(data, 0, columns, rows, columns), `${rows} by ${columns}`);
    }
  });

  it("in a memory of one's own changes nothing but the result and the pad", () => {
    const CANARY = 0x7fc0dead;
    const fold = { sum: f32x4.add, max: f32x4.max, min: f32x4.min }[name];
    const builder = new ModuleBuilder();
    lanes.defineFoldRows(builder, "rows", fold, folds[name].identity);
    lanes.defineFoldColumns(builder, "columns", fold, folds[name].identity);
    const memory = newMemory(65536);
    const run = instantiate(builder.bytes, memory);
    const [words, floats] = [new Int32Array(memory.buffer), new Float32Array(memory.buffer)];
    /** Runs over numbers that end `slack` before the memory does; expects all but the ranges unchanged. */
    const over = (
      data: Float32Array,
      slack: number,
      call: (from: number) => void,
      ...mayChange: [number, number][]
    ) => {
      words.fill(CANARY);
      const from = words.length - data.length - slack;
      floats.set(data, from);
      const before = words.slice();
      call(4 * from);
      const result = floats.slice(mayChange[0][0], mayChange[0][1]);
      for (const [start, end] of mayChange) words.set(before.subarray(start, end), start);
      expect(firstDifference(words, before)).toBe(-1);
      return result;
    };
    for (const [rows, length] of [
      [1, 1],
      [7, 3],
      [5, 16],
      [3, 31],
      [2, 1024],
      [4, 1009],
    ]) {
      // prettier-ignore
      const data = numbers(rows * length, "zeros");
      const call = (from: number): void => void run.rows(from, rows, length, 400, 1200);
      const got = over(data, 0, call, [100, 100 + rows], [300, 316]);
      expectSame(got, rowsOf(data, 0, rows, length), `${rows} rows of ${length}`);
    }
    for (const [rows, columns] of [
      [1, 4],
      [15, 8],
      [16, 9],
      [33, 7],
      [1024, 5],
      [1000, 12],
    ]) {
      // prettier-ignore
      const data = numbers(rows * columns, "zeros");
      const call = (from: number): void => void run.columns(from, 4 * columns, rows, 4 * columns, 400);
      // Columns go in fours.
      const beyond = -columns & 3;
      const got = over(data, beyond, call, [100, 100 + columns + beyond]).subarray(0, columns);
      expectSame(got, columnsOf(data, 0, columns, rows, columns), `${rows} by ${columns}`);
    }
  });
});

/** What a reduction along axes folds, list by list, found element by element. */
function listsAlong(x: Tensor, axes: readonly number[]): number[][] {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const { at } = read(x);
  const lengths = (some: readonly number[]): number[] => some.map((axis) => x.shape[axis]);
  const place = [...x.shape.keys()].map((axis) => [...kept, ...axes].indexOf(axis));
  const inner = indices(lengths(axes));
  return indices(lengths(kept)).map((outer) =>
    inner.map((rest) => {
      const index = [...outer, ...rest];
      return at(place.map((i) => index[i]));
    }),
  );
}

const subsets = (axes: readonly number[]): number[][] =>
  axes.reduce<number[][]>((all, axis) => [...all, ...all.map((some) => [...some, axis])], [[]]);

describe("along any axes of any layout", () => {
  it.each<[number[], Kind]>([
    [[63], "wild"],
    [[64], "zeros"],
    [[65], "only -0"],
    [[5000], "wild"],
    [[2049], "a NaN"],
    [[9, 7], "only -0"],
    [[8, 8], "infinities"],
    [[17, 9], "zeros"],
    [[1025, 8], "wild"],
    [[16, 400], "a NaN"],
    [[3, 1, 700], "infinities"],
    [[5, 15, 16], "wild"],
    [[4, 5, 6, 7], "zeros"],
  ])("of %j with %s", (shape, kind) => {
    const make = (shape: readonly number[]): Tensor => fromTypedArray(numbers(product(shape), kind), shape);
    const reversed = [...shape.keys()].reverse();
    const layouts: Tensor[] = [
      make(shape),
      transpose(make(reversed.map((axis) => shape[axis])), reversed),
      flip(make(shape)),
      flip(make(shape), shape.length - 1),
      slice(make(shape.map((n) => 2 * n + 1)), shape.map((n, axis) => ({ start: 1, stop: 1 + (axis ? n : 2 * n), step: axis ? 1 : 2 }))), // prettier-ignore
      broadcastTo(make([1, ...shape.slice(1)]), shape),
      broadcastTo(make([...shape.slice(0, -1), 1]), shape),
    ];
    for (const [i, x] of layouts.entries()) {
      for (const axes of subsets([...shape.keys()])) {
        const what = `layout ${i} along ${axes}`;
        const lists = listsAlong(x, axes);
        const ofSum = lists.map((list) => documentedFold(list, folds.sum));
        const count = product(axes.map((axis) => shape[axis]));
        expectSame(sum(x, { axis: axes }).data, ofSum, `sum, ${what}`);
        expectSame(mean(x, { axis: axes }).data, ofSum.map((y) => Math.fround(y / count)), `mean, ${what}`); // prettier-ignore
        // What is left of a sum of -0 alone is +0: every lane starts from it.
        if (kind === "only -0") expect(ofSum.every((y) => Object.is(y, 0))).toBe(true);
        for (const name of ["max", "min"] as const) {
          const want = lists.map((list) => documentedFold(list, folds[name]));
          expectSame({ max, min }[name](x, { axis: axes }).data, want, `${name}, ${what}`);
        }
      }
    }
  });

  it("by rows, by columns or one by one, as the elements lie", () => {
    const matrix = fromTypedArray(numbers(640, "wild"), [16, 40]);
    const ways: [Tensor, number | undefined, number, number][] = [
      [matrix, undefined, 1, 0],
      [matrix, 1, 1, 0],
      [matrix, 0, 0, 1],
      [transpose(matrix), 1, 0, 1],
      [flip(matrix, 0), 0, 0, 1],
      [flip(matrix, 1), 0, 0, 0],
      [slice(matrix, [{}, { stop: 7 }]), 0, 0, 0],
      [slice(matrix, [{}, { stop: 8 }]), 0, 0, 1],
      [fromTypedArray(numbers(63, "wild")), 0, 0, 0],
      [fromTypedArray(numbers(64, "wild")), 0, 1, 0],
      [fromTypedArray(new Float64Array(640)), 0, 0, 0],
    ];
    for (const [i, [x, axis, rows, columns]] of ways.entries()) {
      rowsTaken.mockClear();
      columnsTaken.mockClear();
      sum(x, { axis });
      expect([i, rowsTaken.mock.calls.length, columnsTaken.mock.calls.length]).toEqual([i, rows, columns]);
    }
  });
});
