// The Bernoulli distribution from logits: exact where it must be, finite everywhere.

import { grad, sigmoid, sum, type Value } from "@elbo/autograd";
import { checkGrads } from "@elbo/autograd/testing";
import { full, key, tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bernoulli, logProb, meanOf, sample } from "../src/distributions/index.js";
import { expectAllClose, expectClose, expectMean, numbers } from "./support/numbers.js";

const double = (values: number[]) => tensor(values, { dtype: "float64" });
const nll = (target: number, logit: number, dtype: "float32" | "float64" = "float32") =>
  -logProb(bernoulli(tensor([logit], { dtype })), tensor([target], { dtype })).item();

describe("logProb", () => {
  test("the negative is exactly 100 at target 1 and logit -100", () => {
    for (const dtype of ["float32", "float64"] as const) {
      expect(nll(1, -100, dtype)).toBe(100);
      expect(nll(0, 100, dtype)).toBe(100);
    }
  });

  test("finite at logits of +-1e4, with its gradient", () => {
    for (const [target, logit, want, slope] of [
      [1, -1e4, 1e4, 1],
      [0, 1e4, 1e4, -1],
      [1, 1e4, 0, 0],
      [0, -1e4, 0, 0],
      [0.5, 1e4, 5e3, -0.5],
    ]) {
      expect(nll(target, logit)).toBeCloseTo(want, 10);
      const gradient = grad((l: Value) => logProb(bernoulli(l), tensor([target])))(tensor([logit]));
      expectAllClose(numbers(gradient), [slope], 1e-7);
    }
  });

  test("is x log s + (1 - x) log(1 - s), for gray values too, and never positive", () => {
    const pair = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -15, max: 15, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 6 }), (rows) => {
        const got = logProb(bernoulli(double(rows.map(([, l]) => l))), double(rows.map(([x]) => x))).item();
        const want = rows.reduce((total, [x, l]) => {
          const s = 1 / (1 + Math.exp(-l));
          return total + (x === 0 ? 0 : x * Math.log(s)) + (x === 1 ? 0 : (1 - x) * Math.log(1 - s));
        }, 0);
        expectClose(got, want, 1e-8);
        expect(got).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("its slope in the logits is x - s", () => {
    const [logits, x] = [double([-3, 0.2, 1]), double([1, 0.25, 0])];
    const s = numbers(sigmoid(logits));
    const slope = grad((l: Value) => logProb(bernoulli(l), x))(logits);
    expectAllClose(
      numbers(slope),
      numbers(x).map((value, i) => value - s[i]),
      1e-14,
    );
    checkGrads((l: Value, t: Value) => logProb(bernoulli(l), t), [logits, x]);
  });

  test("broadcasts over leading axes and sums the last", () => {
    expect(logProb(bernoulli(tensor([[0], [1]])), full([5, 2, 3], 0.5)).shape).toEqual([5, 2]);
  });
});

describe("sample", () => {
  test("0s and 1s with the mean of the sigmoid", () => {
    const p = bernoulli(full([20_000], 0.7));
    const draws = numbers(sample(p, key(1)));
    expect(new Set(draws)).toEqual(new Set([0, 1]));
    expectMean(draws, meanOf(bernoulli(tensor(0.7))).item());
  });

  test("has no derivative in the logits", () => {
    expect(numbers(grad((l: Value) => sum(sample(bernoulli(l), key(1))))(tensor([0, 1])))).toEqual([0, 0]);
  });
});
