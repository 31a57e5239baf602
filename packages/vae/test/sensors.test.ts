// The pump's readings: the same bits everywhere, outliers that are ordinary one by one, and that relations give away.

import { createHash } from "node:crypto";
import { ArgumentError, matmul, symmetricEigen, type Tensor } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { sensors } from "../src/data/sensors/sensors.js";
import { auroc } from "../src/evaluation/roc.js";

const WIDTH = 12;
const data = sensors();
const outlier = Array.from(data.test.labels!.data, Boolean);

const rowsOf = ({ data, shape }: Tensor): Float32Array[] =>
  Array.from({ length: shape[0]! }, (_, i) => (data as Float32Array).subarray(i * WIDTH, (i + 1) * WIDTH));

/** The standard error of the area under the curve of a score that tells nothing (Mann and Whitney 1947). */
const chance = (positive: number, negative: number): number =>
  Math.sqrt((positive + negative + 1) / (12 * positive * negative));

/** The squared Mahalanobis distance of each row: of its coordinates along the axes of the training rows, per variance. */
function mahalanobis(train: Tensor, rows: Tensor): number[] {
  const covariance = matmul(train, train, { transposeA: true }).mul(1 / train.shape[0]!);
  const { values, vectors } = symmetricEigen(covariance);
  return rowsOf(matmul(rows, vectors)).map((row) => row.reduce((sum, x, j) => sum + x ** 2 / values.data[j]!, 0));
}

const nearest = (train: Tensor, rows: Tensor): number[] => {
  const known = rowsOf(train);
  return rowsOf(rows).map((row) => {
    let best = Infinity;
    for (const other of known) {
      let distance = 0;
      for (let j = 0; j < WIDTH && distance < best; j++) distance += (row[j]! - other[j]!) ** 2;
      best = Math.min(best, distance);
    }
    return best;
  });
};

describe("sensors()", () => {
  test("has the documented shapes, dtypes, names and labels", () => {
    expect(data.train.inputs.shape).toEqual([5000, WIDTH]);
    expect(data.test.inputs.shape).toEqual([1000, WIDTH]);
    expect([data.train.inputs.dtype, data.train.labels!.dtype, data.test.labels!.dtype]).toEqual([
      "float32",
      "int32",
      "int32",
    ]);
    expect(data.name).toBe("sensors");
    expect(data.classes).toEqual(["normal", "outlier"]);
    expect(new Set(data.columns!.names).size).toBe(WIDTH);
    for (const name of data.columns!.names) expect(name).toMatch(/^[a-z ]+ \([^()]+\)$/);
    expect(data.train.labels!.data.every((label) => label === 0)).toBe(true);
    expect(outlier).toEqual(outlier.map((_, row) => row % 10 === 9));
  });

  test("follows from its seed, to the published bits", () => {
    const hash = createHash("sha256");
    for (const { inputs } of [data.train, data.test]) hash.update(new Uint8Array(inputs.data.buffer));
    expect(hash.digest("hex")).toBe("ad8c77522d98e1a7009084c32c9a3dc774848a104031cc6b884e0ed578091080");
    expect(sensors({ train: 20, test: 20 })).toEqual(sensors({ train: 20, test: 20, seed: 0 }));
    expect(sensors({ train: 20, test: 20, seed: 1 }).train.inputs.data).not.toEqual(
      sensors({ train: 20, test: 20 }).train.inputs.data,
    );
  });

  test("is in standard units of its training rows", () => {
    const { train } = data;
    // Rounding to float32 moves a mean of 5000 numbers by 2^-24 of their size at most, which stays below 8.
    for (let j = 0; j < WIDTH; j++) {
      const values = rowsOf(train.inputs).map((row) => row[j]!);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const square = values.reduce((a, b) => a + b * b, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(8 * 2 ** -24);
      expect(Math.abs(square - 1)).toBeLessThan(2 * 64 * 2 ** -24);
    }
  });

  test("has outliers that are ordinary one by one, in each column and in all", () => {
    const most = rowsOf(data.train.inputs).reduce((top, row) => row.map((x, j) => Math.max(Math.abs(x), top[j]!)));
    const scores = rowsOf(data.test.inputs).map((row) => Math.max(...row.map((x, j) => Math.abs(x) / most[j]!)));
    // Within four standard errors of telling nothing, by the reading that is furthest out.
    expect(Math.abs(auroc(scores, outlier) - 0.5)).toBeLessThan(4 * chance(100, 900));
  });

  test.each([0, 1, 2])("with seed %i: covariances tell part of it, the curved manifold of normal rows more", (seed) => {
    const { train, test } = sensors({ seed });
    const linear = auroc(mahalanobis(train.inputs, test.inputs), outlier);
    const curved = auroc(nearest(train.inputs, test.inputs), outlier);
    expect(linear).toBeGreaterThan(0.8);
    expect(linear).toBeLessThan(0.93);
    expect(curved).toBeGreaterThan(linear + 2 * chance(100, 900));
  });

  test("takes any counts, and refuses what are none", () => {
    const tiny = sensors({ train: 1, test: 1 });
    expect(tiny.train.inputs.data.every((x) => x === 0)).toBe(true);
    expect(Array.from(sensors({ train: 2, test: 9 }).test.labels!.data)).toEqual(Array(9).fill(0));
    expect(() => sensors({ train: 0 })).toThrow(ArgumentError);
    expect(() => sensors({ test: 1.5 })).toThrow("test is a whole number from 1 to 1000000, got 1.5");
    expect(() => sensors({ seed: -1 })).toThrow(ArgumentError);
    expect(() => sensors({ rows: 5 } as never)).toThrow('has no option "rows"');
  });
});
