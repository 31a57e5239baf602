// Evaluation: the same figures for the same key, and estimates that relate as the theory says.

import { ArgumentError, foldIn, key, slice, sum, uniform } from "@elbo/tensor";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Split } from "../src/data/dataset.js";
import { digits } from "../src/data/digits/digits.js";
import { kl, standardNormal } from "../src/distributions/index.js";
import { blocks, evaluate, meanKlPerDimension } from "../src/evaluation/evaluate.js";
import { importanceLogLikelihood, nll } from "../src/evaluation/nll.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { flatten } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { bitsPerDimension } from "../src/evaluation/metrics.js";
import { evidence, linearGaussian } from "./support/linear-gaussian.js";
import { expectClose, expectMean, moments, numbers } from "./support/numbers.js";
import { noise, train } from "./support/tiny.js";

const data = digits({ train: 300, test: 60, seed: 7 });
const model = vae({ input: [28, 28], hidden: [32], latent: 4, activation: "tanh" });
beforeAll(async () => {
  await train(model, data, { epochs: 3, batch: 20, lr: 1e-2, seed: 1 });
});
const keys = (count: number) => Array.from({ length: count }, (_, i) => foldIn(key(11), i));

describe("evaluate", () => {
  test("the same key gives the same figures, another key others", () => {
    for (const options of [{}, { targets: "dynamic" as const }]) {
      const at = (seed: number) => evaluate(model, data.test, key(seed), options);
      expect(at(1)).toEqual(at(1));
      expect(at(1).reconstruction).not.toBe(at(2).reconstruction);
    }
  });

  test("the KL has a closed form: it depends on the key through drawn targets only", () => {
    const at = (seed: number, targets: "gray" | "dynamic") => evaluate(model, data.test, key(seed), { targets }).kl;
    expect(at(1, "gray")).toBe(at(2, "gray"));
    expect(at(1, "dynamic")).not.toBe(at(2, "dynamic"));
    const rows = flatten(model.config, data.test.inputs);
    expectClose(at(1, "gray"), moments(numbers(kl(model.encode(model.params, rows), standardNormal))).mean, 1e-5);
  });

  test("beta weighs the objective and leaves the bound", () => {
    const [one, four] = [1, 4].map((beta) => evaluate(model, data.test, key(1), { beta }));
    expect(four).toEqual({ ...one, objective: -one.reconstruction + 4 * one.kl });
    expect(one.objective).toBeCloseTo(-(one.elbo ?? NaN), 10);
  });

  test("a part is walked in blocks: the first 500 examples have the same terms in a longer part", () => {
    const tiny = vae({ input: [3], hidden: [4], latent: 2 });
    const long = noise(1, 620, [3]).test;
    const first: Split = { inputs: slice(long.inputs, [{ start: 0, stop: 500 }]), labels: null };
    const walk = (part: Split) => [...blocks(tiny, part, key(1), "dynamic")].map(({ x }) => numbers(x));
    expect(walk(long).map((x) => x.length)).toEqual([1500, 360]);
    expect(walk(long)[0]).toEqual(walk(first)[0]);
    const total = evaluate(tiny, long, key(1));
    expect(Number.isFinite(total.elbo)).toBe(true);
    expectClose(total.kl, moments(numbers(kl(tiny.encode(tiny.params, long.inputs), standardNormal))).mean, 1e-5);
  });

  test("an autoencoder has no bound", () => {
    const plain = autoencoder({ input: [3], hidden: [4], latent: 2 });
    const { elbo, kl, objective, reconstruction } = evaluate(plain, noise(1, 20, [3]).test, key(1));
    expect({ elbo, kl, objective }).toEqual({ elbo: null, kl: 0, objective: -reconstruction });
  });
});

describe("meanKlPerDimension", () => {
  test("sums to the KL of evaluate", () => {
    for (const targets of ["gray", "dynamic"] as const) {
      const each = meanKlPerDimension(model, data.test, key(3), targets);
      expect(each.shape).toEqual([4]);
      expect(Math.min(...numbers(each))).toBeGreaterThanOrEqual(0);
      expectClose(sum(each).item(), evaluate(model, data.test, key(3), { targets }).kl, 1e-4);
    }
  });
});

describe("nll", () => {
  test("the same key gives the same figures", () => {
    const at = (seed: number) => nll(model, data.test, key(seed), { samples: 3, targets: "dynamic" });
    expect(at(1)).toEqual(at(1));
    expect(at(1).nll).not.toBe(at(2).nll);
  });

  test("the standard error is that of the mean over the examples", () => {
    const got = nll(model, data.test, key(4), { samples: 5 });
    const each = [...blocks(model, data.test, key(4), "gray")].flatMap(({ x, key }) =>
      numbers(importanceLogLikelihood(model, x, key, 5)),
    );
    const { mean, standardError } = moments(each);
    expect(got).toMatchObject({ examples: 60, samples: 5, bitsPerDimension: bitsPerDimension(got.nll, 784) });
    expectClose(got.nll, -mean, 1e-12);
    expectClose(got.standardError, standardError, 1e-12);
    expect(bitsPerDimension(got.nll, 784)).toBeCloseTo(got.nll / 784 / Math.log(2), 12);
  });

  test("with one sample it is the negative bound, in expectation", () => {
    const differences = keys(30).map(
      (k) => nll(model, data.test, k, { samples: 1 }).nll + (evaluate(model, data.test, k).elbo ?? NaN),
    );
    expectMean(differences, 0);
  });

  test("is below the negative bound, falls with the samples, and stays above the entropy of gray pixels", () => {
    const bound = moments(keys(10).map((k) => -(evaluate(model, data.test, k).elbo ?? NaN)));
    const estimates = [1, 4, 32].map((samples) =>
      moments(keys(4).map((k) => nll(model, data.test, k, { samples }).nll)),
    );
    const slack = 3 * Math.max(bound.standardError, ...estimates.map(({ standardError }) => standardError));
    expect(estimates[0].mean).toBeLessThan(bound.mean + slack);
    expect(estimates[1].mean).toBeLessThan(estimates[0].mean + slack);
    expect(estimates[2].mean).toBeLessThan(estimates[1].mean + slack);
    expect(estimates[2].mean).toBeLessThan(bound.mean);
    // -log p(x|z) is a cross-entropy, never below the entropy of x itself, whatever z is.
    const entropy = numbers(data.test.inputs).reduce(
      (total, x) => total - (x > 0 ? x * Math.log(x) : 0) - (x < 1 ? (1 - x) * Math.log(1 - x) : 0),
      0,
    );
    expect(estimates[2].mean).toBeGreaterThan(entropy / 60);
  });

  test("is exact where q is the posterior: -log p(x) for any number of samples", () => {
    const at = (limit: number, length: number) =>
      fc.array(fc.double({ min: -limit, max: limit, noNaN: true }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        at(2, 3),
        at(1, 4),
        fc.double({ min: 0.4, max: 1.5, noNaN: true }),
        fc.nat(),
        (scales, bias, sigma, seed) => {
          const setting = { scales, bias, sigma };
          const exact = vae({ input: [4], hidden: [], latent: 3, likelihood: "gaussian", sigma });
          exact.params = linearGaussian(setting).params;
          const inputs = uniform(key(seed), [6, 4], { low: -2, high: 2 });
          const want = (inputs.toArray() as number[][]).map((x) => -evidence(setting, x));
          for (const samples of [1, 7]) {
            const got = nll(exact, { inputs, labels: null }, key(seed), { samples });
            // log sigma is taken in float32, which the squared distances over sigma^2 magnify.
            expectClose(got.nll, moments(want).mean, 1e-5);
            expect(Math.abs(got.standardError - moments(want).standardError)).toBeLessThan(1e-4);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("tells how far it is", () => {
    const tiny = vae({ input: [3], hidden: [4], latent: 2 });
    const heard: number[][] = [];
    nll(tiny, noise(1, 620, [3]).test, key(1), { samples: 1, onProgress: (done, total) => heard.push([done, total]) });
    expect(heard).toEqual([
      [500, 620],
      [620, 620],
    ]);
  });

  test("samples must be whole", () => {
    for (const samples of [0, -1, 1.5, NaN, Infinity]) {
      const refused = () => nll(model, data.test, key(1), { samples });
      expect(refused).toThrow(ArgumentError);
      expect(refused).toThrow(`nll: samples is a whole number of 1 or more, got ${samples}`);
    }
  });
});

test("bits per dimension", () => {
  expect(bitsPerDimension(784 * Math.LN2, 784)).toBe(1);
  expect(bitsPerDimension(100.1, 784)).toBeCloseTo(0.184, 3);
});
