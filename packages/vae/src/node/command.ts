// The command that repeats a run.

import { noiseName } from "../data/corruption.js";
import { usesSeed } from "./data-source.js";
import type { RunChoices } from "./run-folder.js";

/** A word as a shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w./:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The options of `elbo train` that say what a run follows from, in the order in which help lists them. */
export function trainOptions({ model, training, source }: RunChoices): Record<string, string> {
  return {
    data: source.data,
    ...(source.trainSize === null ? {} : { "train-size": String(source.trainSize) }),
    ...(source.testSize === null ? {} : { "test-size": String(source.testSize) }),
    ...(usesSeed(source) ? { "data-seed": String(source.dataSeed) } : {}),
    ...(source.label === undefined ? {} : { label: source.label }),
    model: model.kind === "vae" ? "vae" : "ae",
    hidden: model.hidden.length === 0 ? "none" : model.hidden.join(","),
    latent: String(model.latent),
    activation: model.activation,
    likelihood: model.likelihood,
    ...(model.likelihood === "gaussian" ? { sigma: String(model.sigma) } : {}),
    targets: training.targets,
    ...(training.corruption ? { corrupt: training.corruption.map(noiseName).join(",") } : {}),
    epochs: String(training.epochs),
    batch: String(training.batch),
    lr: String(training.lr),
    ...(model.kind === "vae" ? { beta: String(training.beta) } : {}),
    optimizer: training.optimizer,
    matmul: training.matmul,
    seed: String(training.seed),
  };
}

/**
 * How this process was asked for the elbo command, so that messages can be copied: through a script of the repository,
 * or as the installed program.
 */
export function launcher(): string {
  const script = process.env["npm_lifecycle_event"];
  return script === "elbo" || script === "start" ? "npx --yes pnpm@10.34.9 elbo" : "npx elbo";
}

/** The command that repeats a run, in a new folder. */
export const repeatCommand = (config: RunChoices): string =>
  [
    `${launcher()} train`,
    ...Object.entries(trainOptions(config)).map(([name, value]) => `--${name} ${quoted(value)}`),
  ].join(" ");

/** The command that goes on with the run in a folder. */
export const resumeCommand = (folder: string): string => `${launcher()} train --resume ${quoted(folder)}`;
