// A linear autoencoder spans the principal subspace (Baldi and Hornik 1989), and inactive latent dimensions can go.

import { concrete } from "@elbo/autograd";
import {
  add,
  gather,
  key,
  matmul,
  mul,
  normal,
  slice,
  square,
  sub,
  sum,
  symmetricEigen,
  tensor,
  type Tensor,
} from "@elbo/tensor";
import { expect, test } from "vitest";
import { principalComponents, project, restore } from "../src/baselines/pca.js";
import { nll } from "../src/evaluation/nll.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { latentMeans, reconstruct } from "../src/models/model.js";
import { type Vae, vae } from "../src/models/vae.js";
import { dataOf, train } from "./support/tiny.js";

/** Rows with these standard deviations along the axes of a fixed rotation, off centre. */
function rows(count: number, spreads: readonly number[], seed: number): Tensor {
  const d = spreads.length;
  const { vectors } = symmetricEigen(
    tensor(Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => Math.cos(i * j + i + j)))),
  );
  return add(matmul(mul(normal(key(seed), [count, d]), tensor([...spreads])), vectors.cast("float32").T), 0.3);
}

const squaredError = (a: Tensor, b: Tensor): number => sum(square(sub(a.cast("float64"), b))).item() / (a.shape[0] - 1);

test("a trained linear autoencoder spans the PCA subspace", async () => {
  const k = 2;
  const inputs = rows(400, [2, 1.5, 0.5, 0.4, 0.3, 0.2], 1);
  const model = autoencoder({ input: [6], hidden: [], latent: k, likelihood: "gaussian", sigma: 1, seed: 3 });
  const data = dataOf(inputs, inputs);
  for (const lr of [0.03, 0.003, 0.0003])
    await train(model, data, { epochs: 150, batch: 400, lr, matmul: "strict", seed: 1 });

  const pca = principalComponents(inputs);
  const optimum = squaredError(restore(pca, project(pca, inputs, k)), inputs);
  const reached = squaredError(reconstruct(model, inputs), inputs);
  expect(optimum).toBeCloseTo(
    [...pca.variances.data].slice(k).reduce((a, b) => a + b),
    5,
  );
  expect(reached).toBeLessThan(1.001 * optimum);

  // Of the maps of rank k none beats the projection on the decoder's span Q, which loses at least the gap between the
  // kth and the next variance times sin^2 of the largest angle between Q and the principal subspace.
  const decoder = concrete(model.params.decoder.output.weight).cast("float64");
  const { vectors } = symmetricEigen(matmul(decoder, decoder, { transposeA: true }));
  const span = slice(vectors, [null, { stop: k }]);
  const overlap = matmul(span, slice(pca.components, [null, { stop: k }]).cast("float64"), { transposeA: true });
  const { values } = symmetricEigen(matmul(overlap, overlap, { transposeA: true }));
  const sineSquared = 1 - values.data[k - 1];
  const [, kth, next] = pca.variances.data;
  expect(sineSquared).toBeLessThan((0.001 * optimum) / (kth - next));
});

test("a linear autoencoder that has not been trained does not span it", () => {
  const inputs = rows(400, [2, 1.5, 0.5, 0.4, 0.3, 0.2], 1);
  const model = autoencoder({ input: [6], hidden: [], latent: 2, likelihood: "gaussian", sigma: 1, seed: 3 });
  const pca = principalComponents(inputs);
  const optimum = squaredError(restore(pca, project(pca, inputs, 2)), inputs);
  expect(squaredError(reconstruct(model, inputs), inputs)).toBeGreaterThan(2 * optimum);
});

/** The model without the latent dimensions that are not kept. */
function pruned(model: Vae, kept: Tensor): Vae {
  const smaller = vae({ ...model.config, latent: kept.size });
  const { encoder, decoder } = model.params;
  const columns = (layer: typeof encoder.mean) => ({
    weight: gather(concrete(layer.weight), kept, { axis: 1 }),
    bias: gather(concrete(layer.bias), kept),
  });
  const [first, ...others] = decoder.hidden;
  smaller.params = {
    encoder: { ...encoder, mean: columns(encoder.mean), logVariance: columns(encoder.logVariance) },
    decoder: { ...decoder, hidden: [{ ...first, weight: gather(concrete(first.weight), kept) }, ...others] },
  };
  return smaller;
}

test("dropping the inactive units moves the negative log-likelihood by less than .1 nat", async () => {
  const data = dataOf(
    rows(600, [2, 1.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 1),
    rows(200, [2, 1.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 2),
  );
  const model = vae({ input: [8], hidden: [16], latent: 6, likelihood: "gaussian", activation: "tanh", seed: 2 });
  for (const lr of [0.01, 0.001]) await train(model, data, { epochs: 40, batch: 50, lr, seed: 1 });

  // Burda et al. 2015, section 5.2: a unit u is active where Var_x E_q[u] > 1e-2.
  const means = latentMeans(model, data.test.inputs);
  const variances = Array.from({ length: 6 }, (_, j) =>
    principalComponents(slice(means, [null, { start: j, stop: j + 1 }])).variances.item(),
  );
  const active = variances.flatMap((variance, j) => (variance > 1e-2 ? [j] : []));
  expect(active.length).toBeGreaterThanOrEqual(2);
  expect(active.length).toBeLessThan(6);

  const score = (judged: Vae): number => nll(judged, data.test, key(7), { samples: 200 }).nll;
  const before = score(model);
  expect(Math.abs(score(pruned(model, tensor(active, { dtype: "int32" }))) - before)).toBeLessThan(0.1);
  expect(score(pruned(model, tensor(active.slice(1), { dtype: "int32" })))).toBeGreaterThan(before + 1);
});
