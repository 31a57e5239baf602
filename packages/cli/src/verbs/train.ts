// elbo train: a new run, or more of an existing one.

import { type Likelihood, type ModelConfig, modelConfig, type TrainingConfig, trainingConfig } from "@elbo/vae";
import {
  openRun,
  reportPath,
  requireNewRun,
  resumeCommand,
  resumeRun,
  type RunConfig,
  type RunOutcome,
  startRun,
  trainOptions,
  weightsHash,
} from "@elbo/vae/node";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { dataOptions, load, sourceOf } from "../data-options.js";
import {
  choice,
  corruption,
  type Given,
  helpText,
  number,
  type OptionSpecs,
  readOptions,
  text,
  UsageError,
  widths,
} from "../options.js";
import { executionOf, executionOptions } from "../execution-options.js";
import { interruptible } from "../interrupt.js";
import { trainingDisplay } from "../progress.js";
import { prepareToTrain } from "../switches.js";
import { duration } from "@elbo/vae/report";
import { nats, plural } from "../tables.js";

const specs: OptionSpecs = {
  ...dataOptions,
  model: { value: "ae|vae", about: "a plain or a variational autoencoder (default vae)" },
  hidden: {
    value: "N,N,...",
    about: "widths of the encoder's hidden layers, mirrored in the decoder (default 200,200)",
  },
  latent: { value: "N", about: "latent dimensions (default 20)" },
  activation: { value: "relu|tanh", about: "between hidden layers (default relu)" },
  likelihood: { value: "bernoulli|gaussian", about: "p(x|z) (default bernoulli, and gaussian for tables)" },
  sigma: { value: "S|learned", about: "standard deviation of a Gaussian likelihood (default learned)" },
  targets: {
    value: "gray|dynamic",
    about: "gray pixels as they are, or drawn anew as 0 or 1 at each step (default gray)",
  },
  corrupt: {
    value: "KIND:LEVEL,...",
    about:
      "noise that the encoder sees and the decoder undoes; each example draws one of gaussian:S, salt-pepper:P, masking:P (default none)",
  },
  epochs: { value: "N", about: "passes over the training data (default 10)" },
  batch: { value: "N", about: "examples a step (default 128)" },
  lr: { value: "R", about: "learning rate (default 0.001)" },
  beta: { value: "B", about: "weight of the KL term (default 1)" },
  optimizer: { value: "adam|sgd|momentum", about: "how gradients become steps (default adam)" },
  matmul: {
    value: "fast|strict",
    about: "matrix products: fused multiply-adds where there are any, or the same bits on every machine (default fast)",
  },
  seed: { value: "N", about: "of weights, order and noise (default 0)" },
  ...executionOptions,
  out: { value: "FOLDER", about: "the run folder (default runs/DATA-MODEL, numbered)" },
  resume: { value: "FOLDER", about: "go on with this run; --epochs may be raised, no other choice changed" },
};

export const help = helpText(
  "elbo train: train a variational or a plain autoencoder, and leave weights, log and report in a run folder",
  specs,
  "elbo train --data digits --train-size 2000 --test-size 500 --hidden 100 --latent 10 --epochs 2 --seed 1",
);

export async function train(args: readonly string[]): Promise<number> {
  const given = readOptions("train", specs, bareResume(args), []);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  return interruptible(async (signal) =>
    summary(given.options.resume === undefined ? await begin(given, signal) : await goOn(given, signal)),
  );
}

/** `--resume --out FOLDER` means `--resume FOLDER`. */
function bareResume(args: readonly string[]): string[] {
  const at = args.indexOf("--resume");
  const bare = at >= 0 && (args[at + 1] === undefined || args[at + 1].startsWith("--"));
  if (!bare) return [...args];
  const out = args.indexOf("--out");
  const folder = out < 0 ? args.find((arg) => arg.startsWith("--out="))?.slice("--out=".length) : args[out + 1];
  if (!folder) throw new UsageError("--resume needs the run folder: --resume FOLDER");
  return [...args.slice(0, at), `--resume=${folder}`, ...args.slice(at + 1)];
}

function modelOf(given: Given, input: readonly number[], fallback: Likelihood): ModelConfig {
  const sigma = text(given, "sigma");
  const likelihood = choice(given, "likelihood", ["bernoulli", "gaussian"]) ?? fallback;
  if (sigma !== undefined && likelihood !== "gaussian") {
    throw new UsageError("--sigma belongs to --likelihood gaussian");
  }
  return modelConfig(choice(given, "model", ["vae", "ae"]) === "ae" ? "autoencoder" : "vae", {
    input,
    hidden: widths(given, "hidden"),
    latent: number(given, "latent", { whole: true, least: 1 }),
    activation: choice(given, "activation", ["relu", "tanh"]),
    likelihood,
    sigma: sigma === "learned" ? "learned" : number(given, "sigma"),
    seed: number(given, "seed", { whole: true, least: 0 }),
  });
}

const trainingOf = (given: Given): TrainingConfig =>
  trainingConfig({
    epochs: number(given, "epochs", { whole: true, least: 1 }),
    batch: number(given, "batch", { whole: true, least: 1 }),
    lr: number(given, "lr"),
    beta: number(given, "beta", { least: 0 }),
    targets: choice(given, "targets", ["gray", "dynamic"]),
    corruption: corruption(given, "corrupt"),
    optimizer: choice(given, "optimizer", ["adam", "sgd", "momentum"]),
    matmul: choice(given, "matmul", ["fast", "strict"]),
    seed: number(given, "seed", { whole: true, least: 0 }),
  });

async function begin(given: Given, signal: AbortSignal): Promise<RunOutcome> {
  const source = sourceOf(given);
  const training = trainingOf(given);
  const execution = executionOf(given);
  // Wrong choices are told before the data is read. Whether it is a table is known with certainty only after that.
  modelOf(given, [1], source.data === "digits" ? "bernoulli" : "gaussian");
  if (text(given, "out") === "") throw new UsageError("--out is empty; give a folder");
  if (text(given, "out") !== undefined) await requireNewRun(text(given, "out")!);
  const data = await load(source);
  const model = modelOf(given, data.train.inputs.shape.slice(1), data.columns ? "gaussian" : "bernoulli");
  prepareToTrain("train");
  const folder = text(given, "out") ?? freshFolder(`runs/${data.name}-${model.kind === "vae" ? "vae" : "ae"}`);
  const display = trainingDisplay(model.kind, training.epochs, training.batch);
  console.log(
    `training on ${data.train.inputs.shape[0]} examples of ${data.name}, testing on ${data.test.inputs.shape[0]}; Ctrl-C stops and keeps a checkpoint in ${folder}`,
  );
  try {
    return await startRun(folder, { model, training, source }, data, { ...display, ...execution, signal });
  } finally {
    display.stop();
  }
}

async function goOn(given: Given, signal: AbortSignal): Promise<RunOutcome> {
  const folder = text(given, "resume")!;
  const execution = executionOf(given);
  const { config, state } = await openRun(folder);
  refuseOtherChoices(given, config);
  const epochs = number(given, "epochs", { whole: true, least: 1 }) ?? config.training.epochs;
  if (epochs === state.epoch && state.step === 0) {
    throw new UsageError(
      `${folder} has all of its ${plural(epochs, "epoch")}; for more, say how many there are to be in all: --epochs ${epochs + 1}`,
    );
  }
  const data = await load(config.source);
  prepareToTrain("train");
  const onNotice = (notice: string): void => console.error(`elbo train: ${notice}`);
  const display = trainingDisplay(config.model.kind, epochs, config.training.batch);
  console.log(`resuming ${folder} at epoch ${state.epoch + 1}${state.step > 0 ? `, after step ${state.step}` : ""}`);
  try {
    return await resumeRun(folder, data, { ...display, ...execution, onNotice, signal, epochs });
  } finally {
    display.stop();
  }
}

/**
 * A resumed run follows from what its config says; an option that says otherwise is a mistake. How long it is to be and
 * how it is executed may change.
 */
function refuseOtherChoices(given: Given, config: RunConfig): void {
  const stored = trainOptions(config);
  for (const [name, value] of Object.entries(given.options)) {
    if (name === "resume" || name === "epochs" || name in executionOptions || value === undefined) continue;
    if (name === "out" && value === given.options.resume) continue;
    const same =
      name === "data"
        ? sourceOf(given, config.source).data === config.source.data
        : stored[name] === value || Number(stored[name]) === Number(value);
    if (!same)
      throw new UsageError(
        `--${name} ${value} differs from the run, which has ${stored[name] ?? "none"}; leave it out, or train a new run`,
      );
  }
}

/** The first of `base`, `base-2`, `base-3` ... that does not exist yet. */
export function freshFolder(base: string): string {
  let folder = base;
  for (let n = 2; existsSync(folder); n++) folder = `${base}-${n}`;
  return folder;
}

/** Below this many nats of KL in all, the latent variables carry nothing. */
const COLLAPSED = 0.05;

/** The last lines of a run: figures, hash, report; and how to go on where it was interrupted. */
export function summary({ folder, model, config, log, interrupted }: RunOutcome): number {
  if (interrupted) {
    console.log(`stopped; continue with: ${resumeCommand(folder)}`);
    return 130;
  }
  const { test } = log[log.length - 1];
  const seconds = log.reduce((total, report) => total + report.seconds, 0);
  const figures =
    model.kind === "vae"
      ? `test ELBO ${nats(test.elbo)} nats per example = reconstruction ${nats(test.reconstruction)} - KL ${nats(test.kl)}`
      : `test reconstruction ${nats(test.reconstruction)} nats per example`;
  console.log(`${figures}, after ${plural(config.training.epochs, "epoch")} in ${duration(seconds)}`);
  if (model.kind === "vae" && test.kl < COLLAPSED) {
    console.log(
      "warning: the posterior has collapsed onto the prior (KL near 0): z carries no information; try a smaller --beta",
    );
  }
  console.log(`weights SHA-256 ${weightsHash(model)}`);
  console.log(`report: ${resolve(reportPath(folder))}`);
  return 0;
}
