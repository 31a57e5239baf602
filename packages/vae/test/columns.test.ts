// Standard units: mean 0 and deviation 1 over the rows they were learned from, and a way back.

import { fromTypedArray, ShapeError, tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeColumns, FARTHEST, standardise, unstandardise } from "../src/data/columns.js";
import { DataError } from "../src/data/errors.js";

/** Half a unit in the last place of float32 and of float64 at 1. */
const HALF32 = 2 ** -24;
const HALF64 = 2 ** -53;

const column = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 });

describe("standard units", () => {
  test("have mean 0 and deviation 1 over the rows they were learned from", () => {
    fc.assert(
      fc.property(column, (values) => {
        const rows = fromTypedArray(Float64Array.from(values), [values.length, 1]);
        const columns = describeColumns(["x"], rows);
        const most = Math.max(...values.map(Math.abs));
        // Where the deviation is lost in the rounding of the values or among subnormals, there is nothing to check.
        fc.pre(columns.scale[0]! > Math.max(most * 1e-6, 1e-300) && new Set(values).size > 1);
        const z = Array.from(standardise(columns, rows).data);
        const count = z.length;
        // Each z is rounded to float32, |z| <= sqrt(count); the mean to float64, relative to the deviation.
        const rounding = Math.sqrt(count) * HALF32 + (4 * count * HALF64 * most) / columns.scale[0]!;
        expect(Math.abs(z.reduce((a, b) => a + b, 0) / count)).toBeLessThanOrEqual(rounding);
        expect(Math.abs(z.reduce((a, b) => a + b * b, 0) / count - 1)).toBeLessThanOrEqual(
          4 * Math.sqrt(count) * rounding,
        );
      }),
    );
  });

  test("lead back to the rows, but for the rounding to float32", () => {
    fc.assert(
      fc.property(column, column, (values, others) => {
        const learned = fromTypedArray(Float64Array.from(values), [values.length, 1]);
        const columns = describeColumns(["x"], learned);
        const rows = fromTypedArray(Float64Array.from(others), [others.length, 1]);
        fc.pre(others.every((x) => Math.abs(x - columns.mean[0]!) / columns.scale[0]! <= FARTHEST));
        const back = unstandardise(columns, standardise(columns, rows));
        expect(back.dtype).toBe("float64");
        others.forEach((x, i) => {
          const [mean, scale] = [columns.mean[0]!, columns.scale[0]!];
          // z is rounded to float32, normal or not; the four operations in double round at the size of x and mean.
          const tolerance =
            Math.abs(x - mean) * 1.001 * HALF32 + scale * 2 ** -150 + 4 * HALF64 * (Math.abs(x) + Math.abs(mean));
          expect(Math.abs(back.data[i]! - x)).toBeLessThanOrEqual(tolerance);
        });
      }),
    );
  });

  test("are those of the formula", () => {
    const rows = tensor([
      [1, 10],
      [3, 10],
    ]);
    const columns = describeColumns(["a", "b"], rows);
    expect(columns).toEqual({ names: ["a", "b"], mean: [2, 10], scale: [1, 1] });
    expect(standardise(columns, tensor([[5, 12]])).toArray()).toEqual([[3, 2]]);
    expect(unstandardise(columns, tensor([[3, 2]])).toArray()).toEqual([[5, 12]]);
  });

  test("leave a constant column at 0 with scale 1, whatever its mean rounds to", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 50 }),
        (value, count) => {
          const rows = fromTypedArray(new Float64Array(count).fill(value), [count, 1]);
          const columns = describeColumns(["x"], rows);
          expect(columns.scale).toEqual([1]);
          expect(standardise(columns, rows).data.every((z) => z === 0)).toBe(true);
        },
      ),
    );
  });

  test("are found for numbers whose squares vanish or overflow", () => {
    for (const size of [1e-200, 1e-310, 1e200, 5e307]) {
      const rows = fromTypedArray(Float64Array.of(-size, size, size, -size), [4, 1]);
      expect(describeColumns(["x"], rows)).toEqual({ names: ["x"], mean: [0], scale: [size] });
    }
  });

  test("reach to 1e6 deviations from the mean on either side, and no farther", () => {
    const columns = { names: ["a", "b"], mean: [0, 3], scale: [1, 2] };
    const row = (b: number) => fromTypedArray(Float64Array.of(0, b), [1, 2]);
    for (const sign of [-1, 1]) {
      const edge = 3 + sign * 2 * FARTHEST;
      expect(standardise(columns, row(edge)).data[1]).toBe(sign * FARTHEST);
      expect(() => standardise(columns, row(edge + sign))).toThrow(DataError);
    }
  });

  test("call a row that is out of reach as they are told", () => {
    const columns = { names: ["a", "b"], mean: [0, 3], scale: [1e-300, 3] };
    const message = (rows: number[][], rowName?: (row: number) => string): string => {
      try {
        standardise(columns, tensor(rows, { dtype: "float64" }), rowName);
      } catch (error) {
        return (error as DataError).message;
      }
      return "was taken";
    };
    const far = [
      [0, 1],
      [0, -1e25],
    ];
    expect(message(far, (row) => `t.csv: row ${row + 2}`)).toBe(
      't.csv: row 3, column "b": -1e25 is 3.3e24 standard deviations from the mean of the training rows; correct it, or drop the row',
    );
    expect(message(far)).toContain('standardise: row 1, column "b": -1e25 is 3.3e24 standard deviations');
    expect(message([[1e300, 3]])).toContain("1e300 is beyond counting standard deviations from the mean");
  });

  test("refuse what they are not defined for", () => {
    const columns = { names: ["a", "b"], mean: [0, 0], scale: [1, 1e-300] };
    expect(() => standardise(columns, tensor([[1, 2, 3]]))).toThrow(ShapeError);
    expect(() => unstandardise(columns, tensor([1, 2]))).toThrow(ShapeError);
    expect(() => describeColumns(["a"], fromTypedArray(new Float64Array(), [0, 1]))).toThrow("without rows");
    expect(() => describeColumns(["a"], tensor([[1], [NaN]]))).toThrow(DataError);
    expect(() => standardise(columns, tensor([[NaN, 0]]))).toThrow('row 0, column "a": NaN has no place');
    const wide = fromTypedArray(Float64Array.of(-1.7e308, 1.7e308, 1.7e308), [3, 1]);
    expect(() => describeColumns(["far"], wide)).toThrow('column "far" has no finite mean and deviation');
  });
});
