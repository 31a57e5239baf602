// Where a run's data comes from: the embedded digits or a folder of IDX files, and how much of it.

import { resolve } from "node:path";
import { ArgumentError, slice } from "@elbo/tensor";
import type { Dataset, Split } from "../data/dataset.js";
import { digits } from "../data/digits/digits.js";
import { loadIdxFolder } from "./idx-folder.js";

/** What `--data` and its companions say; enough to load the same data again. */
export interface DataSource {
  /** `digits`, or the path of a folder with IDX files. */
  readonly data: string;
  /** How many examples of each part, from the front; null takes what is there. */
  readonly trainSize: number | null;
  readonly testSize: number | null;
  /** The seed of generated data. */
  readonly dataSeed: number;
}

/** A source with the folder as an absolute path, so that it is found again from elsewhere. */
export const anchored = (source: DataSource): DataSource => ({
  ...source,
  data: source.data === "digits" ? "digits" : resolve(source.data),
});

/**
 * Loads the data of a source.
 * @throws FileError, DataError where the folder cannot be read or its files are not what they claim to be
 */
export async function loadData(source: DataSource): Promise<Dataset> {
  const { data, trainSize, testSize, dataSeed } = source;
  if (data === "digits") return digits({ train: trainSize ?? undefined, test: testSize ?? undefined, seed: dataSeed });
  const whole = await loadIdxFolder(data);
  return { ...whole, train: first(whole.train, trainSize, "train"), test: first(whole.test, testSize, "test") };
}

function first(part: Split, count: number | null, name: string): Split {
  if (count === null) return part;
  const there = part.inputs.shape[0];
  if (!Number.isInteger(count) || count < 1 || count > there) {
    throw new ArgumentError(
      `the ${name} part has ${there} examples, so a size is a whole number from 1 to ${there}; got ${count}`,
      { op: "data" },
    );
  }
  const take = [{ stop: count }];
  return { inputs: slice(part.inputs, take), labels: part.labels && slice(part.labels, take) };
}
