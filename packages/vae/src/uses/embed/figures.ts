// How true an embedding is to its data: neighbourhoods kept, classes kept apart, examples got back.

import { key, mean, slice, square, sub, type Tensor } from "@elbo/tensor";
import { accuracy, classifyByNeighbours } from "../../baselines/neighbours.js";
import type { Dataset, Split } from "../../data/dataset.js";
import { evaluate } from "../../evaluation/evaluate.js";
import { psnr } from "../../evaluation/image-quality.js";
import { trustworthiness } from "../../evaluation/trustworthiness.js";
import { dimensionsOf, isImageModel } from "../../models/config.js";
import { flatten } from "../../models/model.js";
import type { Column, Row } from "../comparison.js";
import { type Embedder, inBlocks } from "./embedders.js";
import { inMode, type Study } from "../study.js";

/** A method with its coordinates, `[count, dimensions]`, of both parts. */
export interface Embedded {
  readonly embedder: Embedder;
  readonly train: Tensor;
  readonly test: Tensor;
}

/** Test examples between which neighbourhoods are compared: the time grows with their square. */
const COMPARED = 2000;
/** Neighbours of the trustworthiness, where there are examples enough. */
const NEIGHBOURS = 12;
/** Training examples among which neighbours are looked for in the data themselves. */
const MOST = 10_000;

const compared = ({ test }: Dataset): number => Math.min(COMPARED, test.inputs.shape[0]);

/** The measure is defined for fewer neighbours than half of the examples; 0 where there are too few for one. */
const trustNeighbours = (data: Dataset): number => Math.min(NEIGHBOURS, Math.ceil(compared(data) / 2) - 1);

/** Whether a class can be told from another: both parts are labelled, and training knows two classes. */
const hasClasses = ({ train, test }: Dataset): boolean =>
  train.labels !== null && test.labels !== null && new Set(train.labels.data).size > 1;

/** What an embedding is judged by, in the order of the values of `embeddingRow`. */
export const embeddingColumns = ({ model, data }: Study, neighbours: number): Column[] => [
  { name: `trustworthiness, ${trustNeighbours(data)} neighbours`, unit: "", better: "higher", decimals: 3 },
  { name: `${neighbours}-NN accuracy`, unit: "%", better: "higher", decimals: 1 },
  isImageModel(model.config)
    ? { name: "reconstruction", unit: "dB PSNR", better: "higher", decimals: 2 }
    : { name: "reconstruction RMSE", unit: "standard units", better: "lower", decimals: 3 },
  { name: "-ELBO", unit: "nats", better: "lower", decimals: 2 },
];

/**
 * One method's row: trustworthiness on the first 2000 test examples; the share in % of all test examples whose class
 * most of their nearest training examples in the embedding have; the error of the way there and back on the test part;
 * and, of the VAE under study, the negative ELBO of the test part with one draw of z for each example.
 */
export async function embeddingRow(study: Study, { embedder, train, test }: Embedded, choices: Judging): Promise<Row> {
  const { model, data } = study;
  const { inputs } = data.test;
  const restored = await inBlocks(study, test, embedder.decode);
  return {
    method: embedder.method,
    ours: embedder.ours,
    values: [
      inMode(study, () => trust(study, slice(test, [{ stop: compared(data) }]))),
      inMode(study, () => neighbourAccuracy(data, { train, test }, choices.neighbours)),
      isImageModel(model.config) ? psnr(restored, inputs) : Math.sqrt(mean(square(sub(restored, inputs))).item()),
      embedder.ours ? inMode(study, () => negativeElbo(study, data.test, choices.seed)) : null,
    ],
  };
}

/** What the figures depend on beside the embedding. */
export interface Judging {
  /** k of the nearest neighbours that vote. */
  readonly neighbours: number;
  /** The seed of the draws of z. */
  readonly seed: number;
}

/** The accuracy of neighbours in all dimensions of the data, for reference; null where there are no two classes. */
export function dataRow({ model, data }: Study, neighbours: number): Row | null {
  const train = flatten(model.config, slice(data.train.inputs, [{ stop: MOST }]));
  const labels = data.train.labels && slice(data.train.labels, [{ stop: MOST }]);
  const first: Dataset = { ...data, train: { inputs: train, labels } };
  const codes = { train, test: flatten(model.config, data.test.inputs) };
  const share = train.shape[0] < data.train.inputs.shape[0] ? `, first ${train.shape[0]} training examples` : "";
  const what = isImageModel(model.config) ? "pixels" : "columns";
  const figure = neighbourAccuracy(first, codes, Math.min(neighbours, train.shape[0]));
  if (figure === null) return null;
  return {
    method: `all ${dimensionsOf(model.config)} ${what}${share}`,
    ours: false,
    reference: true,
    values: [null, figure, null, null],
  };
}

function trust({ model, data }: Study, codes: Tensor): number | null {
  const neighbours = trustNeighbours(data);
  if (neighbours < 1) return null;
  return trustworthiness(flatten(model.config, slice(data.test.inputs, [{ stop: compared(data) }])), codes, neighbours);
}

/** In %; null where there are no two classes. */
function neighbourAccuracy(data: Dataset, codes: Omit<Embedded, "embedder">, neighbours: number): number | null {
  if (!hasClasses(data)) return null;
  const predicted = classifyByNeighbours(codes.train, data.train.labels!, codes.test, neighbours);
  return 100 * accuracy(predicted, data.test.labels!);
}

function negativeElbo({ model, training }: Study, part: Split, seed: number): number | null {
  const { elbo } = evaluate(model, part, key(seed), { targets: training.targets });
  return elbo === null ? null : -elbo;
}
