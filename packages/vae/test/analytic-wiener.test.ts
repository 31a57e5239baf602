// A linear denoising autoencoder and the Wiener filter: two ways to the same map, one trained and one in closed form.

import { add, foldIn, key, matmul, mul, normal, slice, tensor, type Tensor } from "@elbo/tensor";
import { expect, test } from "vitest";
import { principalComponents } from "../src/baselines/pca.js";
import { wienerForNoise } from "../src/baselines/wiener.js";
import { corrupt, type Noise } from "../src/data/corruption.js";
import { psnr } from "../src/evaluation/image-quality.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { reconstruct } from "../src/models/model.js";
import type { FitOptions } from "../src/training/fit.js";
import { dataOf, train } from "./support/tiny.js";

/** Orthonormal axes: half of a Hadamard matrix. */
const AXES = tensor([
  [0.5, 0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5, -0.5],
  [0.5, 0.5, -0.5, -0.5],
  [0.5, -0.5, -0.5, 0.5],
]);
const VARIANCES = [4, 1, 0.25, 0.04];
const MEAN = tensor([1, -2, 0.5, 3]);
const noise: Noise = { kind: "gaussian", level: 0.5 };

/** `x = mean + V diag(sqrt(variances)) z` with z ~ N(0, I): `[count, 4]`. */
const rows = (seed: number, count: number): Tensor => {
  const z = mul(normal(foldIn(key(1), seed), [count, 4]), tensor(VARIANCES.map(Math.sqrt)));
  return add(MEAN, matmul(z, AXES));
};

/** The least mean squared error of any estimate: the mean of `variance sigma^2 / (variance + sigma^2)`. */
const LEAST =
  VARIANCES.reduce((total, variance) => total + (variance * noise.level ** 2) / (variance + noise.level ** 2), 0) / 4;

test("a linear denoising autoencoder comes within 0.05 dB of the Wiener filter, which is the best there is", async () => {
  const data = dataOf(rows(0, 2000), rows(1, 8000));
  const { inputs: clean } = data.test;
  const noisy = corrupt([noise], clean, key(2), { clip: false });

  const model = autoencoder({ input: [4], hidden: [], latent: 8, likelihood: "gaussian", seed: 3 });
  // Adam's last steps are as large as its rate, so legs with smaller ones settle it.
  const legs: FitOptions[] = [
    { epochs: 25, lr: 0.05 },
    { epochs: 10, lr: 0.005 },
    { epochs: 5, lr: 0.001 },
  ];
  const brief = { ...data, test: { inputs: slice(clean, [{ stop: 50 }]), labels: null } };
  for (const leg of legs) await train(model, brief, { ...leg, batch: 100, corruption: [noise], seed: 4 });
  const trained = psnr(reconstruct(model, noisy), clean);
  const wiener = psnr(wienerForNoise(principalComponents(data.train.inputs), noise.level)(noisy), clean);

  // In dB, the standard error of a mean of n squares of normal errors is at most 10 / ln 10 sqrt(2 / n), n = 8000.
  const sampling = 4 * (10 / Math.LN10) * Math.sqrt(2 / clean.shape[0]);
  expect(Math.abs(wiener - -10 * Math.log10(LEAST))).toBeLessThan(sampling);
  expect(Math.abs(trained - wiener)).toBeLessThan(0.05);
});
