// The report of a run: everything that `report.html` shows, computed from the model and its data.

import { key as keyOf, foldIn, gather, fromTypedArray, slice, type Tensor, withMatmulMode } from "@elbo/tensor";
import type { Dataset, Split } from "../data/dataset.js";
import { meanKlPerDimension } from "../evaluation/evaluate.js";
import { projectToPlane } from "../evaluation/latent.js";
import { sampleMeans } from "../evaluation/samples.js";
import { describeModel } from "../models/describe.js";
import { latentMeans, type Model, reconstruct } from "../models/model.js";
import { type ReportData, reportPage } from "../report/index.js";
import { runKeys } from "../training/fit.js";
import { type MultiplyAdd, multiplyAddHistory } from "../training/multiply-adds.js";
import type { Report } from "../training/report.js";
import { repeatCommand, trainOptions } from "./command.js";
import { machineFacts } from "./machine.js";
import { type RunConfig, weightsHash } from "./run-folder.js";

const SHOWN = 20;
const SAMPLES = 50;
const MAPPED = 3000;
const SAMPLE_SEED = 0;

/** The pieces of a finished or interrupted run. */
export interface RunPieces {
  readonly config: RunConfig;
  readonly model: Model;
  readonly log: readonly Report[];
  readonly data: Dataset;
  /** The classes of multiply-add that the run has used, as its checkpoint records them. */
  readonly multiplyAdds: readonly MultiplyAdd[];
}

/** The page of a run, as HTML. What it computes is computed in the run's mode of matrix products. */
export async function runReport(pieces: RunPieces): Promise<string> {
  const versions = await machineFacts();
  return withMatmulMode(pieces.config.training.matmul, () => reportPage({ ...computed(pieces), versions }));
}

function computed({ config, model, log, data, multiplyAdds }: RunPieces): Omit<ReportData, "versions"> {
  const { test } = data;
  const images = model.config.input.length === 2;
  const chosen = gather(test.inputs, spread(test, SHOWN));
  const mapped = slice(test.inputs, [{ stop: MAPPED }]);
  const labels = test.labels && Array.from(slice(test.labels, [{ stop: MAPPED }]).data);
  const kl =
    model.kind === "vae"
      ? Array.from(meanKlPerDimension(model, test, runKeys(config.training.seed).test, config.training.targets).data)
      : null;
  return {
    title: `${model.kind === "vae" ? "Variational autoencoder" : "Autoencoder"} on ${data.name}`,
    architecture: describeModel(model),
    log,
    inputs: images ? chosen : null,
    reconstructions: images ? reconstruct(model, chosen) : null,
    samples: images
      ? sampleMeans(model, data.train.inputs, foldIn(keyOf(config.training.seed), SAMPLE_SEED), SAMPLES)
      : null,
    latentMap: { ...projectToPlane(latentMeans(model, mapped)), labels },
    klPerDimension: kl,
    settings: {
      ...trainOptions(config),
      "multiply-adds": multiplyAddHistory(multiplyAdds),
      "train examples": data.train.inputs.shape[0],
      "test examples": test.inputs.shape[0],
      "weights SHA-256": weightsHash(model),
    },
    command: repeatCommand(config),
  };
}

/** Indices of `count` examples, taking the classes in turn where there are labels. */
function spread(part: Split, count: number): Tensor {
  const total = part.inputs.shape[0];
  const all = Array.from({ length: total }, (_, i) => i);
  if (part.labels === null) return indices(all.slice(0, count));
  const labels = part.labels.data;
  const rank = new Map<number, number>();
  const turn = all.map((i) => {
    const seen = rank.get(labels[i]) ?? 0;
    rank.set(labels[i], seen + 1);
    return seen;
  });
  return indices([...all].sort((a, b) => turn[a] - turn[b] || labels[a] - labels[b] || a - b).slice(0, count));
}

const indices = (list: readonly number[]): Tensor => fromTypedArray(Int32Array.from(list), [list.length]);
