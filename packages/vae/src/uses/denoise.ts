// Noise reduction: a denoising autoencoder beside filters, all given the same noisy test examples.

import { checkOptions, slice, type Tensor } from "@elbo/tensor";
import { principalComponents } from "../baselines/pca.js";
import { checkCount } from "../data/arguments.js";
import { checkInputs, checkPart } from "../data/check.js";
import type { Corruption, Noise } from "../data/corruption.js";
import { DataError } from "../data/errors.js";
import { isImageModel } from "../models/config.js";
import { flatten, unflatten } from "../models/model.js";
import { pauses } from "../training/pauses.js";
import type { Comparison } from "./comparison.js";
import { type Denoiser, denoiserOf } from "./denoise/denoiser.js";
import { denoisingMethods, type Method } from "./denoise/methods.js";
import { type Bench, EXAMPLES, measuresFor, type Outcome, outcomes, SSIM_IMAGES } from "./denoise/trial.js";
import { levelName, type NoiseScale, noisesFor, noiseWords, scalesOf } from "./denoise/noises.js";
import { inMode, type Study } from "./study.js";

export interface DenoiseOptions {
  /** What to judge by; what `noisesFor` says unless given. */
  readonly noises?: Corruption;
  /** The seed of the noise on test and training examples; 0 unless given. */
  readonly seed?: number;
}

/** What was found for one kind of noise. */
export interface NoiseResult extends NoiseScale {
  /** A row for each method; columns are the PSNR at each level, then the SSIM, or for tables the RMSE. */
  readonly comparison: Comparison;
  /** The methods' short names, in the order of the rows. */
  readonly shorts: readonly string[];
  /** The first test images at the middle level: clean, noisy, and by each method. null for what are no images. */
  readonly examples: readonly { readonly name: string; readonly images: Tensor }[] | null;
}

/** What a study of denoising found. */
export interface Denoising {
  readonly kinds: readonly NoiseResult[];
  readonly denoiser: Denoiser;
  /** The sigma in pixels that the blur chose for each noise; empty for what are no images. */
  readonly blurs: readonly { readonly noise: Noise; readonly sigma: number }[];
  /** Examples: judged, of the principal components, and of the pairs that methods are fitted on. */
  readonly counts: { readonly test: number; readonly components: number; readonly pairs: number };
  readonly seed: number;
}

/** The most examples that are used, from the front of their part. */
const MOST = { test: 10_000, components: 20_000, pairs: 10_000 };

/**
 * Judges how well a study's denoiser undoes noise on the test examples, beside a 3 x 3 median, a Gaussian blur of the
 * width that is best on training images, and the Wiener filter along the principal components, fitted for each noise.
 * Noise on images is cut off at 0 and 1, and every method gets that same input. Images are scored by PSNR in dB and by
 * SSIM, tables by the root mean squared error in the units of their inputs.
 * @throws ArgumentError for noises or a seed that are none, DataError where a part has no examples or numbers out of
 *   range, ShapeError where the data does not fit the model
 * @see Vincent et al. 2010, Stacked denoising autoencoders
 * @example const { kinds } = await denoise({ model, data, training }, { noises: [{ kind: "gaussian", level: 0.5 }] });
 */
export async function denoise(study: Study, options: DenoiseOptions = {}): Promise<Denoising> {
  checkOptions("denoise", options, ["noises", "seed"]);
  const { seed = 0 } = options;
  checkCount("denoise", "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  const { config } = study.model;
  const noises = noisesFor(config, options.noises);
  const bench: Bench = {
    config,
    measures: measuresFor(config, study.data?.columns ? "standard units" : ""),
    test: rowsOf(study, "test", MOST.test),
    train: rowsOf(study, "train", MOST.pairs),
    seed,
    breathe: pauses(),
  };
  const denoiser = await denoiserOf(study, noises);
  const components = rowsOf(study, "train", MOST.components);
  const methods = denoisingMethods(
    study,
    denoiser,
    inMode(study, () => principalComponents(components)),
  );
  const kinds: NoiseResult[] = [];
  const blurs: { noise: Noise; sigma: number }[] = [];
  for (const scale of scalesOf(noises)) {
    const found: Outcome[][] = [];
    for (const level of scale.levels) {
      const noise = { kind: scale.kind, level };
      const trial = await outcomes(methods, noise, bench);
      for (const { setting } of trial) if (setting !== undefined) blurs.push({ noise, sigma: setting });
      found.push(trial);
    }
    kinds.push(resultOf(scale, methods, found, bench));
  }
  const counts = { test: bench.test.shape[0], components: components.shape[0], pairs: bench.train.shape[0] };
  return { kinds, denoiser, blurs, counts, seed };
}

/** The first examples of a part as rows, refused where the model could not be trained on them either. */
function rowsOf({ data, model }: Study, part: "train" | "test", most: number): Tensor {
  const op = "denoise";
  checkPart(op, data?.[part], part);
  const rows = slice(flatten(model.config, data[part].inputs), [{ stop: most }]);
  if (rows.shape[0] === 0) throw new DataError(`the ${part} part holds no examples`, { op });
  checkInputs(op, rows, isImageModel(model.config) ? "bernoulli" : model.config.likelihood);
  return rows;
}

/** The trials of one kind of noise, one at each level, as a table and a strip. */
function resultOf(
  scale: NoiseScale,
  methods: readonly Method[],
  trials: readonly (readonly Outcome[])[],
  { config, measures, test }: Bench,
): NoiseResult {
  const image = isImageModel(config);
  const { kind, levels } = scale;
  const grouped = (count: number): string => count.toLocaleString("en-US");
  const capped = image && test.shape[0] > SSIM_IMAGES ? ` (SSIM: the first ${grouped(SSIM_IMAGES)})` : "";
  const examined = `${grouped(test.shape[0])} test ${image ? "images" : "rows"}${capped}`;
  const comparison: Comparison = {
    title: `${noiseWords[kind]} noise, ${examined}`,
    columns: measures.flatMap(({ name, unit, better, decimals }) =>
      levels.map((level) => ({ name: `${name}, ${levelName({ kind, level })}`, unit, better, decimals })),
    ),
    rows: methods.map(({ name, ours }, row) => ({
      method: name,
      ours,
      values: measures.flatMap((_, measure) => trials.map((trial) => trial[row].scores[measure])),
    })),
  };
  const shorts = methods.map(({ short }) => short);
  const clean = { name: "clean", images: unflatten(config, slice(test, [{ stop: EXAMPLES }])) };
  const middle = trials[middleOf(levels)].map(({ examples }, row) => ({ name: shorts[row], images: examples }));
  return { ...scale, comparison, shorts, examples: image ? [clean, ...middle] : null };
}

/** The index of the level that pictures show. */
export const middleOf = (levels: readonly number[]): number => Math.floor(levels.length / 2);
