// The options that name a data set, which several verbs share.

import { ArgumentError } from "@elbo/tensor";
import type { Dataset } from "@elbo/vae";
import { anchored, type DataSource, loadData } from "@elbo/vae/node";
import { type Given, number, type OptionSpecs, text, UsageError } from "./options.js";

const described = (data: string, train: string, test: string, seed: string): OptionSpecs => ({
  data: {
    value: "digits|FOLDER",
    about: `the embedded digits, or a folder with IDX files, plain or .gz (default: ${data})`,
  },
  "train-size": { value: "N", about: `training examples, from the front (default: ${train})` },
  "test-size": { value: "N", about: `test examples, from the front (default: ${test})` },
  "data-seed": { value: "N", about: `the seed of the embedded digits (default: ${seed})` },
});

/** For a new run. */
export const dataOptions = described("digits", "60000 digits, or all there are", "10000 digits, or all there are", "0");

/** For a run that has its data already. */
export const otherDataOptions = described("the run's", "the run's", "the run's", "the run's");

/** The source that the options name, over a stored one where there is one. */
export function sourceOf(given: Given, stored?: DataSource): DataSource {
  const data = text(given, "data");
  if (data === "") throw new UsageError("--data is empty; give digits or a folder");
  const base =
    data === undefined && stored ? stored : { data: data ?? "digits", trainSize: null, testSize: null, dataSeed: 0 };
  return anchored({
    data: base.data,
    trainSize: number(given, "train-size", { whole: true, least: 1 }) ?? base.trainSize,
    testSize: number(given, "test-size", { whole: true, least: 1 }) ?? base.testSize,
    dataSeed: number(given, "data-seed", { whole: true, least: 0 }) ?? base.dataSeed,
  });
}

/** Loads, and makes sure that there is something to train on and to test with. */
export async function load(source: DataSource): Promise<Dataset> {
  const data = await loadData(source);
  for (const part of ["train", "test"] as const) {
    if (data[part].inputs.shape[0] === 0)
      throw new ArgumentError(`${data.name} has no ${part} examples`, { op: "data" });
  }
  return data;
}
