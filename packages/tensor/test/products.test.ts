// The kernels of the float32 product, one by one: the bits of the definition, and nothing touched but what is theirs.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MatrixView } from "../src/index.js";
import { depthBlock } from "../src/matmul/depth.js";
import { multiply } from "../src/matmul/engine.js";
import { strictMatmul } from "../src/matmul/fallback.js";
import {
  chains,
  COLUMNS,
  expectBits,
  type Layout,
  layouts,
  matrixIn,
  placements,
  ROWS,
  runProduct,
  streams,
  tileNames,
  wildMatrix,
} from "./products.js";
import { fractions } from "./support.js";

function strict(a: MatrixView, b: MatrixView): Float32Array {
  const out = new Float32Array(a.rows * b.columns).fill(NaN);
  strictMatmul(a, b, out, 0);
  return out;
}

/** Around the register tiles, half of them, the 16 rows up to which B is read in place, and the block of 96 rows. */
const ROW_EDGES = [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 23, 24, 25, 95, 96, 97, 193];
const COLUMN_EDGES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 31, 32, 33];
/** Around the unrolled eight steps and the cuts of the depth. */
const DEPTH_EDGES = [1, 2, 3, 4, 7, 8, 9, 16, 263, 264, 265, 528, 529];

const edges: [m: number, k: number, n: number][] = [
  ...ROW_EDGES.flatMap((m) => COLUMN_EDGES.map((n): [number, number, number] => [m, 11, n])),
  ...ROW_EDGES.flatMap((m) => DEPTH_EDGES.map((k): [number, number, number] => [m, k, 5])),
  ...COLUMN_EDGES.flatMap((n) => DEPTH_EDGES.map((k): [number, number, number] => [7, k, n])),
  ...COLUMN_EDGES.map((n): [number, number, number] => [25, 265, n]),
];

const dimension = (most: number, special: readonly number[]): fc.Arbitrary<number> =>
  fc.oneof({ weight: 3, arbitrary: fc.nat(most) }, fc.constantFrom(...special));
const products = fc.record({
  m: dimension(30, ROW_EDGES),
  k: dimension(20, DEPTH_EDGES),
  n: dimension(40, COLUMN_EDGES),
  layoutOfA: layouts,
  layoutOfB: layouts,
  numbersOfA: streams,
  numbersOfB: streams,
  placement: placements,
});

describe("the depth is cut", () => {
  it("into as few blocks of at most 264 steps as there must be, at multiples of 8", () => {
    for (let k = 1; k < 3000; k++) {
      const block = depthBlock(k);
      expect(block % 8).toBe(0);
      expect(block).toBeLessThanOrEqual(264);
      expect(Math.ceil(k / block)).toBe(Math.ceil(k / 264));
    }
    expect([0, 1, 8, 9, 264, 265, 528, 529].map(depthBlock)).toEqual([8, 8, 8, 16, 264, 136, 264, 184]);
  });
});

describe("the plain loops", () => {
  it("are the definition, to the bit", () => {
    fc.assert(
      fc.property(products, ({ m, k, n, layoutOfA, layoutOfB, numbersOfA, numbersOfB }) => {
        const a = matrixIn(layoutOfA, m, k, numbersOfA());
        const b = matrixIn(layoutOfB, k, n, numbersOfB());
        expectBits(strict(a, b), chains(a, b), "plain loops", n);
      }),
      { numRuns: 100 },
    );
  });

  it("write from where they are told to", () => {
    const [a, b] = [wildMatrix(3, 300, 1), wildMatrix(300, 2, 2)];
    const out = new Float32Array(10).fill(7);
    strictMatmul(a, b, out, 3);
    expect([...out.subarray(0, 3), out[9]]).toEqual([7, 7, 7, 7]);
    expectBits(out.slice(3, 9), chains(a, b), "plain loops", 2);
  });
});

describe.each(tileNames)("the tile of %s, rounding the product and the sum", (tile) => {
  it("has the bits of the plain loops around every edge, and touches nothing else", () => {
    for (const [m, k, n] of edges) {
      const [a, b] = [wildMatrix(m, k, m + k), wildMatrix(k, n, n)];
      expectBits(runProduct(tile, "separate", a, b), strict(a, b), `[${m}, ${k}] by [${k}, ${n}]`, n);
    }
  });

  it("has them for all ways to pack: rows, columns, gaps, backwards, broadcast", () => {
    const ways: Layout[] = [
      ROWS,
      COLUMNS,
      { ...ROWS, gap: 3 },
      { ...COLUMNS, gap: 3 },
      { ...ROWS, inner: 2 },
      { ...COLUMNS, inner: -1 },
      { ...ROWS, outer: -1 },
      { ...COLUMNS, outer: -1 },
      { ...ROWS, inner: 0 },
      { ...COLUMNS, inner: 0 },
      { ...ROWS, outer: 0 },
      { ...COLUMNS, outer: 0 },
    ];
    const sizes: [number, number, number][] = [[7, 13, 2], [7, 13, 37], [26, 270, 18]]; // prettier-ignore
    for (const [m, k, n] of sizes) {
      for (const [i, left] of ways.entries()) {
        for (const [j, right] of ways.entries()) {
          const [a, b] = [wildMatrix(m, k, 1, left), wildMatrix(k, n, 2, right)];
          expectBits(runProduct(tile, "separate", a, b), strict(a, b), `ways ${i} and ${j}`, n);
        }
      }
    }
  });

  it("has them for any sizes, strides, numbers and places in memory", () => {
    fc.assert(
      fc.property(products, ({ m, k, n, layoutOfA, layoutOfB, numbersOfA, numbersOfB, placement }) => {
        const a = matrixIn(layoutOfA, m, k, numbersOfA());
        const b = matrixIn(layoutOfB, k, n, numbersOfB());
        expectBits(runProduct(tile, "separate", a, b, placement), strict(a, b), `${m} ${k} ${n}`, n);
      }),
      { numRuns: 300 },
    );
  });

  it("writes zeros, and all of them, where there is no depth", () => {
    for (const [m, n] of [
      [1, 1],
      [2, 7],
      [30, 40],
      [0, 3],
      [3, 0],
    ]) {
      // prettier-ignore
      const [a, b] = [wildMatrix(m, 0, 1), wildMatrix(0, n, 1)];
      const order = ["workspace", "c", "a", "b"] as const;
      expectBits(runProduct(tile, "separate", a, b, { order, gap: 1 }), new Float32Array(m * n), `${m} ${n}`, n);
    }
  });
});

describe("operands beyond 2^24 numbers pass in pieces", () => {
  it("of rows and of columns, and every element is as if alone", () => {
    const depth = 2 ** 22;
    const next = fractions(1);
    const numbers = Float32Array.from({ length: depth + 8 }, () => next() - 0.5);
    // Five rows and five columns, each the last one moved by one number: four of them make a piece.
    const a = { storage: numbers, offset: 0, rows: 5, columns: depth, rowStride: 1, columnStride: 1 };
    const b = { storage: numbers, offset: 3, rows: depth, columns: 5, rowStride: 1, columnStride: 1 };
    const out = new Float32Array(27).fill(7);
    multiply(a, b, out, 1);
    expect([out[0], out[26]]).toEqual([7, 7]);
    for (const [i, j] of [
      [0, 0],
      [3, 4],
      [4, 0],
      [4, 4],
    ]) {
      // prettier-ignore
      const alone = strict({ ...a, offset: i, rows: 1 }, { ...b, offset: 3 + j, columns: 1 });
      expectBits(out.slice(1 + 5 * i + j, 2 + 5 * i + j), alone, `(${i}, ${j})`);
    }
  });
});
