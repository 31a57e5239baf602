// The elbo command as a function: finds the verb, runs it, and turns every error into one line and an exit code.

import { ArgumentError, ElboError, ShapeError } from "@elbo/tensor";
import { InterruptedError } from "@elbo/vae";
import { FileError, packageVersion } from "@elbo/vae/node";
import { UsageError } from "./options.js";
import { anomalyVerb } from "./verbs/anomaly.js";
import { denoiseVerb } from "./verbs/denoise.js";
import { embedVerb } from "./verbs/embed.js";
import { evaluateRun } from "./verbs/eval.js";
import { info } from "./verbs/info.js";
import { generateVerb } from "./verbs/generate.js";
import { interpolate } from "./verbs/interpolate.js";
import { reconstructVerb } from "./verbs/reconstruct.js";
import { report } from "./verbs/report.js";
import { sample } from "./verbs/sample.js";
import { start } from "./verbs/start.js";
import { train } from "./verbs/train.js";
import { traverse } from "./verbs/traverse.js";

const verbs: Readonly<
  Record<string, { readonly run: (args: readonly string[]) => Promise<number>; readonly about: string }>
> = {
  start: { run: start, about: "a first VAE on the embedded digits, within a minute" },
  train: { run: train, about: "train an autoencoder or a VAE into a run folder" },
  eval: { run: evaluateRun, about: "the figures of a run on test data, with importance-sampled NLL" },
  sample: { run: sample, about: "draw new examples" },
  reconstruct: { run: reconstructVerb, about: "test examples beside their reconstructions" },
  interpolate: { run: interpolate, about: "the ways between two test examples through the latent space" },
  traverse: { run: traverse, about: "what each latent dimension changes" },
  embed: { run: embedVerb, about: "dimensionality reduction: coordinates, a map, the decoder's manifold" },
  denoise: { run: denoiseVerb, about: "noise reduction: test examples beside filters, or a picture of yours" },
  anomaly: { run: anomalyVerb, about: "anomaly detection: scores, a threshold, and what was found" },
  generate: { run: generateVerb, about: "generation: samples judged beside an autoencoder's and real examples" },
  report: { run: report, about: "these four uses of a run on one page, each beside its baselines" },
  info: { run: info, about: "versions and machine, or what a run holds" },
};

const usage = (): string =>
  [
    "elbo: autoencoders and variational autoencoders",
    "",
    "Usage: elbo VERB [options]; elbo VERB --help explains one",
    "",
    ...Object.entries(verbs).map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`),
    "",
    "--debug shows where an error came from.",
  ].join("\n");

/**
 * Runs a command line. Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted. Verbs that compute switch on, for
 * the whole process, the flags of Node's engine that make matrix products faster (`@elbo/tensor/node`).
 * @example await elbo(["info"]) // 0
 */
export async function elbo(words: readonly string[]): Promise<number> {
  const debug = words.includes("--debug");
  const [name, ...args] = words.filter((word) => word !== "--debug");
  try {
    if (name === "help" && Object.hasOwn(verbs, args[0] ?? "")) return await verbs[args[0]].run(["--help"]);
    if (name === undefined || name === "help" || name === "--help" || name === "-h") {
      console.log(usage());
      return name === undefined ? 2 : 0;
    }
    if (name === "--version" || name === "-V") {
      console.log(await packageVersion());
      return 0;
    }
    if (!Object.hasOwn(verbs, name))
      throw new UsageError(`there is no verb ${JSON.stringify(name)}; there are ${Object.keys(verbs).join(", ")}`);
    return await verbs[name].run(args);
  } catch (error) {
    if (debug) console.error(error);
    else console.error(oneLine(error));
    if (error instanceof InterruptedError) return 130;
    return error instanceof UsageError ||
      error instanceof ArgumentError ||
      error instanceof ShapeError ||
      isBadInput(error)
      ? 2
      : 1;
  }
}

/** Data that the caller named and that is not there, or not what it claims to be, counts as a bad call. */
const isBadInput = (error: unknown): boolean =>
  (error instanceof ElboError && error.code === "DATA") ||
  (error instanceof FileError && (error.reason === "ENOENT" || error.reason === "ENOTDIR"));

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof ElboError || error instanceof UsageError;
  return `elbo: ${(known ? message : `unexpected: ${message} (run again with --debug for details)`).replaceAll(/\s*\n\s*/g, " ")}`;
}
