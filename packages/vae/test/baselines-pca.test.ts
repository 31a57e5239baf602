// Principal components by their laws: an orthonormal basis, uncorrelated coordinates, and the least error of k numbers.

import { add, concat, full, fromTypedArray, key, matmul, mul, normal, tensor, type Tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { componentsInSpan, principalComponents, project, restore } from "../src/baselines/pca.js";
import { expectAllClose, expectClose, numbers } from "./support/numbers.js";
import { realTable, rowsOf } from "./support/tables.js";

const tables = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 6 }))
  .chain((shape) => realTable(shape));

/** The covariance by its definition, in double. */
function covarianceOf(table: Tensor): number[][] {
  const rows = rowsOf(table);
  const mean = rows[0].map((_, j) => rows.reduce((total, row) => total + row[j], 0) / rows.length);
  return mean.map((_, i) =>
    mean.map((_, j) => {
      const sum = rows.reduce((total, row) => total + (row[i] - mean[i]) * (row[j] - mean[j]), 0);
      return sum / Math.max(1, rows.length - 1);
    }),
  );
}

/**
 * What float32 does to sums of products of numbers up to 2 in magnitude: 40 roundings of a term of at most 4, and as
 * many terms again in the basis.
 */
const ROUNDING = 40 * 4 * 2 ** -24;

describe("principalComponents", () => {
  test("an orthonormal basis in which the covariance is diagonal, falling, and of the same trace", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const d = table.shape[1];
        const { components, variances } = principalComponents(table);
        const gram = matmul(components, components, { transposeA: true });
        expectAllClose(numbers(gram), identity(d), ROUNDING, "V^T V");
        const covariance = tensor(covarianceOf(table));
        const turned = matmul(components, matmul(covariance, components), { transposeA: true });
        const diagonal = identity(d).map((one, at) => one * variances.data[at % d]);
        expectAllClose(numbers(turned), diagonal, d * ROUNDING, "V^T C V");
        expect([...variances.data].sort((a, b) => b - a)).toEqual([...variances.data]);
        expect(Math.min(...variances.data)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("are those of a known table", () => {
    const { mean, components, variances, count } = principalComponents(
      tensor([
        [0, 1],
        [4, 4],
      ]),
    );
    expect([numbers(mean), count]).toEqual([[2, 2.5], 2]);
    expectAllClose(numbers(variances), [12.5, 0], 1e-6);
    expectAllClose(numbers(components), [0.8, -0.6, 0.6, 0.8].map(Math.fround), 2 ** -22);
  });

  test("of 5000 rows far from 0, more than one block, keep the trace of the covariance", () => {
    const rows = add(mul(normal(key(0), [5000, 3]).cast("float64"), tensor([3, 2, 1])), 1e6);
    const { variances } = principalComponents(rows);
    const trace = covarianceOf(rows).reduce((total, row, i) => total + row[i], 0);
    // Within a block of 1024 products up to 4^2 3^2; across blocks nothing is lost.
    expectClose(
      numbers(variances).reduce((total, one) => total + one, 0),
      trace,
      300 * 2 ** -24,
    );
  });

  test("of one row and of equal rows have no variance", () => {
    for (const rows of [tensor([[1, 2, 3]]), full([7, 3], 0.1)])
      expect(numbers(principalComponents(rows).variances)).toEqual([0, 0, 0]);
  });
});

const identity = (d: number): number[] => Array.from({ length: d * d }, (_, at) => Number(at % (d + 1) === 0));

/** What a variance may be off by, and be left out for: 128 roundings of all of it. */
const lost = (variances: Tensor): number => 128 * 2 ** -24 * total(variances);
const total = (x: Tensor): number => numbers(x).reduce((sum, one) => sum + one, 0);
const transposed = { transposeB: true };

describe("componentsInSpan", () => {
  test("has the variances, and makes the covariance, that the whole basis has", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const whole = principalComponents(table);
        const { mean, components, variances, count } = componentsInSpan(table);
        const [rank, d] = [variances.size, table.shape[1]];
        expect([numbers(mean), count]).toEqual([numbers(whole.mean), whole.count]);
        expect([components.shape, rank <= Math.max(1, Math.min(d, count - 1))]).toEqual([[d, rank], true]);
        const allowed = d * ROUNDING + lost(whole.variances);
        expectAllClose(numbers(variances), numbers(whole.variances).slice(0, rank), allowed);
        for (const rest of numbers(whole.variances).slice(rank)) expectClose(rest, 0, 2 * allowed);
        const covariance = matmul(mul(components, variances.cast("float32")), components, transposed);
        expectAllClose(numbers(covariance), covarianceOf(table).flat(), 2 * allowed);
      }),
    );
  });

  test("is orthonormal where squares underflow, in whole or in part", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: -80, max: -60 }), (table, exponent) => {
        const { components, variances } = componentsInSpan(mul(table, 2 ** exponent));
        const gram = matmul(components, components, { transposeA: true });
        expectAllClose(numbers(gram), identity(variances.size), ROUNDING);
      }),
    );
  });

  test("is orthonormal also where variances are next to what rounding makes", () => {
    const rank = 12;
    // Variances from 1 down to 1.1e-5, over a total of 1.55: the least is 128 u of the total, and a tenth.
    const axes = mul(normal(key(1), [rank, 3000]), tensor(Array.from({ length: rank }, (_, k) => [0.355 ** (k / 2)])));
    const { components, variances } = componentsInSpan(matmul(normal(key(2), [60, rank]), axes));
    expect(variances.size).toBeGreaterThanOrEqual(rank - 1);
    const gram = matmul(components, components, { transposeA: true });
    // Sums of 3000 products with random signs, in each of the two passes: far less than 3000 roundings of 1.
    expectAllClose(numbers(gram), identity(variances.size), 64 * 2 ** -24);
  });
});

describe("principalComponents of more than 1024 dimensions", () => {
  test("span what the rows do: rank is that of the centred rows, and all components give the rows back", () => {
    for (const [count, hidden, rank] of [
      [40, 40, 39],
      [40, 7, 7],
      [2, 5, 1],
    ]) {
      const rows = matmul(normal(key(3), [count, hidden]), normal(key(4), [hidden, 1500]));
      const pca = principalComponents(concat([rows, rows]));
      expect([pca.components.shape, pca.variances.shape, pca.count]).toEqual([[1500, rank], [rank], 2 * count]);
      // Elements of up to 30, and sums of 1500 and of up to 39 products.
      expectAllClose(numbers(restore(pca, project(pca, rows, rank))), numbers(rows), 30 * 40 * 2 ** -24);
      expect(() => project(pca, rows, rank + 1)).toThrow(new RegExp(`k is a whole number from 1 to ${rank}, got`));
      expect(() => restore(pca, zeros([1, rank + 1]))).toThrow(new RegExp(`from 1 to ${rank}, got`));
    }
  });

  test("of rows that are all equal are one axis without variance; rows after the first 1024 do not count", () => {
    const equal = full([1024, 1025], 0.1);
    for (const rows of [full([1, 1025], 3), equal, concat([equal, zeros([1, 1025])])]) {
      const { components, variances, count } = principalComponents(rows);
      expect([numbers(variances), components.shape, count]).toEqual([[0], [1025, 1], Math.min(1024, rows.shape[0])]);
      expect(total(components)).toBe(1);
    }
  });

  test("of 40 images of 64 x 64 take less than a second", () => {
    const rows = normal(key(5), [40, 4096]);
    const start = performance.now();
    principalComponents(rows);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("refuse squares that overflow", () => {
    const rows = concat([full([1, 1025], 1e30), full([1, 1025], -1e30)]);
    expect(() => principalComponents(rows)).toThrow(/overflow float32/);
  });
});

describe("project and restore", () => {
  test("coordinates are uncorrelated and vary as the variances say", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const pca = principalComponents(table);
        const d = table.shape[1];
        const codes = covarianceOf(project(pca, table, d)).flat();
        const diagonal = identity(d).map((one, at) => one * pca.variances.data[at % d]);
        expectAllClose(codes, diagonal, d * ROUNDING);
      }),
    );
  });

  test("all components give the rows back; the squared error of k is the variance of the others", () => {
    fc.assert(
      fc.property(tables, fc.nat(), (table, pick) => {
        const pca = principalComponents(table);
        const [count, d] = table.shape;
        expectAllClose(numbers(restore(pca, project(pca, table, d))), numbers(table), d * ROUNDING);
        const k = 1 + (pick % d);
        const back = restore(pca, project(pca, table, k));
        const error = numbers(table).reduce((total, x, at) => total + (x - back.data[at]) ** 2, 0);
        const rest = numbers(pca.variances)
          .slice(k)
          .reduce((total, one) => total + one, 0);
        expectClose(error / (count - 1), rest, d * d * ROUNDING);
      }),
    );
  });

  test("refuse k out of range, rows of another width, too many columns, NaN, no rows, and squares that overflow", () => {
    const pca = principalComponents(normal(key(0), [10, 3]));
    for (const k of [0, 4, 1.5])
      expect(() => project(pca, zeros([1, 3]), k)).toThrow(/k is a whole number from 1 to 3/);
    expect(() => project(pca, zeros([1, 2]), 1)).toThrow(/rows of 2 numbers, 3 are needed/);
    expect(() => restore(pca, zeros([1, 4]))).toThrow(/number of columns of codes.*got 4/);
    expect(() => principalComponents(tensor([[NaN, 1]]))).toThrow(/element 0 of rows is NaN/);
    expect(() => principalComponents(zeros([0, 3]))).toThrow(/no axis empty/);
    expect(() => principalComponents(fromTypedArray(Float32Array.of(1e30, -1e30), [2, 1]))).toThrow(/overflow float32/);
  });
});
