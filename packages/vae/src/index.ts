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
  isImageModel,
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
export type { Execution } from "./execution/execution.js";
export type { RunFacts } from "./execution/program.js";
export { bitsPerDimension, type Metrics } from "./evaluation/metrics.js";
export type { Report } from "./training/report.js";
export { type Corruption, corrupt, type Noise, type NoiseKind, noiseName, parseNoise } from "./data/corruption.js";
export type { Targets } from "./data/draw.js";
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
export { type Classed, classify } from "./data/classes.js";
export { type Columns, describeColumns, standardise, unstandardise } from "./data/columns.js";
export { formatTable, parseTable, type Table } from "./data/csv.js";
export { divide, type Division } from "./data/divide.js";
export { parsePng } from "./data/png.js";
export { sensors, type SensorsOptions } from "./data/sensors/sensors.js";
export { DataError } from "./data/errors.js";
export { type IdxFile, parseIdx, writeIdx } from "./data/idx.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./formats/safetensors.js";
export { type Digit, digit, type DigitOptions } from "./data/digits/digit.js";
export { digitBytes, digits, type DigitsOptions } from "./data/digits/digits.js";
export type { DigitFactors } from "./data/digits/factors.js";
export { published } from "./data/digits/published.js";
export { bestValues, type Column, type Comparison, type Row } from "./uses/comparison.js";
export {
  type Companion,
  companion,
  inMode,
  InterruptedError,
  nameOf,
  type Study,
  type Trainer,
  trainInMemory,
} from "./uses/study.js";
export { psnr, ssim } from "./evaluation/image-quality.js";
export {
  auroc,
  averagePrecision,
  conformalThreshold,
  falsePositiveRateAt,
  type Positive,
  rocCurve,
  type RocCurve,
} from "./evaluation/roc.js";
export { continuity, trustworthiness } from "./evaluation/trustworthiness.js";
export { type Classifier, type ClassifierOptions, trainClassifier } from "./baselines/classifier.js";
export { gaussianBlur, medianFilter } from "./baselines/filters.js";
export { mahalanobis } from "./baselines/mahalanobis.js";
export {
  accuracy,
  classifyByNeighbours,
  nearest,
  type NearestOptions,
  type Neighbours,
} from "./baselines/neighbours.js";
export { type Pca, principalComponents, project, restore } from "./baselines/pca.js";
export { type RowFilter, wienerFilter, wienerForNoise, wienerGains, type WienerOptions } from "./baselines/wiener.js";
export type { Labels } from "./data/arguments.js";
export { denoise, type DenoiseOptions, type Denoising, type NoiseResult } from "./uses/denoise.js";
export { type Cleaned, cleanExamples, type Denoiser, denoiserOf } from "./uses/denoise/denoiser.js";
export { noisesFor, type NoiseScale } from "./uses/denoise/noises.js";
export {
  type Coordinates,
  embed,
  embedOptions,
  type EmbedOptions,
  type EmbedResult,
  type Manifold,
} from "./uses/embed.js";
export { latentGrid, type LatentGrid } from "./uses/embed/manifold.js";
export { type PlaneMap, posteriorDeviations } from "./uses/embed/plane-map.js";
export { type Ellipse, posteriorAxes } from "./evaluation/ellipses.js";
export { normalQuantile } from "./distributions/quantile.js";
export { formatExamples } from "./data/own-units.js";
export { type Draws, generate, type GenerateOptions, type GenerateResult } from "./uses/generate.js";
export { type Judge, trainJudge, type Verdict } from "./uses/generate/judge.js";
export { lerp, loop, slerp, traverse } from "./uses/generate/latent-paths.js";
export {
  type Axis,
  type Interpolation,
  interpolation,
  latentAxes,
  middleOf,
  pick,
  tour,
  type Traversal,
  traversals,
  unlikePairs,
  type Walks,
  walksOf,
} from "./uses/generate/walks.js";
export {
  anomaly,
  type AnomalyOptions,
  type AnomalyPlan,
  anomalyPlan,
  type AnomalyResult,
  detect,
  type Detection,
  type MethodCurve,
} from "./uses/anomaly.js";
export type { Explained, Scored } from "./uses/anomaly/examples.js";
export { type AnomalyScoreName, anomalyScores, contributionsOf, scoreExamples } from "./uses/anomaly/scores.js";
export type { Detector, DetectorChoices, DetectorOptions } from "./uses/anomaly/detector.js";
export { normalities, type Normality } from "./uses/anomaly/normality.js";
export { meanRocCurve, type Rates } from "./evaluation/mean-roc.js";
