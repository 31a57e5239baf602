// The Kullback-Leibler divergence: closed forms against draws, signs, gradients, and what has no closed form.

import { grad, sub, type Value } from "@elbo/autograd";
import { checkGrads } from "@elbo/autograd/testing";
import { ArgumentError, broadcastTo, key, tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bernoulli,
  type Distribution,
  kl,
  klPerDimension,
  logProb,
  normal,
  sample,
  standardNormal,
} from "../src/distributions/index.js";
import { expectAllClose, expectClose, expectMean, numbers } from "./support/numbers.js";

const double = (values: number[]) => tensor(values, { dtype: "float64" });
const vector = (limit: number) =>
  fc.array(fc.double({ min: -limit, max: limit, noNaN: true }), { minLength: 3, maxLength: 3 });
const normals = fc.tuple(vector(3), vector(2)).map(([mean, v]) => normal(double(mean), double(v)));
const bernoullis = vector(4).map((logits) => bernoulli(double(logits)));

/** The same distribution for each of many rows. */
const repeated = (q: Distribution, rows: number): Distribution => {
  const wide = (x: Value | number) => broadcastTo(double(numbers(x as Value)), [rows, 3]);
  return q.kind === "normal" ? normal(wide(q.mean), wide(q.logVariance)) : bernoulli(wide(q.logits));
};

describe.each([
  ["normal", normals as fc.Arbitrary<Distribution>],
  ["bernoulli", bernoullis as fc.Arbitrary<Distribution>],
])("%s", (_, family) => {
  test("the closed form is the mean of log q(z) - log p(z) over draws of q", () => {
    let draw = 0;
    fc.assert(
      fc.property(family, family, (q, p) => {
        const z = sample(repeated(q, 4000), key(draw++));
        // Differences of rounding make the spread: then there is nothing to estimate.
        fc.pre(kl(q, p).item() > 1e-6);
        expectMean(numbers(sub(logProb(q, z), logProb(p, z))), kl(q, p).item());
      }),
      { numRuns: 15, seed: 20 },
    );
  });

  test("is never negative, and 0 between equals", () => {
    fc.assert(
      fc.property(family, family, (q, p) => {
        expect(Math.min(...numbers(klPerDimension(q, p)))).toBeGreaterThanOrEqual(q.kind === "normal" ? 0 : -1e-14);
        expect(numbers(klPerDimension(q, q))).toEqual([0, 0, 0]);
      }),
    );
  });

  test("sums the dimensions", () => {
    fc.assert(
      fc.property(family, family, (q, p) => {
        const total = numbers(klPerDimension(q, p)).reduce((a, b) => a + b, 0);
        expectClose(kl(q, p).item(), total, 1e-13);
      }),
    );
  });
});

describe("against the standard normal", () => {
  const parameters = fc.tuple(vector(3), vector(4));

  test("1/2 (e^v - 1 - v + mu^2), with the gradients mu and (e^v - 1) / 2", () => {
    fc.assert(
      fc.property(parameters, ([mean, v]) => {
        const divergence = (m: Value, lv: Value) => kl(normal(m, lv), standardNormal);
        const at = [double(mean), double(v)] as const;
        const want = v.reduce((total, lv, i) => total + (Math.exp(lv) - 1 - lv + mean[i] ** 2) / 2, 0);
        expectClose(divergence(...at).item(), want, 1e-12);
        expectAllClose(numbers(grad(divergence, { argnum: 0 })(...at)), mean, 1e-14, "mu");
        expectAllClose(
          numbers(grad(divergence, { argnum: 1 })(...at)),
          v.map((lv) => Math.expm1(lv) / 2),
          1e-13,
          "v",
        );
      }),
    );
  });

  test("does not cancel in float32 where q is nearly the prior", () => {
    for (const v of [1e-3, -1e-4, 1e-6]) {
      const got = kl(normal(tensor([0]), tensor([v])), standardNormal).item();
      expect(got / (v ** 2 / 4 + v ** 3 / 12)).toBeCloseTo(1, 5);
    }
  });

  test("has the shape of q without its last axis, and numbers broadcast on either side", () => {
    const q = normal(zeros([5, 2, 3]), zeros([5, 2, 3]));
    expect(kl(q, standardNormal).shape).toEqual([5, 2]);
    expect(klPerDimension(q, standardNormal).shape).toEqual([5, 2, 3]);
    expect(kl(standardNormal, q).toArray()).toEqual(zeros([5, 2]).toArray());
    const wide = normal(double([1, 2, 3]), double([Math.log(4), Math.log(4), Math.log(4)]));
    expectClose(kl(wide, normal(0, Math.log(4))).item(), 14 / 8, 1e-7);
  });
});

test("gradients in both distributions, to second order", () => {
  const at = [tensor([0.4, -1]), tensor([0.3, -0.8]), tensor([1, 0.2]), tensor([-0.5, 0.9])];
  checkGrads(
    (m: Value, v: Value, n: Value, w: Value) => kl(normal(m, v), normal(n, w)),
    at as [Value, Value, Value, Value],
  );
  checkGrads((a: Value, b: Value) => kl(bernoulli(a), bernoulli(b)), [at[0], at[2]]);
});

test("between families there is no closed form, and the error says so", () => {
  const b = bernoulli(zeros([2]));
  for (const [q, p, names] of [
    [b, standardNormal, "bernoulli and normal"],
    [standardNormal, b, "normal and bernoulli"],
  ] as const) {
    expect(() => kl(q, p)).toThrow(ArgumentError);
    expect(() => kl(q, p)).toThrow(`kl: no closed form between ${names}`);
  }
});
