// What a model is made of: the choices that its weights depend on, checked once.

import { ArgumentError, checkOptions, sizeOf } from "@elbo/tensor";
import { type Activation, activations } from "../nn/mlp.js";

export type Likelihood = "bernoulli" | "gaussian";
export type ModelKind = "vae" | "autoencoder";

/** Choices with their defaults filled in; what a checkpoint stores. */
export interface ModelConfig {
  readonly kind: ModelKind;
  /** The shape of one example, such as [28, 28] or [13]. */
  readonly input: readonly number[];
  /** The widths of the encoder's hidden layers; the decoder has them in reverse. */
  readonly hidden: readonly number[];
  /** The number of latent dimensions. */
  readonly latent: number;
  readonly activation: Activation;
  readonly likelihood: Likelihood;
  /** The standard deviation of a Gaussian likelihood, or one that is learned, shared by all dimensions. */
  readonly sigma: number | "learned";
  /** The seed of the initial weights. */
  readonly seed: number;
}

/** What `vae` and `autoencoder` take: the shape, and any of the choices. */
export type ModelOptions = Partial<Omit<ModelConfig, "kind">> & Pick<ModelConfig, "input">;

const isWidth = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 1;

/** The choices with defaults: hidden [200, 200], latent 20, relu, Bernoulli, learned sigma, seed 0. */
export function modelConfig(kind: ModelKind, options: ModelOptions): ModelConfig {
  checkOptions(kind, options, ["input", "hidden", "latent", "activation", "likelihood", "sigma", "seed", "kind"]);
  const config: ModelConfig = {
    kind,
    input: options.input,
    hidden: options.hidden ?? [200, 200],
    latent: options.latent ?? 20,
    activation: options.activation ?? "relu",
    likelihood: options.likelihood ?? "bernoulli",
    sigma: options.sigma ?? "learned",
    seed: options.seed ?? 0,
  };
  const refuse = (what: string, value: unknown): never => {
    const got = typeof value === "number" ? String(value) : JSON.stringify(value); // JSON has no NaN, no Infinity
    throw new ArgumentError(`${what}, got ${got}`, { op: kind });
  };
  if (!Array.isArray(config.input) || !config.input.every(isWidth) || sizeOf(config.input) < 1)
    refuse("input is the shape of one example, whole numbers of 1 or more", config.input);
  if (!Array.isArray(config.hidden) || !config.hidden.every(isWidth))
    refuse("hidden is a list of layer widths, whole numbers of 1 or more", config.hidden);
  if (!isWidth(config.latent)) refuse("latent is a whole number of 1 or more", config.latent);
  if (!Object.hasOwn(activations, config.activation))
    refuse(`activation is one of ${Object.keys(activations).join(", ")}`, config.activation);
  if (config.likelihood !== "bernoulli" && config.likelihood !== "gaussian")
    refuse("likelihood is bernoulli or gaussian", config.likelihood);
  if (
    config.sigma !== "learned" &&
    !(typeof config.sigma === "number" && Number.isFinite(config.sigma) && config.sigma > 0)
  )
    refuse('sigma is a positive number or "learned"', config.sigma);
  if (!Number.isSafeInteger(config.seed) || config.seed < 0)
    refuse("seed is a whole number from 0 to 2^53 - 1", config.seed);
  return config;
}

/** Whether examples are images `[height, width]`, whose values are pixels from 0 to 1. */
export const isImageModel = (config: ModelConfig): boolean => config.input.length === 2;

/** The number of dimensions of one example. */
export const dimensionsOf = (config: ModelConfig): number => sizeOf(config.input);
