// The ways of denoising that stand beside each other: filters that know nothing, one that knows the data, and models.

import { reshape, slice, type Tensor } from "@elbo/tensor";
import { gaussianBlur, medianFilter } from "../../baselines/filters.js";
import type { Pca } from "../../baselines/pca.js";
import { type RowFilter, wienerFilter } from "../../baselines/wiener.js";
import { psnr } from "../../evaluation/image-quality.js";
import { isImageModel, type ModelConfig } from "../../models/config.js";
import { unflatten } from "../../models/model.js";
import { type Denoiser, modelFilter } from "./denoiser.js";
import { inMode, nameOf, type Study } from "../study.js";

/** Training examples, clean and behind the noise in question: rows `[count, dimensions]`. */
export interface Pairs {
  readonly clean: Tensor;
  readonly noisy: Tensor;
}

/** A method made ready for one noise. */
export interface Fitted {
  readonly filter: RowFilter;
  /** The setting that it chose, where it has one. */
  readonly setting?: number;
}

/** A way of denoising. */
export interface Method {
  readonly name: string;
  /** What pictures call it. */
  readonly short: string;
  /** Whether it is a model of this run rather than a baseline. */
  readonly ours: boolean;
  /** Makes it ready for the noise of these pairs, which only some methods look at. */
  readonly fit: (pairs: Pairs) => Fitted;
}

/**
 * The methods for a study, in the order of the tables: the noisy input itself; for images a 3 x 3 median and a Gaussian
 * blur; the Wiener filter along the principal components; the denoiser, and the study's model where it is another.
 */
export function denoisingMethods(study: Study, denoiser: Denoiser, pca: Pca): Method[] {
  const { config } = study.model;
  const image = isImageModel(config);
  const ours = { name: denoiser.name, short: "denoiser", ours: true };
  return [
    baseline("noisy input", "noisy", () => ({ filter: (rows) => rows })),
    ...(image ? imageFilters(config) : []),
    baseline("Wiener filter in the PCA basis", "Wiener", ({ clean, noisy }) => {
      const filter = inMode(study, () => wienerFilter(pca, clean, noisy, { clip: image }));
      return { filter: (rows) => inMode(study, () => filter(rows)) };
    }),
    { ...ours, fit: () => ({ filter: modelFilter(study, denoiser.model) }) },
    ...(denoiser.model === study.model ? [] : [cleanlyTrained(study)]),
  ];
}

const baseline = (name: string, short: string, fit: Method["fit"]): Method => ({ name, short, ours: false, fit });

/** The study's model, which has never seen noise. */
const cleanlyTrained = (study: Study): Method => ({
  name: `${nameOf(study.model)}, trained on clean ${isImageModel(study.model.config) ? "images" : "rows"}`,
  short: study.model.kind === "vae" ? "VAE" : "autoencoder",
  ours: true,
  fit: () => ({ filter: modelFilter(study, study.model) }),
});

const imageFilters = (config: ModelConfig): Method[] => [
  baseline("3 x 3 median", "median", () => ({ filter: onImages(config, medianFilter) })),
  baseline("Gaussian blur", "blur", (pairs) => bestBlur(config, pairs)),
];

/** A filter of images as a filter of rows. */
const onImages =
  (config: ModelConfig, filter: (images: Tensor) => Tensor): RowFilter =>
  (rows) =>
    reshape(filter(unflatten(config, rows)), rows.shape);

/** The widths that the blur chooses from, in pixels. */
const WIDTHS = [0.5, 0.75, 1, 1.25, 1.5];

/** Training images that it chooses by, from the front. */
export const BLUR_PAIRS = 1000;

/** The blur of the width that serves these pairs best. */
function bestBlur(config: ModelConfig, pairs: Pairs): Fitted {
  const [clean, noisy] = [pairs.clean, pairs.noisy].map((rows) => slice(rows, [{ stop: BLUR_PAIRS }]));
  const candidates = WIDTHS.map((setting) => {
    const filter = onImages(config, (images) => gaussianBlur(images, setting));
    return { filter, setting, score: psnr(filter(noisy), clean) };
  });
  const { filter, setting } = candidates.reduce((best, one) => (one.score > best.score ? one : best));
  return { filter, setting };
}
