// elbo report: every use of a run, written into its folder and laid into one page.

import { join, resolve } from "node:path";
import { type Dataset, nameOf } from "@elbo/vae";
import { openRun, type Run, writeFileAtomic } from "@elbo/vae/node";
import { type Exhibit, usesPage } from "@elbo/vae/report";
import { loadFor } from "../data-options.js";
import { executionOf } from "../execution-options.js";
import { type Given, helpText, type OptionSpecs, readOptions, text, UsageError } from "../options.js";
import { circumstances, commandOf, epochsOf, keep, seedOf, study, studyOptions, type Use, withBudget } from "./use.js";
import { requireWritable } from "../paths.js";
import { prepareToTrain } from "../switches.js";
import { uses } from "./uses.js";

const specs: OptionSpecs = {
  ...studyOptions,
  only: { value: "USE,...", about: `some of ${uses.map(({ name }) => name).join(", ")} (default all)` },
  out: { value: "FILE.html", about: "the page (default RUN/uses.html)" },
};

export const help = helpText(
  "elbo report RUN: what a trained model is good for: every use beside its baselines, on one page",
  specs,
  "elbo report runs/start",
);

export async function report(args: readonly string[]): Promise<number> {
  const given = readOptions("report", specs, args, ["run"]);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  const [folder] = given.words;
  if (folder === undefined) throw new UsageError("report: which run? give its folder: elbo report runs/start");
  const chosen = chosenUses(given);
  seedOf(given);
  epochsOf(given);
  executionOf(given);
  const out = text(given, "out") ?? join(folder, "uses.html");
  requireWritable(out === join(folder, "uses.html") ? undefined : out);
  const run = await openRun(folder);
  const data = await loadFor(run, given);
  const command = commandOf("report", args);
  prepareToTrain("report");
  const facts = await circumstances(run, data, command);
  const works = chosen.map((use) => [use, use.prepare(given, run, data)] as const);
  const exhibits = await study("report", given, run, data, async (studied) => {
    const done: Exhibit[] = [];
    for (const [{ name }, work] of works) {
      console.log(`${name} (${done.length + 1} of ${works.length})`);
      const exhibit = withBudget(await work(studied), given, run, data);
      await keep(exhibit, join(folder, name), facts);
      done.push(exhibit);
    }
    return done;
  });
  const { versions } = facts;
  await writeFileAtomic(out, usesPage({ ...headOf(run, data), exhibits, command, versions }));
  console.log(`page: ${resolve(out)}`);
  return 0;
}

function chosenUses(given: Given): readonly Use[] {
  const names = text(given, "only")?.split(",");
  if (names === undefined) return uses;
  const unknown = names.find((name) => !uses.some((use) => use.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `--only takes some of ${uses.map(({ name }) => name).join(", ")}, separated by commas; got ${JSON.stringify(unknown)}`,
    );
  }
  return uses.filter(({ name }) => names.includes(name));
}

/** The title of the page and its first sentence. */
function headOf({ folder, model, config, state }: Run, data: Dataset): { title: string; summary: string } {
  const epochs = `${state.epoch} ${state.epoch === 1 ? "epoch" : "epochs"}`;
  return {
    title: `What the ${model.kind === "vae" ? "variational autoencoder" : "autoencoder"} of ${folder} is good for`,
    summary: `${nameOf(model)}, trained for ${epochs} with seed ${config.training.seed}, judged on ${data.test.inputs.shape[0].toLocaleString("en-US")} test examples of ${data.name}.`,
  };
}
