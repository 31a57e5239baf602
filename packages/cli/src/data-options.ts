// The options that name a data set, which several verbs share.

import { ArgumentError } from "@elbo/tensor";
import type { Dataset } from "@elbo/vae";
import { anchored, type DataSource, hasChanged, loadData, loadForRun, type Run } from "@elbo/vae/node";
import { type Given, number, type OptionSpecs, text, UsageError } from "./options.js";

interface Defaults {
  readonly data: string;
  readonly train: string;
  readonly test: string;
  readonly seed: string;
  readonly label: string;
}

const described = ({ data, train, test, seed, label }: Defaults): OptionSpecs => ({
  data: {
    value: "digits|sensors|FOLDER|FILE.csv",
    about:
      "drawn digits, a pump's readings with outliers, a folder of IDX files (plain or .gz), of train.csv and test.csv, " +
      `or of PNG images, or one table (default: ${data})`,
  },
  label: { value: "NAME", about: `the column of a table that holds the labels (default: ${label})` },
  "train-size": { value: "N", about: `training examples, from the front (default: ${train})` },
  "test-size": { value: "N", about: `test examples, from the front (default: ${test})` },
  "data-seed": {
    value: "N",
    about: `the seed of digits and sensors, and of the division of data in one part (default: ${seed})`,
  },
});

/** For a new run. */
export const dataOptions = described({
  data: "digits",
  train: "60000 digits, 5000 sensor rows, or all there are",
  test: "10000 digits, 1000 sensor rows, or all there are",
  seed: "0",
  label: "label, where there is one",
});

/** For a run that has its data already. */
export const otherDataOptions = described({
  data: "the run's",
  train: "the run's",
  test: "the run's",
  seed: "the run's",
  label: "the run's",
});

/** The source that the options name, over a stored one where there is one. */
export function sourceOf(given: Given, stored?: DataSource): DataSource {
  const data = text(given, "data");
  if (data === "") throw new UsageError("--data is empty; give digits, sensors, a folder or a .csv file");
  if (text(given, "label") === "") throw new UsageError("--label is empty; name a column");
  const fresh: DataSource = { data: data ?? "digits", trainSize: null, testSize: null, dataSeed: 0 };
  const base = data === undefined && stored ? stored : fresh;
  const label = text(given, "label") ?? base.label;
  return anchored({
    data: base.data,
    trainSize: number(given, "train-size", { whole: true, least: 1 }) ?? base.trainSize,
    testSize: number(given, "test-size", { whole: true, least: 1 }) ?? base.testSize,
    dataSeed: number(given, "data-seed", { whole: true, least: 0 }) ?? base.dataSeed,
    ...(label !== undefined && { label }),
  });
}

/** Loads the data that the options name for a run, or its own, in the units that it has learned. */
export async function loadFor(run: Pick<Run, "folder" | "config">, given: Given): Promise<Dataset> {
  const source = sourceOf(given, run.config.source);
  const data = withExamples(await loadForRun(run, source));
  if (hasChanged(run, source, data))
    console.error(`elbo: ${source.data} is not the data any more that ${run.folder} was trained on`);
  return data;
}

/** Loads, and makes sure that there is something to train on and to test with. */
export const load = async (source: DataSource): Promise<Dataset> => withExamples(await loadData(source));

function withExamples(data: Dataset): Dataset {
  for (const part of ["train", "test"] as const) {
    if (data[part].inputs.shape[0] === 0)
      throw new ArgumentError(`${data.name} has no ${part} examples`, { op: "data" });
  }
  return data;
}
