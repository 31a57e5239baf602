// The decoder p(x|z), which both kinds of autoencoder share.

import { log, mul, type Value } from "@elbo/autograd";
import { foldIn, type Key, tensor } from "@elbo/tensor";
import { bernoulli, type Distribution, normal } from "../distributions/index.js";
import { type Dense, dense, initDense } from "../nn/dense.js";
import { glorotUniform } from "../nn/initializers.js";
import { hidden, initHidden } from "../nn/mlp.js";
import { dimensionsOf, type ModelConfig } from "./config.js";

/** The decoder's parameters: hidden layers, the output layer, and a log-sigma where it is learned. */
export interface Decoder {
  readonly hidden: readonly Dense[];
  readonly output: Dense;
  /** A scalar, present for a Gaussian likelihood with learned sigma. */
  readonly logSigma?: Value;
}

const LOG_QUARTER = -1.3862943611198906;

/** Initial parameters. A learned sigma starts at 1/4, about the spread of pixels. */
export function initDecoder(config: ModelConfig, key: Key): Decoder {
  const widths = [...config.hidden].reverse();
  const layers = {
    hidden: initHidden(foldIn(key, 0), config.latent, widths, config.activation),
    output: initDense(foldIn(key, 1), widths.at(-1) ?? config.latent, dimensionsOf(config), glorotUniform),
  };
  const learned = config.likelihood === "gaussian" && config.sigma === "learned";
  return learned ? { ...layers, logSigma: tensor(LOG_QUARTER) } : layers;
}

/** `p(x|z)`: `[..., latent]` gives a distribution over `[..., dimensions]`. */
export function decode(config: ModelConfig, decoder: Decoder, z: Value): Distribution {
  const output = dense(decoder.output, hidden(decoder.hidden, config.activation, z));
  if (config.likelihood === "bernoulli") return bernoulli(output);
  const logSigma = decoder.logSigma ?? log(config.sigma as number);
  return normal(output, mul(2, logSigma));
}
