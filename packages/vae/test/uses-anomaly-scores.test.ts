// Anomaly scores: closed forms of linear models, examples that do not hear of each other, and what sums to what.

import { gather, key, permutation, slice, sum, tensor, type Tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { autoencoder } from "../src/models/autoencoder.js";
import { vae } from "../src/models/vae.js";
import { type AnomalyScoreName, anomalyScores, contributionsOf, scoreExamples } from "../src/uses/anomaly/scores.js";
import { evidence, linearGaussian } from "./support/linear-gaussian.js";
import { expectAllClose, expectClose, numbers } from "./support/numbers.js";

const names = Object.keys(anomalyScores) as AnomalyScoreName[];
const images = (count: number, seed: number): Tensor => uniform(key(seed), [count, 4, 3]);
const small = { hidden: [5], latent: 2 };

describe("scores", () => {
  test("of a linear-Gaussian VAE with the exact posterior differ as -log p(x) does", () => {
    const spec = { scales: [1.5, 0.8, 0.3], bias: [0.2, -0.4, 0.1, 0.6], sigma: 0.5 };
    const model = vae({ input: [4], hidden: [], latent: 3, likelihood: "gaussian", sigma: spec.sigma });
    model.params = linearGaussian(spec).params;
    const element = fc.float({ min: -3, max: 3, noNaN: true });
    const point = fc.array(element, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(point, point, (a, b) => {
        const [first, second] = scoreExamples("negative-elbo", model, tensor([a, b]));
        // float32 rows, and sums of four squares over 2 sigma^2: a few hundred nats at most.
        expectClose(first - second, evidence(spec, b) - evidence(spec, a), 1e-4);
      }),
    );
  });

  test("of a linear autoencoder are the squared distance to its plane", () => {
    const model = autoencoder({ input: [3], hidden: [], latent: 2, likelihood: "gaussian", sigma: 0.5 });
    const plane = tensor([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    model.params = {
      encoder: { hidden: [], code: { weight: plane, bias: zeros([2]) } },
      decoder: { hidden: [], output: { weight: plane.T, bias: zeros([3]) } },
    };
    const x = tensor([
      [1, 2, 0],
      [1, 2, 0.5],
      [-4, 0, -2],
    ]);
    expectAllClose([...scoreExamples("reconstruction-error", model, x)], [0, 0.25 / 3, 4 / 3], 1e-6);
    expectAllClose([...scoreExamples("deviance", model, x)], [0, 0.5, 8], 1e-6);
    const constant = 1.5 * Math.log(2 * Math.PI * 0.25);
    expectAllClose([...scoreExamples("negative-elbo", model, x)], [constant, 0.5 + constant, 8 + constant], 1e-6);
    expectAllClose(numbers(slice(contributionsOf("deviance", model, x), [2])), [0, 0, 8], 1e-6);
  });

  test("a perfect reconstruction of gray pixels has no deviance, and its entropy as -log p", () => {
    const gray = [0, 0.25, 0.5, 1];
    const model = autoencoder({ input: [4], hidden: [], latent: 1 });
    const logits = gray.map((p) => Math.max(-40, Math.min(40, Math.log(p / (1 - p)))));
    model.params = {
      encoder: { hidden: [], code: { weight: zeros([4, 1]), bias: zeros([1]) } },
      decoder: { hidden: [], output: { weight: zeros([1, 4]), bias: tensor(logits) } },
    };
    const entropy = -gray.reduce(
      (total, p) => total + (p > 0 && p < 1 ? p * Math.log(p) + (1 - p) * Math.log(1 - p) : 0),
      0,
    );
    expectClose(scoreExamples("deviance", model, tensor([gray]))[0], 0, 1e-6);
    expectClose(scoreExamples("negative-elbo", model, tensor([gray]))[0], entropy, 1e-6);
  });

  test.each(names)("%s of permuted examples are the permuted scores, and of a part those of the part", (name) => {
    for (const model of [vae({ input: [4, 3], ...small }), autoencoder({ input: [4, 3], ...small })]) {
      const x = images(37, 1);
      const order = permutation(key(2), 37);
      const scores = scoreExamples(name, model, x);
      expect([...scoreExamples(name, model, gather(x, order))]).toEqual(Array.from(order.data, (at) => scores[at]));
      expect([...scoreExamples(name, model, slice(x, [{ start: 5, stop: 9 }]))]).toEqual(
        Array.from(scores.slice(5, 9)),
      );
    }
  });

  test("contributions are never below 0, and sum to the score where that is nothing else", () => {
    for (const likelihood of ["bernoulli", "gaussian"] as const) {
      const model = vae({ input: [4, 3], ...small, likelihood });
      for (const name of names) {
        const parts = contributionsOf(name, model, images(20, 3));
        expect(parts.shape).toEqual([20, 4, 3]);
        expect(Math.min(...numbers(parts))).toBeGreaterThanOrEqual(0);
        if (name !== "negative-elbo")
          expectAllClose(numbers(sum(parts, { axis: [1, 2] })), [...scoreExamples(name, model, images(20, 3))], 1e-5);
      }
    }
  });

  test("beyond float32 are Infinity, not NaN", () => {
    const model = vae({ input: [3], ...small, likelihood: "gaussian" });
    for (const name of names) expect([...scoreExamples(name, model, tensor([[1e30, 0, -1e30]]))]).toEqual([Infinity]);
  });
});
