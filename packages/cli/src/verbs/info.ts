// elbo info: what this installation is, or what a run holds.

import { describeModel, multiplyAddHistory } from "@elbo/vae";
import { machineFacts, matmulFacts, openRun, trainOptions, weightsHash } from "@elbo/vae/node";
import { helpText, readOptions } from "../options.js";
import { prepareToEvaluate } from "../switches.js";
import { nats, listing } from "../tables.js";

export const help = helpText(
  "elbo info [RUN]: versions, machine and what multiplies matrices there, or the model, settings and figures of a run",
  { json: { about: "as JSON" } },
  "elbo info runs/start",
);

export async function info(args: readonly string[]): Promise<number> {
  const given = readOptions("info", { json: { about: "" } }, args, ["run"]);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  const [folder] = given.words;
  const facts = folder === undefined ? await hereFacts() : await runFacts(folder);
  console.log(given.options.json ? JSON.stringify(facts, null, 2) : listing(facts));
  return 0;
}

async function hereFacts(): Promise<Record<string, string>> {
  prepareToEvaluate();
  return { ...(await machineFacts()), ...matmulFacts() };
}

async function runFacts(folder: string): Promise<Record<string, string | number>> {
  const { model, config, log, state } = await openRun(folder);
  const { encoder, decoder, latent, parameters, input } = describeModel(model);
  const layers = [
    input.join(" x "),
    ...encoder.map((layer) => layer.units),
    `z ${latent}`,
    ...decoder.map((layer) => layer.units),
    input.join(" x "),
  ];
  const last = log.at(-1);
  return {
    ...trainOptions(config),
    "multiply-adds": multiplyAddHistory(state.multiplyAdds),
    layers: layers.join(" - "),
    parameters,
    "epochs done": state.epoch,
    ...(state.step > 0 ? { "steps done in the next epoch": state.step } : {}),
    ...(last
      ? {
          "test elbo": nats(last.test.elbo),
          "test reconstruction": nats(last.test.reconstruction),
          "test kl": nats(last.test.kl),
        }
      : {}),
    "weights SHA-256": weightsHash(model),
  };
}
