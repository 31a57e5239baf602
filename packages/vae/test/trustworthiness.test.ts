// Trustworthiness and continuity against the formula with whole sorted lists of neighbours.

import { key, mul, normal, slice, tensor, type Tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { continuity, trustworthiness } from "../src/evaluation/trustworthiness.js";
import { byDistance, rowsOf, wholeTable } from "./support/tables.js";

/** Venna and Kaski (2001), equation 1: neighbours in the embedding that are none in the original, by their rank there. */
function trustworthinessOfThePaper(original: Tensor, embedded: Tensor, k: number): number {
  const n = original.shape[0];
  const neighbours = (table: Tensor, i: number): number[] =>
    byDistance(rowsOf(table), rowsOf(table)[i]).filter((j) => j !== i);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const ranked = neighbours(original, i);
    const strangers = neighbours(embedded, i)
      .slice(0, k)
      .filter((j) => !ranked.slice(0, k).includes(j));
    for (const j of strangers) total += ranked.indexOf(j) + 1 - k;
  }
  return 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * total;
}

/** Whole numbers near each other: many equal distances. */
const embeddings = fc
  .tuple(fc.integer({ min: 3, max: 24 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .chain(([n, d, e]) =>
    fc.record({
      original: wholeTable([n, d], 4),
      embedded: wholeTable([n, e], 4),
      k: fc.integer({ min: 1, max: Math.ceil(n / 2) - 1 }),
    }),
  );

describe("trustworthiness and continuity", () => {
  test("are the paper's, equal distances by index", () => {
    fc.assert(
      fc.property(embeddings, ({ original, embedded, k }) => {
        expect(trustworthiness(original, embedded, k)).toBe(trustworthinessOfThePaper(original, embedded, k));
        expect(continuity(original, embedded, k)).toBe(trustworthinessOfThePaper(embedded, original, k));
      }),
    );
  });

  test("are the paper's where float32 distances cannot tell: rows far from 0, a millionth apart", () => {
    const far = tensor(
      Array.from({ length: 12 }, (_, i) => [1 + ((i * 7) % 12) * 1e-6, i % 2 === 0 ? 100 : -100]),
      { dtype: "float64" },
    );
    const embedded = normal(key(1), [12, 2]);
    expect(trustworthiness(far, embedded, 4)).toBe(trustworthinessOfThePaper(far, embedded, 4));
    expect(continuity(far, embedded, 4)).toBe(trustworthinessOfThePaper(embedded, far, 4));
  });

  test("are 1 for the same table at another scale, and between 0 and 1 for any", () => {
    fc.assert(
      fc.property(embeddings, ({ original, embedded, k }) => {
        expect(trustworthiness(original, mul(original, 8), k)).toBe(1);
        const value = trustworthiness(original, embedded, k);
        expect(value).toBeGreaterThanOrEqual(-1e-15);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("tell what a projection tears from what it folds: a lost axis costs trust, not continuity as much", () => {
    const cloud = normal(key(0), [600, 3]);
    const shadow = slice(cloud, [null, { stop: 2 }]);
    expect(trustworthiness(cloud, shadow)).toBeLessThan(continuity(cloud, shadow));
    expect(continuity(cloud, shadow)).toBeLessThan(1);
  });

  test("refuse half the rows as neighbours, tables of two lengths, and NaN", () => {
    const table = zeros([10, 2]);
    expect(() => trustworthiness(table, table, 5)).toThrow(/fewer neighbours than half of the 10 rows, got 5/);
    expect(() => trustworthiness(table, table)).toThrow(/got 12/);
    expect(() => continuity(table, table, 1.5)).toThrow(/whole number/);
    expect(() => trustworthiness(table, zeros([9, 2]), 2)).toThrow(/one embedded row for each/);
    expect(() => trustworthiness(tensor([[NaN], [1], [2]]), zeros([3, 1]), 1)).toThrow(/element 0 of the original/);
    expect(() => continuity(zeros([3, 1]), tensor([[NaN], [1], [2]]), 1)).toThrow(/element 0 of the embedding/);
  });
});
