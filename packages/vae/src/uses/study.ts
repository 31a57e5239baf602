// What every use starts from: a trained model, its data, its budget, and how further models are trained for comparison.

import { ElboError, withMatmulMode } from "@elbo/tensor";
import type { Dataset } from "../data/dataset.js";
import type { Model } from "../models/model.js";
import { fit, type TrainingConfig } from "../training/fit.js";

/**
 * Trains a companion: a model that stands beside the one under study, as its opponent or its helper. The name tells
 * companions of one study apart and is fit for a file: `linear`, `one-class-3`.
 */
export type Trainer = (name: string, model: Model, data: Dataset, training: TrainingConfig) => Promise<Companion>;

/** A trained companion and the seconds that its training took, whenever that was. */
export interface Companion {
  readonly model: Model;
  readonly seconds: number;
}

/** A model under study. */
export interface Study {
  readonly model: Model;
  readonly data: Dataset;
  /** How the model was trained. Companions get the same budget: its epochs, batch, learning rate, seed and mode. */
  readonly training: TrainingConfig;
  /** How companions are trained; in memory unless given. */
  readonly train?: Trainer;
  /** Seconds that the training of the model took; null where that is not known. */
  readonly seconds?: number | null;
  /** Ends the study before its next piece of work. */
  readonly signal?: AbortSignal;
}

/** The signal ended a study. Companions that were being trained by a store keep their checkpoints. */
export class InterruptedError extends ElboError {
  constructor(during: string) {
    super("INTERRUPTED", `stopped during ${during}; the same command goes on from what is finished`);
  }
}

/** Trains by `fit` and keeps nothing but the model. */
export const trainInMemory: Trainer = async (_name, model, data, training) => {
  let seconds = 0;
  for await (const report of fit(model, data, training)) seconds += report.seconds;
  return { model, seconds };
};

/** A companion of a study, trained from fresh parameters with the study's budget, or with what `changes` says of it. */
export function companion(
  study: Study,
  name: string,
  model: Model,
  data: Dataset = study.data,
  changes: Partial<TrainingConfig> = {},
): Promise<Companion> {
  return (study.train ?? trainInMemory)(name, model, data, { ...study.training, ...changes });
}

/**
 * Computes one piece in the mode of matrix products in which the study's model was trained.
 * @throws InterruptedError where the study's signal has been raised
 */
export function inMode<T>({ training, signal }: Study, piece: () => T): T {
  if (signal?.aborted) throw new InterruptedError("the study");
  return withMatmulMode(training.matmul, piece);
}

/** How tables call the model under study: `VAE, 20 dimensions`. */
export const nameOf = ({ kind, config }: Model): string =>
  `${kind === "vae" ? "VAE" : "autoencoder"}, ${config.latent} ${config.latent === 1 ? "dimension" : "dimensions"}`;
