// The networks whose training step is measured, and the work that a step cannot avoid.

import { type Vae, vae } from "@elbo/vae";

/** A variational autoencoder of 28 x 28 images with a Bernoulli likelihood; the decoder mirrors the encoder. */
export interface Net {
  readonly hidden: readonly number[];
  readonly latent: number;
  readonly activation: "relu" | "tanh";
}

export interface StepCase {
  readonly name: string;
  readonly net: Net;
  readonly batch: number;
}

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/** The network of PyTorch's and JAX's examples. */
const VAE: Net = { hidden: [400], latent: 20, activation: "relu" };

/** Burda, Grosse and Salakhutdinov (2016), one stochastic layer; with one sample its bound is the VAE's. */
const IWAE: Net = { hidden: [200, 200], latent: 50, activation: "tanh" };

/** Kingma and Welling (2013), MNIST, whose optimizer was Adagrad. */
const AEVB: Net = { hidden: [500], latent: 20, activation: "tanh" };

const of = (name: string, net: Net, batches: readonly number[]): StepCase[] =>
  batches.map((batch) => ({ name: `${name} ${batch}`, net, batch }));

export const CASES: readonly StepCase[] = [
  ...of("vae", VAE, [1, 20, 128, 512]),
  ...of("iwae", IWAE, [20, 100]),
  ...of("aevb", AEVB, [100]),
];

/** The model with its initial parameters, which every engine begins at. */
export const modelOf = (net: Net): Vae =>
  vae({ input: [SIDE, SIDE], likelihood: "bernoulli", seed: 0, ...net, hidden: [...net.hidden] });

/**
 * Multiplications and additions of a step's products: `2 batch inputs outputs` for each layer forward, as many for the
 * gradient of its weights, and as many for that of its inputs, but for the first layers, whose inputs are the data.
 */
export function productFlop({ net: { hidden, latent }, batch }: StepCase): number {
  const widths = [PIXELS, ...hidden];
  const encoder = hidden.map((width, i) => widths[i] * width);
  const heads = 2 * widths[widths.length - 1] * latent;
  const mirrored = [...widths.reverse()];
  const decoder = mirrored.map((width, i) => (mirrored[i - 1] ?? latent) * width);
  const forward = [...encoder, heads, ...decoder].reduce((sum, size) => sum + size, 0);
  return 2 * batch * (3 * forward - (encoder[0] ?? heads));
}
