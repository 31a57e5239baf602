// The numbers of a report: the median.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { median } from "../src/report/numbers.js";

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("the median has as many values below it as above it, and does not touch them", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const before = [...values];
      const middle = median(values);
      const [below, above] = [values.filter((x) => x < middle), values.filter((x) => x > middle)];
      expect(Math.max(below.length, above.length)).toBeLessThanOrEqual(values.length / 2);
      expect(values).toEqual(before);
    }),
  );
});

test("the median of two is their mean, of one itself, of none NaN; numbers are not sorted as texts", () => {
  expect([median([1, 4]), median([7]), median([])]).toEqual([2.5, 7, NaN]);
  expect([median([10, 9, 100]), median(Float64Array.of(10, 9, 100))]).toEqual([10, 10]);
});
