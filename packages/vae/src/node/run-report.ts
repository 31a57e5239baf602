// The report of a run: everything that `report.html` shows, computed from the model and its data.

import { key as keyOf, foldIn, gather, slice, withMatmulMode } from "@elbo/tensor";
import type { Dataset } from "../data/dataset.js";
import { spreadOver } from "../data/spread.js";
import { meanKlPerDimension } from "../evaluation/evaluate.js";
import { projectToPlane } from "../evaluation/latent.js";
import { sampleMeans } from "../evaluation/samples.js";
import { isImageModel } from "../models/config.js";
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
  const images = isImageModel(model.config);
  const chosen = gather(test.inputs, spreadOver(test, SHOWN));
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
    latentMap: { ...projectToPlane(latentMeans(model, mapped)), labels, classes: data.classes },
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
