// The evidence lower bound on a model whose evidence is known, in float64.

import { add, concrete, grad, neg, stopGradient, sub, sum, type Value } from "@elbo/autograd";
import { broadcastTo, key, logMeanExp, tensor, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kl, logProb, type Normal, normal, sample, standardNormal } from "../src/distributions/index.js";
import { betaObjective, elbo, elboTerms } from "../src/objectives/elbo.js";
import { evidence, type LinearGaussian, linearGaussian } from "./support/linear-gaussian.js";
import { bits, expectAllClose, expectClose, expectMean, numbers } from "./support/numbers.js";

const double = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64" });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const vector = (length: number, min: number, max: number) =>
  fc.array(real(min, max), { minLength: length, maxLength: length });

const models: fc.Arbitrary<LinearGaussian> = fc.record({
  scales: vector(3, 0.1, 2),
  bias: vector(4, -1, 1),
  sigma: real(0.3, 1.5),
});
/** A model, a point, and an approximate posterior. */
const settings = fc.record({
  model: models,
  x: vector(4, -3, 3),
  mean: vector(3, -1, 1),
  v: vector(3, -2, 1),
  seed: fc.nat(1e6),
});

/** `log p(x|z) + log p(z) - log q(z|x)`. */
const logWeight = (decode: (z: Value) => Normal, q: Normal, x: Value, z: Value): Value =>
  sub(add(logProb(decode(z), x), logProb(standardNormal, z)), logProb(q, z));

describe("elbo = log p(x) - KL(q || posterior)", () => {
  test("the expectation, exactly: the reconstruction is quadratic in z, so 2 points a dimension integrate it", () => {
    fc.assert(
      fc.property(settings, ({ model, x, mean, v }) => {
        const { posterior, decode } = linearGaussian(model);
        const q = normal(double(mean), double(v));
        const points = mean.flatMap((_, j) =>
          [-1, 1].map((side) => mean.map((m, i) => m + (i === j ? side * Math.sqrt(3) * Math.exp(v[j] / 2) : 0))),
        );
        const reconstruction =
          points.reduce((total, z) => total + logProb(decode(double(z)), double(x)).item(), 0) / points.length;
        const bound = reconstruction - kl(q, standardNormal).item();
        const want = evidence(model, x) - kl(q, posterior(double(x))).item();
        expectClose(bound, want, 1e-10);
      }),
    );
  });

  test("one sample, exactly: what is left is the noise of log q(z) - log p(z), whose mean is the KL", () => {
    fc.assert(
      fc.property(settings, ({ model, x, mean, v, seed }) => {
        const { posterior, decode } = linearGaussian(model);
        const q = normal(double(mean), double(v));
        const z = sample(q, key(seed));
        const noise = sub(sub(logProb(q, z), logProb(standardNormal, z)), kl(q, standardNormal)).item();
        const got = elbo({ encode: () => q, decode }, double(x), key(seed)).item();
        const distance = sub(logProb(q, z), logProb(posterior(double(x)), z)).item();
        expectClose(got - noise, evidence(model, x) - distance, 1e-10);
      }),
    );
  });

  test("the mean over draws, within 4 standard errors, is below log p(x)", () => {
    fc.assert(
      fc.property(settings, ({ model, x, mean, v, seed }) => {
        const { posterior, decode } = linearGaussian(model);
        const rows = 2000;
        const wide = (values: readonly number[]): Tensor => broadcastTo(double(values), [rows, values.length]);
        const encode = () => normal(wide(mean), wide(v));
        const gap = kl(normal(double(mean), double(v)), posterior(double(x))).item();
        expect(gap).toBeGreaterThanOrEqual(0);
        expectMean(numbers(elbo({ encode, decode }, wide(x), key(seed))), evidence(model, x) - gap);
      }),
      { numRuns: 10, seed: 3 },
    );
  });
});

describe("with q = the exact posterior", () => {
  test("every importance weight is p(x): L_k has no variance", () => {
    fc.assert(
      fc.property(settings, ({ model, x, seed }) => {
        const { posterior, decode } = linearGaussian(model);
        const at = broadcastTo(double(x), [20, 4]);
        const q = posterior(at);
        const weights = numbers(
          logWeight(decode, q, at, sample(normal(q.mean, broadcastTo(q.logVariance as Tensor, [20, 3])), key(seed))),
        );
        const want = evidence(model, x);
        for (const weight of weights) expectClose(weight, want, 1e-10);
        expectClose(logMeanExp(double(weights)).item(), want, 1e-10);
      }),
    );
  });

  test("the gradient that sticks the landing is 0 in q's parameters", () => {
    fc.assert(
      fc.property(settings, ({ model, x, seed }) => {
        const { posterior, decode } = linearGaussian(model);
        const { mean, logVariance } = posterior(double(x));
        const landing = (m: Value, v: Value): Value =>
          sum(logWeight(decode, normal(stopGradient(m), stopGradient(v)), double(x), sample(normal(m, v), key(seed))));
        for (const argnum of [0, 1] as const) {
          const slope = grad(landing, { argnum })(mean as Value, logVariance as Value);
          // The terms that cancel grow with the precision of p(x|z).
          expectAllClose(numbers(slope), [0, 0, 0], 1e-11 / model.sigma ** 2);
        }
      }),
    );
  });
});

test("L_k grows with k, over all subsets of the same weights", () => {
  const subsets = (k: number, of: readonly number[]): number[][] =>
    k === 0 ? [[]] : of.flatMap((first, i) => subsets(k - 1, of.slice(i + 1)).map((rest) => [first, ...rest]));
  fc.assert(
    fc.property(settings, ({ model, x, mean, v, seed }) => {
      const { decode } = linearGaussian(model);
      const wide = (values: readonly number[]): Tensor => broadcastTo(double(values), [6, values.length]);
      const q = normal(wide(mean), wide(v));
      const weights = numbers(logWeight(decode, q, wide(x), sample(q, key(seed))));
      const bounds = weights.map((_, i) => {
        const all = subsets(i + 1, weights).map((chosen) => logMeanExp(double(chosen)).item());
        return all.reduce((a, b) => a + b, 0) / all.length;
      });
      for (let k = 1; k < bounds.length; k++) {
        expect(bounds[k]).toBeGreaterThanOrEqual(bounds[k - 1] - 1e-12 * Math.abs(bounds[k]));
      }
    }),
    { numRuns: 30 },
  );
});

describe("betaObjective", () => {
  const drawn = ({
    model,
    x,
    mean,
    v,
    seed,
  }: {
    model: LinearGaussian;
    x: number[];
    mean: number[];
    v: number[];
    seed: number;
  }) => {
    const densities = { encode: () => normal(double(mean), double(v)), decode: linearGaussian(model).decode };
    return {
      terms: elboTerms(densities, double(x), key(seed)),
      bound: elbo(densities, double(x), key(seed)),
    };
  };

  test("beta = 1 is the negative bound, to the bit", () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { terms, bound } = drawn(setting);
        expect(bits(betaObjective(terms, 1))).toEqual(bits(concrete(neg(bound))));
      }),
    );
  });

  test("-reconstruction + beta KL for any other", () => {
    fc.assert(
      fc.property(settings, real(0, 10), (setting, beta) => {
        const { terms } = drawn(setting);
        const want = -terms.reconstruction.item() + beta * terms.kl.item();
        expectClose(betaObjective(terms, beta).item(), want, 1e-13);
      }),
    );
  });
});
