// What the verbs of the uses share: open a run, study it with its companions, print the tables, write the exhibit.

import { basename, join } from "node:path";
import { bestValues, type Comparison, type Dataset, type Study } from "@elbo/vae";
import {
  exhibitJson,
  launcher,
  machineFacts,
  matmulFacts,
  openRun,
  quoted,
  type Run,
  studyRun,
  writeExhibit,
  writeFileAtomic,
} from "@elbo/vae/node";
import { type Exhibit, factName, factText } from "@elbo/vae/report";
import { loadFor, otherDataOptions } from "../data-options.js";
import { executionOf, executionOptions } from "../execution-options.js";
import { interruptible } from "../interrupt.js";
import { type Given, helpText, number, type OptionSpecs, readOptions, text, UsageError } from "../options.js";
import { isFile, requireWritable } from "../paths.js";
import { trainingDisplay } from "../progress.js";
import { prepareToTrain } from "../switches.js";
import { table } from "../tables.js";

/** One use as a verb. */
export interface Use {
  readonly name: string;
  /** What it does, as the first line of its help. */
  readonly about: string;
  /** The options that are its own. */
  readonly specs: OptionSpecs;
  /** A command line that runs as it stands. */
  readonly example: string;
  /** Reads its options, before anything is computed; what it returns does the work. */
  readonly prepare: (given: Given, run: Run, data: Dataset) => (study: Study) => Promise<Exhibit>;
  /** A second word that the verb can take, and what it does with it in place of all that. */
  readonly second?: { readonly word: string; readonly run: (given: Given) => Promise<number> };
}

/** What every use takes. */
export const studyOptions: OptionSpecs = {
  ...otherDataOptions,
  epochs: { value: "N", about: "of the companions that are trained for comparison (default the run's)" },
  seed: { value: "N", about: "of everything random but the training of companions (default 0)" },
  ...executionOptions,
};

const shared: OptionSpecs = {
  ...studyOptions,
  out: { value: "FOLDER", about: "where the tables and pictures go (default RUN/NAME of the use)" },
  json: { value: "FILE", about: "the whole table as JSON" },
};

/** The seed that a use was given. */
export const seedOf = (given: Given): number => number(given, "seed", { whole: true, least: 0 }) ?? 0;

/** The epochs of companions, where they were given. */
export const epochsOf = (given: Given): number | undefined => number(given, "epochs", { whole: true, least: 1 });

/** A verb that runs `elbo USE RUN`. */
export function useVerb(use: Use): (args: readonly string[]) => Promise<number> {
  const specs = { ...use.specs, ...shared };
  const words = ["RUN", ...(use.second ? [use.second.word] : [])];
  const usage = use.second ? `RUN [${use.second.word}]` : "RUN";
  const help = helpText(`elbo ${use.name} ${usage}: ${use.about}`, specs, use.example);
  return async (args) => {
    const given = readOptions(use.name, specs, args, words);
    if (given.options.help) {
      console.log(help);
      return 0;
    }
    const [folder] = given.words;
    if (folder === undefined)
      throw new UsageError(`${use.name}: which run? give its folder: elbo ${use.name} runs/start`);
    if (given.words.length > 1 && use.second) return use.second.run(given);
    const out = text(given, "out") ?? join(folder, use.name);
    seedOf(given);
    epochsOf(given);
    executionOf(given);
    const json = text(given, "json");
    requireWritable(json);
    if (isFile(out)) throw new UsageError(`--out names a folder, and ${out} is a file`);
    const run = await openRun(folder);
    const data = await loadFor(run, given);
    const work = use.prepare(given, run, data);
    const exhibit = withBudget(await study(use.name, given, run, data, work), given, run, data);
    const facts = await circumstances(run, data, commandOf(use.name, args));
    const files = await keep(exhibit, out, facts);
    if (json !== undefined) await writeFileAtomic(json, exhibitJson(exhibit, { ...facts }));
    show(exhibit);
    console.log(`\n${files.length} files in ${out}: ${files.map((file) => basename(file)).join(", ")}`);
    return 0;
  };
}

/** An exhibit with what its comparisons owe to the budget of the models, as facts. */
export const withBudget = (exhibit: Exhibit, given: Given, { state }: Run, { train }: Dataset): Exhibit => ({
  ...exhibit,
  facts: {
    ...exhibit.facts,
    "epochs of the run": state.epoch,
    "epochs of models trained for comparison": epochsOf(given) ?? Math.max(1, state.epoch),
    "training examples there": train.inputs.shape[0],
  },
});

/** What stands beside the figures of a use: where they come from, and on what they were computed. */
export interface Circumstances {
  readonly run: string;
  readonly data: string;
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Once the switches are on, so that what multiplies matrices is what will have. */
export const circumstances = async (run: Run, data: Dataset, command: string): Promise<Circumstances> => ({
  run: run.folder,
  data: data.name,
  command,
  versions: { ...(await machineFacts()), ...matmulFacts() },
});

/** The command line of a verb, as it can be given again. */
export const commandOf = (verb: string, args: readonly string[]): string =>
  [launcher(), verb, ...args.map(quoted)].join(" ");

/** Writes an exhibit with its facts. */
export const keep = (exhibit: Exhibit, folder: string, facts: Circumstances): Promise<string[]> =>
  writeExhibit(folder, exhibit, { ...facts });

/** Runs the work on the study of a run, and shows the training of its companions. */
export async function study<R>(
  verb: string,
  given: Given,
  run: Run,
  data: Dataset,
  work: (study: Study) => Promise<R>,
): Promise<R> {
  const epochs = epochsOf(given);
  const { state, config, folder } = run;
  if (state.epoch < config.training.epochs)
    console.error(
      `elbo ${verb}: ${folder} has ${state.epoch} of its ${config.training.epochs} epochs; it is judged as it is`,
    );
  prepareToTrain(verb);
  return interruptible((signal) =>
    studyRun(
      run,
      data,
      {
        signal,
        epochs,
        ...executionOf(given),
        onTrain: (name, model, training, done) => {
          console.log(`training ${name}${done > 0 ? `, from epoch ${done + 1} on` : ""}`);
          const { onStep, stop } = trainingDisplay(model.kind, training.epochs, training.batch);
          return { onStep, stop };
        },
      },
      work,
    ),
  );
}

/** Prints what a use found. */
export function show({ reading, comparisons, facts }: Exhibit): void {
  console.log(`${reading}\n`);
  for (const comparison of comparisons) console.log(`${comparison.title}\n${table(rowsOf(comparison))}\n`);
  if (comparisons.some((comparison) => bestValues(comparison).some((best) => best !== null)))
    console.log("* the best of its column");
  console.log(
    Object.entries(facts)
      .map(([name, value]) => `${factName(name)}: ${factText(name, value)}`)
      .join("; "),
  );
}

/** A comparison as text; the best value of a column has a star. */
function rowsOf(comparison: Comparison): string[][] {
  const best = bestValues(comparison);
  return [
    ["", ...comparison.columns.map(({ name, unit }) => `${unit === "" ? name : `${name}, ${unit}`} `)],
    ...comparison.rows.map(({ method, values }) => [
      method,
      ...values.map((value, at) => {
        if (value === null) return "- ";
        return `${value.toFixed(comparison.columns[at].decimals)}${value === best[at] ? "*" : " "}`;
      }),
    ]),
  ];
}
