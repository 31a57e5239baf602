// A model as a plain description of its parts: what a drawing of it needs.

import { parameterCount, type Model } from "./model.js";

/** One hidden layer. */
export interface LayerDescription {
  /** The number of its outputs. */
  readonly units: number;
  /** The name of its activation: `"tanh"`, `"relu"`. */
  readonly activation: string;
}

/** A model described from outside, with nothing of its parameters but their number. */
export interface Architecture {
  readonly kind: "vae" | "autoencoder";
  /** The shape of one example: `[28, 28]` for an image, `[13]` for a row of a table. */
  readonly input: readonly number[];
  /** The hidden layers between x and the code, in the order in which they run; the code's own layer is not listed. */
  readonly encoder: readonly LayerDescription[];
  /** The number of latent dimensions. */
  readonly latent: number;
  /** The hidden layers between z and the reconstruction, in the order in which they run; the output layer is not listed. */
  readonly decoder: readonly LayerDescription[];
  /** The family of p(x|z). An autoencoder's reconstruction loss is its negative logarithm. */
  readonly likelihood: "bernoulli" | "gaussian";
  /** The number of trained scalars. */
  readonly parameters: number;
}

/** Reads the layers off the parameters themselves. */
export function describeModel(model: Model): Architecture {
  const { activation, input, latent, likelihood } = model.config;
  const widths = (layers: readonly { readonly bias: { readonly size: number } }[]) =>
    layers.map((layer) => ({ units: layer.bias.size, activation }));
  const { encoder, decoder } = model.params;
  return {
    kind: model.kind,
    input,
    encoder: widths(encoder.hidden),
    latent,
    decoder: widths(decoder.hidden),
    likelihood,
    parameters: parameterCount(model),
  };
}
