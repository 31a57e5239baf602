// The step of training as a pure function: what it computes, and that recorded once it computes the same ever after.

import { mean, valueAndGradOf } from "@elbo/autograd";
import { foldIn, gather, key, mul, normal, split, sum, tensor } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { type Corruption, corrupt } from "../src/data/corruption.js";
import { drawTargets } from "../src/data/draw.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { flatten, type Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { betaObjective } from "../src/objectives/elbo.js";
import { momentsOf } from "../src/optim/optimizer.js";
import { type TrainingConfig, trainingConfig } from "../src/training/config.js";
import { optimizers } from "../src/training/optimizers.js";
import { type StepState, trainingStep } from "../src/training/step.js";
import { bits } from "./support/numbers.js";
import { recorded } from "./support/recording.js";
import { noise } from "./support/tiny.js";

const shape = { input: [2, 3], hidden: [5], latent: 2 };
const inputs = flatten(vae(shape).config, noise(20, 1, [2, 3]).train.inputs);
const corruption: Corruption = [
  { kind: "gaussian", level: 0.5 },
  { kind: "salt-pepper", level: 0.3 },
  { kind: "masking", level: 0.3 },
];
const cases: [string, () => Model, Partial<TrainingConfig>][] = [
  ["vae, adam", () => vae(shape), {}],
  ["vae, dynamic targets, sgd", () => vae(shape), { targets: "dynamic", optimizer: "sgd" }],
  ["vae, learned sigma, tanh", () => vae({ ...shape, likelihood: "gaussian", activation: "tanh" }), {}],
  ["vae, behind noise", () => vae(shape), { corruption, targets: "dynamic" }],
  ["autoencoder, behind noise, momentum", () => autoencoder(shape), { corruption, optimizer: "momentum" }],
  ["autoencoder, fixed sigma", () => autoencoder({ ...shape, likelihood: "gaussian", sigma: 0.5 }), {}],
];

const batches = [
  [3, 1, 4, 15],
  [9, 2, 6, 5],
].map((indices) => tensor(indices, { dtype: "int32" }));

describe.each(cases)("%s", (_, make, choices) => {
  const config = trainingConfig({ lr: 0.01, beta: 1.5, ...choices });
  const optimizer = optimizers[config.optimizer];
  const model = make();
  const start = optimizer.init(model.params);
  const { factors, numbers } = optimizer.prepare(start, config.lr);
  const step = trainingStep(model, inputs, config);
  const first: StepState = { params: model.params, moments: momentsOf(start) };

  test("moves the parameters along the gradient of the mean objective over the chosen examples", () => {
    const [next, outputs] = step(first, batches[0], key(7), factors, config.beta);
    const [targetKey, noiseKey, corruptionKey] = split(key(7), 3);
    const x = drawTargets(config.targets, gather(inputs, batches[0]), targetKey);
    const seen = corrupt(config.corruption ?? [], x, corruptionKey, { clip: true });
    const [value, gradients] = valueAndGradOf("objective", (params: Model["params"]) => {
      const terms = model.terms(params as never, x, noiseKey, seen);
      return { ...terms, objective: mean(betaObjective(terms, config.beta)) };
    })(model.params);
    const { params, state } = optimizer.update(model.params, gradients, start, config.lr);
    expect(bits(next)).toEqual(bits({ params, moments: momentsOf(state) }));
    expect(bits({ ...next.moments, ...numbers })).toEqual(bits(state));
    const [reconstruction, kl] = [value.reconstruction, value.kl].map((term) => sum(term as never));
    expect(bits(outputs)).toEqual(bits({ objective: value.objective, reconstruction, kl }));
  });

  test("is pure: recorded once, it gives the same bits for other states, examples, keys, factors and weights", () => {
    const program = recorded(step, [first, batches[0], key(0), factors, 1]);
    let state = first;
    for (const [i, beta] of [1, 1.5, 0, 4].entries()) {
      const { factors } = optimizer.prepare({ ...start, decay1: 0.9 ** i, decay2: 0.999 ** i }, 0.01 * (i + 1));
      const args = [state, batches[i % 2], foldIn(key(3), i), factors, beta] as const;
      const before = bits(args.slice(0, 2));
      const [next, outputs] = step(...args);
      expect(bits(program(...args))).toEqual(bits([next, outputs]));
      expect(bits(args.slice(0, 2))).toEqual(before);
      state = next;
    }
  });

  test("a batch of another length is another program of the same function", () => {
    const last = tensor([7], { dtype: "int32" });
    const args = [first, last, key(5), factors, 1] as const;
    expect(bits(recorded(step, [...args])(...args))).toEqual(bits(step(...args)));
  });
});

test("a recording fails where numbers are read or drawn at once", () => {
  expect(() => recorded((x: ReturnType<typeof tensor>) => x.item(), [tensor(1)])).toThrow(/not computed yet/);
  expect(() => recorded((k: ReturnType<typeof key>) => mul(2, normal(k, [3])), [key(1)])).toThrow(/not computed yet/);
});
