// Nearest neighbours against sorted lists of all distances, where float32 could err too.

import { add, key, mul, normal, permutation, tensor, type Tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accuracy, classifyByNeighbours, nearest } from "../src/baselines/neighbours.js";
import { numbers } from "./support/numbers.js";
import { byDistance, rowsOf, squaredDistanceOf, wholeTable } from "./support/tables.js";

function expectNearest(queries: Tensor, points: Tensor, k: number, skipSelf = false): void {
  const { indices, distances } = nearest(queries, points, k, { skipSelf });
  const rows = rowsOf(points);
  rowsOf(queries).forEach((query, i) => {
    const want = byDistance(rows, query)
      .filter((j) => !skipSelf || j !== i)
      .slice(0, k);
    expect([...indices.subarray(i * k, (i + 1) * k)]).toEqual(want);
    const squares = want.map((j) => squaredDistanceOf(query, rows[j]));
    expect([...distances.subarray(i * k, (i + 1) * k)]).toEqual(squares.map(Math.sqrt));
  });
}

/** Whole numbers, so that distances are equal often, at an offset that float32 products cannot bear. */
const searches = fc
  .tuple(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }))
  .chain(([n, q, d]) =>
    fc.record({
      points: wholeTable([n, d], 3),
      queries: wholeTable([q, d], 3),
      k: fc.integer({ min: 1, max: n - 1 }),
      offset: fc.constantFrom(0, 1000, 2 ** 23),
    }),
  );

describe("nearest", () => {
  test("is the start of the sorted list of all points, equal distances by index", () => {
    fc.assert(
      fc.property(searches, ({ points, queries, k, offset }) => {
        const far = add(points, offset);
        expectNearest(add(queries, offset), far, k);
        expectNearest(far, far, k, true);
      }),
    );
  });

  test("sees differences that float32 products do not: a shell of points almost equally far", () => {
    const d = 40;
    const points = Array.from({ length: 300 }, (_, i) => {
      const row = normal(key(i), [d]);
      const length = Math.sqrt(numbers(row).reduce((total, x) => total + x * x, 0));
      return Array.from(row.data, (x) => (1000 * (1 + 1e-10 * ((i * 37) % 300)) * x) / length);
    });
    const spread = tensor(points, { dtype: "float64" });
    expectNearest(zeros([1, d], { dtype: "float64" }), spread, 20);
    expectNearest(spread, spread, 3, true);
  });

  test("joins blocks: more points and queries than one holds", () => {
    const [points, queries] = [normal(key(0), [4500, 3]), uniform(key(1), [1100, 3])];
    const { indices, distances } = nearest(queries, points, 2);
    const rows = rowsOf(points);
    for (const i of [0, 511, 512, 1024, 1099]) {
      const query = rowsOf(queries)[i];
      const [first, second] = byDistance(rows, query);
      expect([...indices.subarray(2 * i, 2 * i + 2)]).toEqual([first, second]);
      expect(distances[2 * i]).toBe(Math.sqrt(squaredDistanceOf(query, rows[first])));
    }
  });

  test("does not care in which order distinct points come", () => {
    const [points, queries] = [normal(key(0), [500, 4]), normal(key(1), [50, 4])];
    const order = permutation(key(2), 500).data;
    const rows = rowsOf(points);
    const shuffled = tensor(Array.from(order, (at) => rows[at]));
    const there = nearest(queries, shuffled, 5).indices.map((at) => order[at]);
    expect([...there]).toEqual([...nearest(queries, points, 5).indices]);
  });

  test("takes tiny numbers, and refuses those whose squares overflow float32", () => {
    const points = normal(key(0), [40, 3]);
    expectNearest(mul(points, 1e-30), mul(points, 1e-30), 3, true);
    expect(() => nearest(mul(points, 1e25), mul(points, 1e25), 1)).toThrow(/overflow float32/);
  });

  test("refuses k out of range, rows that do not fit, skipSelf between two tables, NaN, and unknown options", () => {
    const table = zeros([3, 2]);
    for (const k of [0, 4, 0.5]) expect(() => nearest(table, table, k)).toThrow(/k is a whole number from 1 to 3/);
    expect(() => nearest(table, table, 3, { skipSelf: true })).toThrow(/from 1 to 2/);
    expect(() => nearest(zeros([3, 1]), table, 1)).toThrow(/queries has rows of 1 numbers, 2 are needed/);
    expect(() => nearest(zeros([2, 2]), table, 1, { skipSelf: true })).toThrow(/2 queries and 3 points/);
    expect(() => nearest(tensor([[0, NaN]]), table, 1)).toThrow(/element 1 of queries is NaN/);
    expect(() => nearest(table, table, 1, { skip: true } as never)).toThrow(/no option "skip"/);
  });
});

describe("classifyByNeighbours", () => {
  const points = tensor([[0], [1], [2], [10], [11]]);
  const labels = tensor([0, 1, 1, 2, 2], { dtype: "int32" });

  test("takes the majority, and of classes with equally many the one with the nearest point", () => {
    const queries = tensor([[-1], [1.4], [10.4]]);
    expect([...classifyByNeighbours(points, labels, queries, 1)]).toEqual([0, 1, 2]);
    expect([...classifyByNeighbours(points, labels, queries, 2)]).toEqual([0, 1, 2]);
    expect([...classifyByNeighbours(points, labels, queries, 3)]).toEqual([1, 1, 2]);
    expect([...classifyByNeighbours(points, labels, tensor([[6.1]]), 4)]).toEqual([2]);
  });

  test("with one neighbour finds every distinct point's own label", () => {
    expect(accuracy(classifyByNeighbours(points, labels, points, 1), labels)).toBe(1);
  });

  test("accuracy is the share of equal entries", () => {
    expect(accuracy([1, 0, 2, 2], [1, 1, 2, 0])).toBe(0.5);
    expect(() => accuracy([1], [1, 2])).toThrow(/2 labels do not go with 1/);
    expect(() => accuracy([], [])).toThrow(/number of predictions/);
    expect(() => classifyByNeighbours(points, [0, 1], points, 1)).toThrow(/2 labels do not go with 5/);
    expect(() => classifyByNeighbours(points, [0, 1, 2, 3, 0.5], points, 1)).toThrow(/label 4 is a whole number/);
  });
});
