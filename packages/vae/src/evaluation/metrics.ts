// The figures that a model is judged by: means over examples, in nats per example.

/** The terms of the objective on one part of the data: means over its examples, in nats per example. */
export interface Metrics {
  /** What training minimises: `-reconstruction + beta kl`. */
  readonly objective: number;
  /** `reconstruction - kl`, whatever beta is: a lower bound on `log p(x)`. null for an autoencoder, which has no prior. */
  readonly elbo: number | null;
  /** `E_q[log p(x|z)]`, summed over the dimensions of x. For an autoencoder, `log p(x|z)` at its code. */
  readonly reconstruction: number;
  /** `KL(q(z|x) || p(z))`, summed over the latent dimensions; 0 for an autoencoder. */
  readonly kl: number;
}

/** Sums over examples, in double. */
export interface Sums {
  readonly examples: number;
  readonly reconstruction: number;
  readonly kl: number;
}

export const noSums: Sums = { examples: 0, reconstruction: 0, kl: 0 };

export const addSums = (a: Sums, b: Sums): Sums => ({
  examples: a.examples + b.examples,
  reconstruction: a.reconstruction + b.reconstruction,
  kl: a.kl + b.kl,
});

/** Means from sums. */
export function metricsOf(sums: Sums, kind: "vae" | "autoencoder", beta: number): Metrics {
  const reconstruction = sums.reconstruction / sums.examples;
  const kl = sums.kl / sums.examples;
  return {
    objective: -reconstruction + beta * kl,
    elbo: kind === "vae" ? reconstruction - kl : null,
    reconstruction,
    kl,
  };
}

/**
 * Nats per example as bits per dimension. For binary data and the negative ELBO of a VAE this is the expected length of
 * a lossless code (bits back; Townsend et al., arXiv:1901.04866).
 */
export const bitsPerDimension = (nats: number, dimensions: number): number => nats / (dimensions * Math.LN2);
