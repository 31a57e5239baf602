// Prints hashes that must be the same on every runtime: trained weights of each kind of model, and the digits.

import { createHash } from "node:crypto";
import { autoencoder, digitBytes, digits, fit, vae } from "@elbo/vae";
import { weightsHash } from "@elbo/vae/node";

const sha256 = (...parts: Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

const data = digits({ train: 600, test: 100, seed: 3 });
const shape = { input: [28, 28], hidden: [64], latent: 8, seed: 1 };
const models = {
  "vae relu bernoulli dynamic": [vae(shape), "dynamic"],
  "vae tanh gaussian gray": [vae({ ...shape, activation: "tanh", likelihood: "gaussian" }), "gray"],
  "autoencoder relu bernoulli gray": [autoencoder(shape), "gray"],
} as const;
const hashes: Record<string, string> = { node: process.versions.node };
for (const [name, [model, targets]] of Object.entries(models)) {
  for await (const _ of fit(model, data, { epochs: 2, batch: 50, seed: 1, targets }));
  hashes[name] = weightsHash(model);
}
for (const [part, count] of [
  ["train", 60_000],
  ["test", 10_000],
] as const) {
  const { pixels, labels } = digitBytes(part, count);
  hashes[`digits ${part}`] = sha256(pixels, labels);
}
console.log(JSON.stringify(hashes));
