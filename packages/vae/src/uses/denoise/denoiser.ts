// The model that denoises: the run's own where it was trained behind noise, else a companion that is.

import { clamp, type Tensor } from "@elbo/tensor";
import type { RowFilter } from "../../baselines/wiener.js";
import { checkInputs } from "../../data/check.js";
import { type Corruption, noiseName } from "../../data/corruption.js";
import { autoencoder } from "../../models/autoencoder.js";
import { isImageModel } from "../../models/config.js";
import { flatten, type Model, reconstruct, unflatten } from "../../models/model.js";
import { noisesFor } from "./noises.js";
import { companion, inMode, nameOf, type Study } from "../study.js";

/** A model that was shown noise and asked for the clean examples. */
export interface Denoiser {
  readonly model: Model;
  /** How tables call it. */
  readonly name: string;
  /** The noises that it was trained with: each example drew one of them. */
  readonly trainedWith: Corruption;
  /** Seconds of its training; null where that is not known. */
  readonly seconds: number | null;
}

/**
 * The study's model where it is a denoising one; else a denoising autoencoder of the same sizes, trained with the study's
 * budget, each example behind one of the noises. Its code is as wide as the last hidden layer: noise regularises, so no
 * narrower code is needed (Vincent et al. 2010, section 3). It is asked for grey values, whatever the run's targets are,
 * because grey values are what it is judged by.
 */
export async function denoiserOf(study: Study, noises: Corruption): Promise<Denoiser> {
  const { model, training } = study;
  const { config } = model;
  if (training.corruption) {
    return {
      model,
      name: `denoising ${nameOf(model)}`,
      trainedWith: training.corruption,
      seconds: study.seconds ?? null,
    };
  }
  const changes = { corruption: noises, targets: "gray" } as const;
  const fresh = autoencoder({ ...config, latent: config.hidden.at(-1) ?? config.latent });
  const trained = await companion(study, "denoiser", fresh, study.data, changes);
  return { ...trained, name: "denoising autoencoder", trainedWith: noises };
}

/** A model as a filter: noisy rows `[count, dimensions]` through its latent means and back, pixels cut off at 0 and 1. */
export const modelFilter =
  (study: Study, model: Model): RowFilter =>
  (rows) =>
    inMode(study, () => {
      const { config } = model;
      const estimate = flatten(config, reconstruct(model, unflatten(config, rows)));
      return isImageModel(config) ? clamp(estimate, 0, 1) : estimate;
    });

/** Examples `[count, ...input]`, cleaned. */
export interface Cleaned {
  readonly examples: Tensor;
  readonly denoiser: Denoiser;
}

/**
 * Removes noise from examples `[count, ...input]` of which no clean ones are known, with the study's denoiser; one that
 * is trained for it learns the noises given, or those that it is judged by otherwise.
 * @throws ShapeError where the examples do not fit the model, DataError where they are out of range or not finite,
 *   ArgumentError for noises that are none
 * @example const { examples } = await cleanExamples(study, images);
 */
export async function cleanExamples(study: Study, examples: Tensor, noises?: Corruption): Promise<Cleaned> {
  const { config } = study.model;
  const rows = flatten(config, examples);
  checkInputs("denoise", rows, isImageModel(config) ? "bernoulli" : "gaussian");
  const denoiser = await denoiserOf(study, noisesFor(config, noises));
  return { examples: unflatten(config, modelFilter(study, denoiser.model)(rows)), denoiser };
}

/** `gaussian:0.25, gaussian:0.5` */
export const listOf = (noises: Corruption): string => noises.map(noiseName).join(", ");
