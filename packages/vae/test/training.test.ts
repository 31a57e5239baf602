// Training: what the reports say, and that everything follows from the seed.

import { full, key, tensor, uniform, zeros } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import { digits } from "../src/data/digits/digits.js";
import { evaluate } from "../src/evaluation/evaluate.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { ModelOptions } from "../src/models/config.js";
import { vae } from "../src/models/vae.js";
import { fit, type FitOptions, type Progress, runKeys, type TrainingState } from "../src/training/fit.js";
import { bits, expectMean, numbers } from "./support/numbers.js";
import { drawTargets } from "../src/training/targets.js";
import { dataOf, noise, timeless, train } from "./support/tiny.js";

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

test("the report's test part is evaluate with the run's key", async () => {
  const model = vae(small);
  const options = { epochs: 2, batch: 6, seed: 9, beta: 3, targets: "dynamic" as const };
  const reports = await train(model, data, options);
  expect(evaluate(model, data.test, runKeys(9).test, options)).toEqual(reports[1].test);
});

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

describe("targets", () => {
  test("dynamic ones are 0 or 1, drawn with the inputs as probabilities: 0s and 1s are themselves", async () => {
    const corners = dataOf(
      tensor([
        [0, 1, 0, 1, 1, 0],
        [1, 1, 0, 0, 1, 0],
      ]),
      tensor([[0, 1, 1, 1, 1, 0]]),
    );
    const run = async (targets: "gray" | "dynamic") =>
      timeless(await train(vae(small), corners, { epochs: 3, targets }));
    expect(await run("dynamic")).toEqual(await run("gray"));
  });

  test("each draw is new, and its mean is the input", () => {
    const x = full([4000, 2], 0.3);
    const [first, second] = [1, 2].map((seed) => numbers(drawTargets("dynamic", x, key(seed))));
    expect(new Set(first)).toEqual(new Set([0, 1]));
    expect(first).not.toEqual(second);
    expectMean(first, 0.3);
    expect(drawTargets("gray", x, key(1))).toBe(x);
  });
});

describe("batches", () => {
  const steps = async (count: number, batch: number): Promise<Progress[]> => {
    const heard: Progress[] = [];
    await train(vae(small), noise(count, 3, [6]), { epochs: 2, batch, onStep: (progress) => heard.push(progress) });
    return heard;
  };

  test("onStep hears every step, the last shorter batch included", async () => {
    const heard = await steps(20, 6);
    const counted = heard.map(({ epoch, step, steps }) => [epoch, step, steps]);
    expect(counted).toEqual([1, 2].flatMap((epoch) => [1, 2, 3, 4].map((step) => [epoch, step, 4])));
    for (const { train } of heard) expect(Object.values(train).every(Number.isFinite)).toBe(true);
  });

  test("a batch larger than the data is all of the data", async () => {
    expect((await steps(5, 100)).map(({ step, steps }) => [step, steps])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    const run = async (batch: number) => timeless(await train(vae(small), noise(5, 3, [6]), { epochs: 2, batch }));
    expect(await run(100)).toEqual(await run(5));
  });

  test("the mean over an epoch weighs examples, not batches", async () => {
    const states: TrainingState[] = [];
    const model = vae(small);
    const heard: Progress[] = [];
    const [report] = await train(model, data, {
      epochs: 1,
      batch: 19,
      lr: 1e-30,
      onStep: (progress) => heard.push(progress),
      onState: (state) => void states.push(state),
    });
    // Nothing moves at this rate: 19 examples make up the first mean, 1 the rest.
    const rest = 20 * report.train.kl - 19 * heard[0].train.kl;
    expect(heard[1].train).toEqual(report.train);
    expect(rest).toBeGreaterThan(0);
    const kls = await Promise.all(
      [0, 1].map(async (i) => (await train(vae(small), data, { epochs: 1, batch: [1, 20][i], lr: 1e-30 }))[0].train.kl),
    );
    expect(kls[0]).toBeCloseTo(report.train.kl, 4);
    expect(kls[1]).toBeCloseTo(report.train.kl, 4);
    expect(states).toHaveLength(1);
  });

  test("each epoch shows every example once, in an order of its own", async () => {
    // One example a batch, each recognisable by its reconstruction at a rate at which nothing moves.
    const seen: number[][] = [[], []];
    let before = 0;
    const model = autoencoder({ input: [1], hidden: [], latent: 1, likelihood: "gaussian", sigma: 1 });
    const inputs = tensor(Array.from({ length: 12 }, (_, i) => [i]));
    await train(model, dataOf(inputs, inputs), {
      epochs: 2,
      batch: 1,
      lr: 1e-30,
      onStep: ({ epoch, step, train }) => {
        const total = train.reconstruction * step;
        seen[epoch - 1].push(total - (step === 1 ? 0 : before));
        before = total;
      },
    });
    const rounded = seen.map((values) => values.map((value) => Math.round(value * 1e3)));
    expect(rounded[0]).not.toEqual(rounded[1]);
    const sorted = rounded.map((values) => [...values].sort((a, b) => a - b));
    sorted[0].forEach((value, i) => expect(Math.abs(value - sorted[1][i])).toBeLessThanOrEqual(2));
    expect(new Set(sorted[0]).size).toBe(12);
  });
});

test("tables of any range, and float64, train as well", async () => {
  const table: Dataset = { ...dataOf(uniform(key(1), [9, 3], { low: -50, high: 50 }), zeros([2, 3])) };
  const reports = await train(vae({ input: [3], hidden: [], latent: 1, likelihood: "gaussian" }), table, { epochs: 1 });
  expect(Number.isFinite(reports[0].test.elbo)).toBe(true);
  const double = dataOf(zeros([4, 3], { dtype: "float64" }), zeros([2, 3], { dtype: "float64" }));
  expect(await train(vae({ input: [3], hidden: [], latent: 1 }), double, { epochs: 2 })).toHaveLength(2);
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
