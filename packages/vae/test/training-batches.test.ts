// What a step is shown: targets, batches, the order of examples, tables of numbers.

import { full, key, tensor, uniform, zeros } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { autoencoder } from "../src/models/autoencoder.js";
import type { ModelOptions } from "../src/models/config.js";
import { vae } from "../src/models/vae.js";
import type { Progress } from "../src/training/fit.js";
import { drawTargets } from "../src/data/draw.js";
import { expectMean, numbers } from "./support/numbers.js";
import { dataOf, noise, timeless, train } from "./support/tiny.js";

const small: ModelOptions = { input: [6], hidden: [5], latent: 2 };

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
    const mean = async (batch: number) => {
      const heard: Progress[] = [];
      const options = { epochs: 1, batch, lr: 1e-30, onStep: (progress: Progress) => heard.push(progress) };
      const [report] = await train(vae(small), noise(20, 3, [6]), options);
      expect(heard.at(-1)?.train).toEqual(report.train);
      return report.train.kl;
    };
    // Nothing moves at this rate, so 19 examples and 1 have the mean of all 20.
    const all = await mean(20);
    for (const batch of [1, 6, 19]) expect(await mean(batch)).toBeCloseTo(all, 4);
  });

  test("each epoch shows every example once, in an order of its own", async () => {
    // One example a batch, each recognisable by its reconstruction at a rate at which nothing moves.
    const seen: number[][] = [[], []];
    let before = 0;
    const model = autoencoder({ input: [1], hidden: [], latent: 1, likelihood: "gaussian", sigma: 1 });
    const inputs = tensor(Array.from({ length: 12 }, (_, i) => [i]));
    const onStep = ({ epoch, step, train }: Progress) => {
      if (step === 1) before = 0;
      seen[epoch - 1].push(train.reconstruction * step - before);
      before = train.reconstruction * step;
    };
    await train(model, dataOf(inputs, inputs), { epochs: 2, batch: 1, lr: 1e-30, onStep });
    const rounded = seen.map((values) => values.map((value) => Math.round(value * 1e3)));
    expect(rounded[0]).not.toEqual(rounded[1]);
    const sorted = rounded.map((values) => [...values].sort((a, b) => a - b));
    sorted[0].forEach((value, i) => expect(Math.abs(value - sorted[1][i])).toBeLessThanOrEqual(2));
    expect(new Set(sorted[0]).size).toBe(12);
  });
});

test("tables of any range, and float64, train as well", async () => {
  const table = dataOf(uniform(key(1), [9, 3], { low: -50, high: 50 }), zeros([2, 3]));
  const reports = await train(vae({ input: [3], hidden: [], latent: 1, likelihood: "gaussian" }), table, { epochs: 1 });
  expect(Number.isFinite(reports[0].test.elbo)).toBe(true);
  const double = dataOf(zeros([4, 3], { dtype: "float64" }), zeros([2, 3], { dtype: "float64" }));
  expect(await train(vae({ input: [3], hidden: [], latent: 1 }), double, { epochs: 2 })).toHaveLength(2);
});
