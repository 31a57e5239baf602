// @elbo/vae: autoencoders and variational autoencoders, from layers to training runs.

export { type Dense, dense, initDense } from "./nn/dense.js";
export { glorotUniform, heUniform, type Initializer, zeroInitializer } from "./nn/initializers.js";
export { type Activation, activations, hidden, initHidden } from "./nn/mlp.js";
export { adam, type AdamOptions, type AdamState } from "./optim/adam.js";
export type { Optimizer } from "./optim/optimizer.js";
export { sgd, type SgdState } from "./optim/sgd.js";
export * from "./distributions/index.js";
export { betaObjective, type Densities, elbo, elboTerms, type Terms } from "./objectives/elbo.js";
export { type Autoencoder, autoencoder, type AutoencoderParams } from "./models/autoencoder.js";
export {
  dimensionsOf,
  type Likelihood,
  type ModelConfig,
  modelConfig,
  type ModelKind,
  type ModelOptions,
} from "./models/config.js";
export { type Architecture, describeModel, type LayerDescription } from "./models/describe.js";
export {
  decodeMeans,
  flatten,
  latentMeans,
  type Model,
  namedParameters,
  parameterCount,
  reconstruct,
  unflatten,
} from "./models/model.js";
export { type Vae, vae, type VaeParams } from "./models/vae.js";
export { bitsPerDimension, type Metrics } from "./evaluation/metrics.js";
export type { Report } from "./training/report.js";
export type { Targets } from "./data/targets.js";
export {
  DivergedError,
  fit,
  type FitOptions,
  type Progress,
  runKeys,
  trainingConfig,
  type TrainingConfig,
  type TrainingState,
} from "./training/fit.js";
export { buildModel, decodeCheckpoint, encodeCheckpoint, type Restored } from "./training/checkpoint.js";
export { type MultiplyAdd, multiplyAddHistory, multiplyAddOf } from "./training/multiply-adds.js";
export { type OptimizerName, optimizers } from "./training/optimizers.js";
export { evaluate, type EvaluateOptions, meanKlPerDimension } from "./evaluation/evaluate.js";
export { type Projection, projectToPlane, sampleFittedGaussian } from "./evaluation/latent.js";
export { sampleMeans } from "./evaluation/samples.js";
export { importanceLogLikelihood, type Nll, nll, type NllOptions } from "./evaluation/nll.js";
export { checkInputs } from "./data/check.js";
export type { Dataset, Split } from "./data/dataset.js";
export { DataError } from "./data/errors.js";
export { type IdxFile, parseIdx, writeIdx } from "./data/idx.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./formats/safetensors.js";
export { type Digit, digit, type DigitOptions } from "./data/digits/digit.js";
export { digitBytes, digits, type DigitsOptions } from "./data/digits/digits.js";
export type { DigitFactors } from "./data/digits/factors.js";
export { published } from "./data/digits/published.js";
