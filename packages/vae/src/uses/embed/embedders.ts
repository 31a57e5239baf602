// Ways into fewer dimensions and back, made alike so that one judge can compare them.

import { clamp, concat, slice, type Tensor } from "@elbo/tensor";
import { type Pca, project, restore } from "../../baselines/pca.js";
import { rowBlocks } from "../../baselines/rows.js";
import { isImageModel, type ModelConfig } from "../../models/config.js";
import { decodeMeans, flatten, latentMeans, type Model, unflatten } from "../../models/model.js";
import { pauses } from "../../training/pauses.js";
import { inMode, type Study } from "../study.js";

/** One way into `dimensions` numbers and back. */
export interface Embedder {
  readonly method: string;
  /** Whether it is the model under study. */
  readonly ours: boolean;
  readonly dimensions: number;
  /** Examples `[count, ...input]` to coordinates `[count, dimensions]`. */
  readonly encode: (inputs: Tensor) => Tensor;
  /** Coordinates `[count, dimensions]` to examples `[count, ...input]`. */
  readonly decode: (codes: Tensor) => Tensor;
}

/** `1 dimension`, `2 dimensions` */
export const inDimensions = (count: number): string => `${count} ${count === 1 ? "dimension" : "dimensions"}`;

/** By a model: the means of `q(z|x)`, or the codes, and back by the means of `p(x|z)`. */
export const modelEmbedder = (model: Model, method: string, ours: boolean): Embedder => ({
  method,
  ours,
  dimensions: model.config.latent,
  encode: (inputs) => latentMeans(model, inputs),
  decode: (codes) => cut(model.config, decodeMeans(model, codes)),
});

/** By the first k principal components, or by all of them where there are fewer. */
export function pcaEmbedder(pca: Pca, config: ModelConfig, k: number): Embedder {
  const dimensions = Math.min(k, pca.variances.size);
  return {
    method: `PCA, ${inDimensions(dimensions)}`,
    ours: false,
    dimensions,
    encode: (inputs) => project(pca, flatten(config, inputs), dimensions),
    decode: (codes) => cut(config, unflatten(config, restore(pca, codes))),
  };
}

/** Pixels are cut off at 0 and 1, which can only bring them nearer to the true ones. */
const cut = (config: ModelConfig, examples: Tensor): Tensor =>
  isImageModel(config) ? clamp(examples, 0, 1) : examples;

/** Examples walked at a time, which bounds memory. */
const BLOCK = 2000;

/** `body` of the rows, block by block, in the study's mode of matrix products and with pauses between. */
export async function inBlocks(study: Study, rows: Tensor, body: (block: Tensor) => Tensor): Promise<Tensor> {
  const breathe = pauses();
  const parts: Tensor[] = [];
  for (const block of rowBlocks(rows.shape[0], BLOCK)) {
    parts.push(inMode(study, () => body(slice(rows, [block]))));
    await breathe();
  }
  return concat(parts);
}
