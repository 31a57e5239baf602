// Dimensionality reduction: where examples lie in latent space, how true that picture is, and what PCA makes of them.

import { ArgumentError, checkOptions, slice, type Tensor } from "@elbo/tensor";
import { type Pca, principalComponents } from "../baselines/pca.js";
import { checkCount } from "../data/arguments.js";
import type { Dataset, Split } from "../data/dataset.js";
import { autoencoder } from "../models/autoencoder.js";
import { isImageModel } from "../models/config.js";
import { decodeMeans, flatten } from "../models/model.js";
import type { Comparison, Row } from "./comparison.js";
import { type Embedder, inBlocks, inDimensions, modelEmbedder, pcaEmbedder } from "./embed/embedders.js";
import { dataRow, type Embedded, embeddingColumns, embeddingRow, type Judging } from "./embed/figures.js";
import { latentGrid, type LatentGrid } from "./embed/manifold.js";
import { planeMap, type PlaneMap, posteriorDeviations, withPosteriors } from "./embed/plane-map.js";
import { companion, inMode, nameOf, type Study } from "./study.js";

export interface EmbedOptions {
  /** k of the nearest neighbours whose classes are voted on; 5 unless given, or all training examples if fewer. */
  readonly neighbours?: number;
  /** The part whose coordinates are given; `test` unless said otherwise. */
  readonly part?: "train" | "test";
  /** Images in one row of the manifold; 20 unless given. */
  readonly grid?: number;
  /** The seed of the draws of z of the ELBO; 0 unless given. */
  readonly seed?: number;
}

/** Where each example of a part lies. */
export interface Coordinates {
  readonly part: "train" | "test";
  /** `[count, latent]`: the means of `q(z|x)`, or the codes. */
  readonly codes: Tensor;
  /** `[count, latent]`: the standard deviations of `q(z|x)`; null for an autoencoder. */
  readonly deviations: Tensor | null;
  readonly labels: Tensor | null;
}

/** The grid of latent points and what the decoder makes of them. */
export interface Manifold extends LatentGrid {
  /** `[rows * columns, height, width]` */
  readonly images: Tensor;
}

export interface EmbedResult {
  readonly comparison: Comparison;
  /** The row of the comparison that is no embedding but the data themselves; null without classes. */
  readonly reference: Row | null;
  readonly coordinates: Coordinates;
  /** Up to 3000 test examples. */
  readonly map: PlaneMap;
  /** The same examples by PCA in two dimensions, and, where the model has two, by the linear autoencoder. */
  readonly opponents: readonly PlaneMap[];
  /** null where examples are no images. */
  readonly manifold: Manifold | null;
  /** The name of class i at [i], where the data has names. */
  readonly classes: readonly string[] | null;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Test examples on a map. */
const MAPPED = 3000;
/** Ellipses on a map; more would hide each other. */
const ELLIPSES = 200;

/**
 * The options of `embed` with their defaults, checked.
 * @throws ArgumentError for an unknown name or part, or a number that cannot be
 */
export function embedOptions({ train }: Dataset, options: EmbedOptions): Required<EmbedOptions> {
  checkOptions("embed", options, ["neighbours", "part", "grid", "seed"]);
  const count = train.inputs.shape[0];
  const { neighbours = Math.min(5, count), part = "test", grid = 20, seed = 0 } = options;
  checkCount("embed", "neighbours", neighbours, 1, count);
  checkCount("embed", "grid", grid, 1, 100);
  checkCount("embed", "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  if (part !== "train" && part !== "test")
    throw new ArgumentError(`part is train or test, got ${JSON.stringify(part)}`, { op: "embed" });
  return { neighbours, part, grid, seed };
}

/**
 * The embedding that a model makes of its data, beside PCA with as many dimensions and a linear autoencoder that is
 * trained with the model's budget: coordinates, figures, maps, and for images the decoder's manifold. All are fitted on
 * the training part and judged on the test part.
 * @throws ArgumentError for options that cannot be, ShapeError where the data do not suit the model
 * @example const { comparison, map } = await embed({ model, data, training: trainingConfig({ epochs: 3 }) });
 */
export async function embed(study: Study, options: EmbedOptions = {}): Promise<EmbedResult> {
  const choices = embedOptions(study.data, options);
  const { model, data } = study;
  const { config } = model;
  const pca = inMode(study, () => principalComponents(flatten(config, data.train.inputs)));
  const linear = await linearCompanion(study);
  const ours = await embedded(study, modelEmbedder(model, nameOf(model), true));
  const opponents = [
    await embedded(study, pcaEmbedder(pca, config, config.latent)),
    await embedded(study, modelEmbedder(linear.model, `linear autoencoder, ${inDimensions(config.latent)}`, false)),
  ];
  const reference = inMode(study, () => dataRow(study, choices.neighbours));
  return {
    comparison: await compare(study, [ours, ...opponents], reference, choices),
    reference,
    coordinates: await coordinates(study, ours, choices.part),
    map: inMode(study, () => mapOf(study, ours)),
    opponents: inMode(study, () => opponentMaps(study, pca, opponents)),
    manifold: isImageModel(config) ? inMode(study, () => manifold(study, ours, choices.grid)) : null,
    classes: data.classes ?? null,
    facts: {
      "training examples": data.train.inputs.shape[0],
      "test examples": data.test.inputs.shape[0],
      ...(typeof study.seconds === "number" && { "model, training seconds": study.seconds }),
      "linear autoencoder, training seconds": linear.seconds,
      seed: choices.seed,
    },
  };
}

/** The linear autoencoder: what gradient steps make of PCA, as its optimum spans the same subspace (Baldi and Hornik 1989). */
function linearCompanion(study: Study): ReturnType<typeof companion> {
  const { input, latent, seed } = study.model.config;
  const linear = autoencoder({ input, hidden: [], latent, likelihood: "gaussian", sigma: 1, seed });
  return companion(study, "linear", linear, study.data, { targets: "gray", corruption: [] });
}

async function embedded(study: Study, embedder: Embedder): Promise<Embedded> {
  const { train, test } = study.data;
  return {
    embedder,
    train: await inBlocks(study, train.inputs, embedder.encode),
    test: await inBlocks(study, test.inputs, embedder.encode),
  };
}

async function compare(
  study: Study,
  methods: readonly Embedded[],
  reference: Row | null,
  judging: Judging,
): Promise<Comparison> {
  const { data } = study;
  const rows: Row[] = [];
  for (const method of methods) rows.push(await embeddingRow(study, method, judging));
  return {
    title: `Embeddings of ${data.name}, ${data.test.inputs.shape[0]} test examples`,
    columns: embeddingColumns(study, judging.neighbours),
    rows: reference === null ? rows : [...rows, reference],
  };
}

async function coordinates(study: Study, ours: Embedded, part: "train" | "test"): Promise<Coordinates> {
  const { model, data } = study;
  const { inputs, labels } = data[part];
  const deviations =
    model.kind === "vae" ? await inBlocks(study, inputs, (block) => posteriorDeviations(model, block)) : null;
  return { part, codes: ours[part], deviations, labels };
}

/** The first rows of a part. */
const front = ({ inputs, labels }: Split, count: number): Split => ({
  inputs: slice(inputs, [{ stop: count }]),
  labels: labels && slice(labels, [{ stop: count }]),
});

function mapOf({ model, data }: Study, { embedder, test }: Embedded): PlaneMap {
  const part = front(data.test, MAPPED);
  const codes = slice(test, [{ stop: MAPPED }]);
  const map = planeMap(embedder.method, codes, part.labels);
  return model.kind === "vae" ? withPosteriors(map, model, part, codes, ELLIPSES) : map;
}

function opponentMaps({ model, data }: Study, pca: Pca, [, linear]: readonly Embedded[]): PlaneMap[] {
  if (pca.variances.size < 2) return [];
  const { inputs, labels } = front(data.test, MAPPED);
  const flat = pcaEmbedder(pca, model.config, 2);
  const plain: PlaneMap = { ...planeMap(flat.method, flat.encode(inputs), labels), axes: ["PC 1", "PC 2"] };
  if (model.config.latent !== 2) return [plain];
  return [plain, planeMap(linear.embedder.method, slice(linear.test, [{ stop: MAPPED }]), labels)];
}

function manifold({ model }: Study, { test }: Embedded, size: number): Manifold {
  const grid = latentGrid(model.kind, slice(test, [{ stop: MAPPED }]), size);
  return { ...grid, images: decodeMeans(model, grid.points) };
}
