// New examples from a trained model.

import { type Key, normal, slice, type Tensor } from "@elbo/tensor";
import { decodeMeans, latentMeans, type Model } from "../models/model.js";
import { sampleFittedGaussian } from "./latent.js";

/** How many codes the Gaussian of an autoencoder is fitted to, at most. */
const FITTED = 5000;

/**
 * Means of `p(x|z)`, `[count, ...input]`: for a VAE at `z ~ N(0, I)`, its prior; for an autoencoder, which has none, at
 * draws of a Gaussian fitted to the codes of `inputs`.
 */
export function sampleMeans(model: Model, inputs: Tensor, key: Key, count: number): Tensor {
  if (model.kind === "vae") return decodeMeans(model, normal(key, [count, model.config.latent]));
  return decodeMeans(model, sampleFittedGaussian(latentMeans(model, slice(inputs, [{ stop: FITTED }])), key, count));
}
