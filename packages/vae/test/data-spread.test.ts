// Examples spread over the classes: counts that differ by one at most, in order, and no example twice.

import { fromTypedArray, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { spreadOver } from "../src/data/spread.js";
import { numbers } from "./support/numbers.js";

const part = (labels: readonly number[] | null, count = labels?.length ?? 0) => ({
  inputs: zeros([count, 2]),
  labels: labels && fromTypedArray(Int32Array.from(labels)),
});

test("each class has as many as any other, unless it has no more", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 1, max: 50 }), (classes, count) => {
      const chosen = numbers(spreadOver(part(classes), count));
      expect(new Set(chosen).size).toBe(Math.min(count, classes.length));
      const all = (label: number) => classes.filter((one) => one === label).length;
      const got = (label: number) => chosen.filter((i) => classes[i] === label).length;
      const most = Math.max(...classes.map(got));
      for (const label of classes) expect(got(label)).toBeGreaterThanOrEqual(Math.min(all(label), most - 1));
    }),
  );
});

test("classes in turn, the first of each before the second of any; from the front without labels", () => {
  expect(numbers(spreadOver(part([1, 1, 0, 1, 0, 7]), 5))).toEqual([2, 0, 5, 4, 1]);
  expect(numbers(spreadOver(part(null, 4), 3))).toEqual([0, 1, 2]);
  expect(numbers(spreadOver(part(null, 2), 3))).toEqual([0, 1]);
});
