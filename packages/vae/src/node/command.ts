// The command that repeats a run.

import type { RunConfig } from "./run-folder.js";

const quoted = (word: string): string => (/^[\w./:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The options of `elbo train` that say what a run follows from, in the order in which help lists them. */
export function trainOptions({ model, training, source }: RunConfig): Record<string, string> {
  return {
    data: source.data,
    ...(source.trainSize === null ? {} : { "train-size": String(source.trainSize) }),
    ...(source.testSize === null ? {} : { "test-size": String(source.testSize) }),
    ...(source.data === "digits" ? { "data-seed": String(source.dataSeed) } : {}),
    model: model.kind === "vae" ? "vae" : "ae",
    hidden: model.hidden.length === 0 ? "none" : model.hidden.join(","),
    latent: String(model.latent),
    activation: model.activation,
    likelihood: model.likelihood,
    ...(model.likelihood === "gaussian" ? { sigma: String(model.sigma) } : {}),
    targets: training.targets,
    epochs: String(training.epochs),
    batch: String(training.batch),
    lr: String(training.lr),
    beta: String(training.beta),
    optimizer: training.optimizer,
    seed: String(training.seed),
  };
}

/** `pnpm elbo train ...` for a run. */
export const repeatCommand = (config: RunConfig, folder: string): string =>
  [
    "pnpm elbo train",
    ...Object.entries({ ...trainOptions(config), out: folder }).map(([name, value]) => `--${name} ${quoted(value)}`),
  ].join(" ");
