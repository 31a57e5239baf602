// The variational autoencoder (Kingma and Welling 2013) with dense layers.

import type { Value } from "@elbo/autograd";
import { foldIn, key as keyOf, type Key } from "@elbo/tensor";
import { type Distribution, normal, type Normal } from "../distributions/index.js";
import { elboTerms, type Terms } from "../objectives/elbo.js";
import { type Dense, dense, initDense } from "../nn/dense.js";
import { glorotUniform } from "../nn/initializers.js";
import { hidden, initHidden } from "../nn/mlp.js";
import { dimensionsOf, modelConfig, type ModelConfig, type ModelOptions } from "./config.js";
import { decode, type Decoder, initDecoder } from "./decoder.js";

/** The parameters of a VAE, a plain tree. */
export interface VaeParams {
  readonly encoder: { readonly hidden: readonly Dense[]; readonly mean: Dense; readonly logVariance: Dense };
  readonly decoder: Decoder;
}

/** A VAE: its choices, its parameters (replaced by training), and its densities as pure functions of parameters. */
export interface Vae {
  readonly kind: "vae";
  readonly config: ModelConfig;
  params: VaeParams;
  /** `q(z|x)`: `[batch, dimensions]` gives a normal over `[batch, latent]`. */
  encode(params: VaeParams, x: Value): Normal;
  /** `p(x|z)`: `[..., latent]` gives a distribution over `[..., dimensions]`. */
  decode(params: VaeParams, z: Value): Distribution;
  /**
   * The terms of the ELBO for each example, in nats. The encoder is shown `seen`, which is x itself unless given: the
   * bound holds for any q, also for one that has seen x only through noise (Im et al. 2017).
   */
  terms(params: VaeParams, x: Value, key: Key, seen?: Value): Terms;
}

/**
 * A variational autoencoder for inputs of any shape: dense layers to `mu` and `log sigma^2`, `z = mu + sigma epsilon`,
 * and the mirror image back to the input.
 * @throws ArgumentError for choices that make no model
 * @example const model = vae({ input: [28, 28], hidden: [200, 200], latent: 20, likelihood: "bernoulli" });
 */
export function vae(options: ModelOptions): Vae {
  const config = modelConfig("vae", options);
  const encode = ({ encoder }: VaeParams, x: Value): Normal => {
    const h = hidden(encoder.hidden, config.activation, x);
    return normal(dense(encoder.mean, h), dense(encoder.logVariance, h));
  };
  const decodeWith = (params: VaeParams, z: Value): Distribution => decode(config, params.decoder, z);
  return {
    kind: "vae",
    config,
    params: initParams(config),
    encode,
    decode: decodeWith,
    terms: (params, x, key, seen = x) =>
      elboTerms({ encode: () => encode(params, seen), decode: (z) => decodeWith(params, z) }, x, key),
  };
}

function initParams(config: ModelConfig): VaeParams {
  const root = keyOf(config.seed);
  const width = config.hidden.at(-1) ?? dimensionsOf(config);
  return {
    encoder: {
      hidden: initHidden(foldIn(root, 0), dimensionsOf(config), config.hidden, config.activation),
      mean: initDense(foldIn(root, 1), width, config.latent, glorotUniform),
      logVariance: initDense(foldIn(root, 2), width, config.latent, glorotUniform),
    },
    decoder: initDecoder(config, foldIn(root, 3)),
  };
}
