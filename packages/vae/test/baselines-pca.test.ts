// Principal components by their laws: an orthonormal basis, uncorrelated coordinates, and the least error of k numbers.

import { add, full, fromTypedArray, key, matmul, mul, normal, tensor, type Tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { principalComponents, project, restore } from "../src/baselines/pca.js";
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
