// The plain autoencoder: a code in place of a distribution, and no prior.

import { mul, type Value } from "@elbo/autograd";
import { foldIn, key as keyOf, type Key } from "@elbo/tensor";
import { type Distribution, logProb } from "../distributions/index.js";
import type { Terms } from "../objectives/elbo.js";
import { type Dense, dense, initDense } from "../nn/dense.js";
import { glorotUniform } from "../nn/initializers.js";
import { hidden, initHidden } from "../nn/mlp.js";
import { dimensionsOf, modelConfig, type ModelConfig, type ModelOptions } from "./config.js";
import { decode, type Decoder, initDecoder } from "./decoder.js";

/** The parameters of an autoencoder, a plain tree. */
export interface AutoencoderParams {
  readonly encoder: { readonly hidden: readonly Dense[]; readonly code: Dense };
  readonly decoder: Decoder;
}

/** An autoencoder: its choices, its parameters (replaced by training), and its two halves as pure functions. */
export interface Autoencoder {
  readonly kind: "autoencoder";
  readonly config: ModelConfig;
  params: AutoencoderParams;
  /** The code: `[batch, dimensions]` gives `[batch, latent]`. */
  encode(params: AutoencoderParams, x: Value): Value;
  /** The reconstruction as a distribution over `[..., dimensions]`, from `[..., latent]`. */
  decode(params: AutoencoderParams, z: Value): Distribution;
  /**
   * `log p(x|z)` for each example at the code of `seen`, which is x itself unless given, in nats; the KL term is 0, for
   * there is no prior. A denoising autoencoder is shown noise and asked for x (Vincent et al. 2010).
   */
  terms(params: AutoencoderParams, x: Value, key: Key, seen?: Value): Terms;
}

/**
 * An autoencoder for inputs of any shape. It is trained by the reconstruction error, in nats: the cross-entropy for
 * Bernoulli pixels, the scaled squared error for Gaussian ones.
 * @throws ArgumentError for choices that make no model
 */
export function autoencoder(options: ModelOptions): Autoencoder {
  const config = modelConfig("autoencoder", options);
  const encode = ({ encoder }: AutoencoderParams, x: Value): Value =>
    dense(encoder.code, hidden(encoder.hidden, config.activation, x));
  const decodeWith = (params: AutoencoderParams, z: Value): Distribution => decode(config, params.decoder, z);
  return {
    kind: "autoencoder",
    config,
    params: initParams(config),
    encode,
    decode: decodeWith,
    terms: (params, x, _key, seen = x) => {
      const reconstruction = logProb(decodeWith(params, encode(params, seen)), x);
      return { reconstruction, kl: mul(0, reconstruction) };
    },
  };
}

function initParams(config: ModelConfig): AutoencoderParams {
  const root = keyOf(config.seed);
  return {
    encoder: {
      hidden: initHidden(foldIn(root, 0), dimensionsOf(config), config.hidden, config.activation),
      code: initDense(foldIn(root, 1), config.hidden.at(-1) ?? dimensionsOf(config), config.latent, glorotUniform),
    },
    decoder: initDecoder(config, foldIn(root, 3)),
  };
}
