// Training: what the reports say, and that everything follows from the seed.

import { withMatmulMode } from "@elbo/tensor";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import { describe, expect, test } from "vitest";
import { digits } from "../src/data/digits/digits.js";
import { evaluate } from "../src/evaluation/evaluate.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { ModelOptions } from "../src/models/config.js";
import { vae } from "../src/models/vae.js";
import { fit, type FitOptions, runKeys } from "../src/training/fit.js";
import { bits } from "./support/numbers.js";
import { noise, timeless, train } from "./support/tiny.js";

// So that the two modes of matrix products are two classes wherever there are two.
enableRelaxedSimd();

const small: ModelOptions = { input: [6], hidden: [5], latent: 2 };
const data = noise(20, 7, [6]);

describe("digits, 300 images", () => {
  const set = digits({ train: 300, test: 100, seed: 7 });
  const options = { epochs: 4, batch: 20, lr: 3e-3, seed: 1 };
  const run = train(vae({ input: [28, 28], hidden: [32], latent: 4 }), set, options);

  test("the reports are finite, consistent, and the test ELBO rises", async () => {
    const reports = await run;
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    for (const { seconds, train, test } of reports) {
      expect(seconds).toBeGreaterThan(0);
      for (const { objective, elbo, reconstruction, kl } of [train, test]) {
        expect([objective, reconstruction, kl].every(Number.isFinite)).toBe(true);
        expect(elbo).toBe(reconstruction - kl);
        expect(objective).toBe(-reconstruction + kl);
        expect(kl).toBeGreaterThan(0);
        expect(reconstruction).toBeLessThan(0);
      }
    }
    const bounds = reports.map(({ test }) => test.elbo ?? NaN);
    for (let i = 1; i < bounds.length; i++) expect(bounds[i]).toBeGreaterThan(bounds[i - 1]);
    expect(bounds[3] - bounds[0]).toBeGreaterThan(50);
  });

  test("an autoencoder has no bound and no KL, and its objective is the reconstruction", async () => {
    const reports = await train(autoencoder({ input: [28, 28], hidden: [32], latent: 4 }), set, options);
    for (const { train, test } of reports) {
      for (const { objective, elbo, reconstruction, kl } of [train, test]) {
        expect({ elbo, kl }).toEqual({ elbo: null, kl: 0 });
        expect(objective).toBe(-reconstruction);
      }
    }
    expect(reports[3].test.reconstruction).toBeGreaterThan(reports[0].test.reconstruction + 20);
    expect(reports[3].test.reconstruction).toBeGreaterThan((await run)[3].test.elbo ?? NaN);
  });
});

describe("the seed", () => {
  const weights = async (options: FitOptions, modelSeed = 0) => {
    const model = vae({ ...small, seed: modelSeed });
    const reports = await train(model, data, { epochs: 2, batch: 6, ...options });
    return { weights: bits(model.params), reports: timeless(reports) };
  };

  test("the same one gives the same bits in every weight and report", async () => {
    for (const options of [{ seed: 3 }, { seed: 3, targets: "dynamic" as const }]) {
      expect(await weights(options)).toEqual(await weights(options));
    }
  });

  test("another one gives others, in training and in the model", async () => {
    const [a, b, c] = [await weights({ seed: 3 }), await weights({ seed: 4 }), await weights({ seed: 3 }, 1)];
    for (const name of Object.keys(a.weights)) {
      expect(a.weights[name], name).not.toBe(b.weights[name]);
      expect(a.weights[name], name).not.toBe(c.weights[name]);
    }
  });

  test.each<[string, FitOptions]>([
    ["beta", { beta: 4 }],
    ["targets", { targets: "dynamic" }],
    ["optimizer", { optimizer: "sgd" }],
    ["momentum", { optimizer: "momentum" }],
    ["lr", { lr: 2e-3 }],
    ["batch", { batch: 7 }],
  ])("%s changes the weights", async (_, options) => {
    expect((await weights(options)).weights).not.toEqual((await weights({})).weights);
  });
});

test.each(["fast", "strict"] as const)(
  "the report's test part is evaluate with the run's key, in the run's mode: %s",
  async (matmul) => {
    const model = vae(small);
    const options = { epochs: 2, batch: 6, seed: 9, beta: 3, targets: "dynamic" as const, matmul };
    const reports = await train(model, data, options);
    const again = withMatmulMode(matmul, () => evaluate(model, data.test, runKeys(9).test, options));
    expect(again).toEqual(reports[1].test);
  },
);

test("beta weighs the KL in the objective, not in the bound", async () => {
  for (const { train: part } of await train(vae(small), data, { epochs: 2, beta: 5 })) {
    expect(part.objective).toBeCloseTo(-part.reconstruction + 5 * part.kl, 12);
    expect(part.elbo).toBe(part.reconstruction - part.kl);
  }
  const [free, held] = await Promise.all(
    [0, 50].map((beta) => train(vae(small), data, { epochs: 20, batch: 5, lr: 1e-2, beta })),
  );
  expect(held[19].test.kl).toBeLessThan(0.05);
  expect(free[19].test.kl).toBeGreaterThan(10 * held[19].test.kl);
});

describe("sgd and momentum", () => {
  test.each(["sgd", "momentum"] as const)("%s lowers the objective", async (optimizer) => {
    const reports = await train(vae(small), data, { epochs: 20, batch: 5, lr: 0.01, optimizer });
    expect(reports[19].test.objective).toBeLessThan(reports[0].test.objective);
  });
});

test("leaves the data and the initial parameters as they were", async () => {
  const model = vae(small);
  const [params, inputs] = [model.params, data.train.inputs];
  const before = bits([params, inputs]);
  await train(model, data, { epochs: 1, batch: 6 });
  expect(bits([params, inputs])).toEqual(before);
  expect(model.params).not.toBe(params);
});

test("the data may be walked lazily: breaking off after an epoch ends the run", async () => {
  const model = vae(small);
  let epochs = 0;
  for await (const report of fit(model, data, { epochs: 50, batch: 6 })) if ((epochs = report.epoch) === 2) break;
  expect(epochs).toBe(2);
});
