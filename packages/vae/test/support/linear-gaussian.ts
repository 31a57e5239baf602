// A model whose posterior and evidence are known: z ~ N(0, I), x | z ~ N(W z + b, sigma^2 I), W with orthogonal columns.

import { add, matmul, mul, neg, sub, transpose, type Value } from "@elbo/autograd";
import { tensor, type Tensor, zeros } from "@elbo/tensor";
import { type Normal, normal } from "../../src/distributions/index.js";
import type { VaeParams } from "../../src/models/vae.js";

/** Orthogonal rows of length 2: the columns of W are the first three, each scaled. */
const HADAMARD = [
  [1, 1, 1, 1],
  [1, -1, 1, -1],
  [1, 1, -1, -1],
  [1, -1, -1, 1],
];

export interface LinearGaussian {
  /** The lengths of W's columns, halved: `[3]`. */
  readonly scales: readonly number[];
  readonly bias: readonly number[];
  readonly sigma: number;
}

const double = (values: readonly number[] | readonly (readonly number[])[]): Tensor =>
  tensor(values, { dtype: "float64" });

/**
 * The densities in float64. With `d_j = |w_j|^2`, the posterior is `N(w_j (x - b) / (d_j + sigma^2), sigma^2 / (d_j + sigma^2))`
 * in each dimension (Tipping and Bishop 1999, with W^T W diagonal).
 */
export function linearGaussian({ scales, bias, sigma }: LinearGaussian): {
  posterior: (x: Value) => Normal;
  decode: (z: Value) => Normal;
  /** The same as weights of a VAE without hidden layers, whose sigma is `sigma`. */
  params: VaeParams;
} {
  const weight = double(scales.map((scale, j) => HADAMARD[j].map((one) => scale * one)));
  const precision = scales.map((scale) => 4 * scale ** 2 + sigma ** 2);
  const toMean = mul(transpose(weight), double(precision.map((p) => 1 / p)));
  const spread = double(precision.map((p) => Math.log(sigma ** 2 / p)));
  return {
    params: {
      encoder: {
        hidden: [],
        mean: { weight: toMean, bias: neg(matmul(double(bias), toMean)) },
        logVariance: { weight: zeros(toMean.shape, { dtype: "float64" }), bias: spread },
      },
      decoder: { hidden: [], output: { weight, bias: double(bias) } },
    },
    posterior: (x) => normal(matmul(sub(x, double(bias)), toMean), spread),
    decode: (z) => normal(add(matmul(z, weight), double(bias)), tensor(2 * Math.log(sigma), { dtype: "float64" })),
  };
}

/** `log p(x)` by the eigenvectors of `W W^T + sigma^2 I`, without a posterior. */
export function evidence({ scales, bias, sigma }: LinearGaussian, x: readonly number[]): number {
  return HADAMARD.reduce((total, row, j) => {
    const along = row.reduce((inner, one, i) => inner + (one / 2) * (x[i] - bias[i]), 0);
    const variance = 4 * (scales[j] ?? 0) ** 2 + sigma ** 2;
    return total - 0.5 * (Math.log(2 * Math.PI * variance) + along ** 2 / variance);
  }, 0);
}
