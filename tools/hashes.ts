// Hashes that must be the same on every runtime: weights of each kind of model, trained with `matmul: "strict"`, and
// the embedded digits.
// Nothing here belongs to Node, so that a browser can compute them too.

import { autoencoder, digitBytes, digits, fit, type Model, namedParameters, vae, writeSafetensors } from "@elbo/vae";

/** SHA-256 in hexadecimal. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<string> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const shape = { input: [28, 28], hidden: [64], latent: 8, seed: 1 };

/** The hash of the weights that a short training of each model ends with. */
async function trained(): Promise<Record<string, string>> {
  const data = digits({ train: 600, test: 100, seed: 3 });
  const models: readonly (readonly [string, Model, "gray" | "dynamic"])[] = [
    ["vae relu bernoulli dynamic", vae(shape), "dynamic"],
    ["vae tanh gaussian gray", vae({ ...shape, activation: "tanh", likelihood: "gaussian" }), "gray"],
    ["autoencoder relu bernoulli gray", autoencoder(shape), "gray"],
  ];
  const hashes: Record<string, string> = {};
  for (const [name, model, targets] of models) {
    for await (const _ of fit(model, data, { epochs: 2, batch: 50, seed: 1, targets, matmul: "strict" }));
    hashes[name] = await sha256(writeSafetensors(namedParameters(model.params)));
  }
  return hashes;
}

/** The hashes of both parts of the embedded digits at their published size, images first, then labels. */
export async function digitHashes(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [part, count] of [
    ["train", 60_000],
    ["test", 10_000],
  ] as const) {
    const { pixels, labels } = digitBytes(part, count);
    hashes[`digits ${part}`] = await sha256(pixels, labels);
  }
  return hashes;
}

export const allHashes = async (): Promise<Record<string, string>> => ({
  ...(await trained()),
  ...(await digitHashes()),
});
