// elbo eval: the figures of a trained model on the test part of a data set.

import { key as keyOf, mean, slice, square, sub, withMatmulMode } from "@elbo/tensor";
import {
  bitsPerDimension,
  type Dataset,
  dimensionsOf,
  evaluate,
  type Execution,
  meanKlPerDimension,
  type Model,
  nll,
  reconstruct,
  type TrainingConfig,
} from "@elbo/vae";
import { machineFacts, matmulFacts, openRun, writeFileAtomic } from "@elbo/vae/node";
import { loadFor, otherDataOptions } from "../data-options.js";
import { executionOf, executionOptions } from "../execution-options.js";
import { helpText, number, type OptionSpecs, readOptions, text, UsageError } from "../options.js";
import { counter } from "../progress.js";
import { prepareToEvaluate } from "../switches.js";
import { nats, table } from "../tables.js";

const specs: OptionSpecs = {
  ...otherDataOptions,
  samples: { value: "K", about: "importance samples an example for the NLL of a VAE; 0 leaves it out (default 100)" },
  "nll-size": { value: "N", about: "test examples for the NLL, from the front (default 1000)" },
  seed: { value: "N", about: "of the noise (default 0)" },
  json: { value: "FILE", about: "the table as JSON" },
  ...executionOptions,
};

export const help = helpText(
  "elbo eval RUN: ELBO, reconstruction, KL, active dimensions and importance-sampled NLL on the test part",
  specs,
  "elbo eval runs/start --samples 50",
);

/** A latent dimension counts as active above this many nats of KL. */
const ACTIVE = 0.01;

export async function evaluateRun(args: readonly string[]): Promise<number> {
  const given = readOptions("eval", specs, args, ["run"]);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  const [folder] = given.words;
  if (folder === undefined) throw new UsageError("eval: which run? give its folder: elbo eval runs/start");
  const samples = number(given, "samples", { whole: true, least: 0 }) ?? 100;
  const size = number(given, "nll-size", { whole: true, least: 1 }) ?? 1000;
  const seed = number(given, "seed", { whole: true, least: 0 }) ?? 0;
  const choices = { samples, size, seed, ...executionOf(given) };
  const run = await openRun(folder);
  const { model, config } = run;
  const data = await loadFor(run, given);
  const { test } = data;
  prepareToEvaluate();
  const figures = withMatmulMode(config.training.matmul, () => judged(model, config.training, data, choices));
  console.log(
    `${data.name}, ${test.inputs.shape[0]} test examples${figures.nll === undefined ? "" : `; NLL with ${samples} importance samples on ${Math.min(size, test.inputs.shape[0])} of them`}; nats per example`,
  );
  console.log(
    table(
      Object.entries(figures).map(([name, value]) => [
        name,
        name === "active dimensions"
          ? String(value)
          : name.startsWith("mean") || name.startsWith("bits")
            ? value.toFixed(5)
            : nats(value),
      ]),
    ),
  );
  const out = text(given, "json");
  if (out !== undefined) {
    await writeFileAtomic(
      out,
      `${JSON.stringify({ run: folder, data: data.name, examples: test.inputs.shape[0], samples, seed, figures, matmul: config.training.matmul, versions: { ...(await machineFacts()), ...matmulFacts() } }, null, 2)}\n`,
    );
  }
  return 0;
}

interface Choices extends Execution {
  /** Importance samples an example for the NLL. */
  readonly samples: number;
  /** Test examples for the NLL. */
  readonly size: number;
  readonly seed: number;
}

/** The figures by name, in the order in which they are shown. */
function judged(
  model: Model,
  { targets, beta }: TrainingConfig,
  { test }: Dataset,
  { samples, size, seed, ...execution }: Choices,
): Record<string, number> {
  const key = keyOf(seed);
  const metrics = evaluate(model, test, key, { targets, beta, ...execution });
  const errors = mean(square(sub(reconstruct(model, test.inputs), test.inputs))).item();
  const figures: Record<string, number> = { reconstruction: metrics.reconstruction, "mean squared error": errors };
  if (model.kind === "vae") {
    const kl = Array.from(meanKlPerDimension(model, test, key, targets, execution).data);
    figures.elbo = metrics.elbo!;
    figures.kl = metrics.kl;
    figures["bits per dimension"] = bitsPerDimension(-metrics.elbo!, dimensionsOf(model.config));
    figures["active dimensions"] = kl.filter((one) => one > ACTIVE).length;
    if (figures["active dimensions"] === 0)
      console.log(
        "warning: the posterior has collapsed onto the prior: no latent dimension carries information; try a smaller --beta",
      );
    if (samples > 0) {
      const part = { inputs: slice(test.inputs, [{ stop: size }]), labels: null };
      const estimate = nll(model, part, key, { samples, targets, onProgress: counter("NLL"), ...execution });
      figures.nll = estimate.nll;
      figures["nll standard error"] = estimate.standardError;
    }
  }
  return figures;
}
