// Where a run's data comes from: generated, a folder or a table, and how much of it.

import { resolve } from "node:path";
import { ArgumentError, slice } from "@elbo/tensor";
import type { Dataset, Split } from "../data/dataset.js";
import { digits } from "../data/digits/digits.js";
import { DataError } from "../data/errors.js";
import { sensors } from "../data/sensors/sensors.js";
import { loadCsvTable, TABLES } from "./csv-table.js";
import { shown } from "./files.js";
import { holdsIdx, loadIdxFolder } from "./idx-folder.js";
import { holdings, isFolder, listFolder } from "./listing.js";
import { holdsPngs, LAYOUTS, loadPngFolder } from "./png-folder.js";

/** What `--data` and its companions say; enough to load the same data again. */
export interface DataSource {
  /** `digits`, `sensors`, the path of a folder (IDX files, tables or PNG images), or of a `.csv` file. */
  readonly data: string;
  /** How many examples of each part, from the front; null takes what is there. */
  readonly trainSize: number | null;
  readonly testSize: number | null;
  /** The seed of generated data, and of the division of data that comes in one part. */
  readonly dataSeed: number;
  /** The column of a table that holds the labels; unless given, the one called `label`, if any. */
  readonly label?: string;
}

const generators = { digits, sensors } as const;

/** Whether the data is made from a seed; a folder of that name is written `./digits`. */
export const isGenerated = (data: string): data is keyof typeof generators => Object.hasOwn(generators, data);

/** Whether the seed of the data is worth telling: it makes the data, divides it, or was chosen. */
export const usesSeed = ({ data, dataSeed }: DataSource): boolean =>
  isGenerated(data) || isTable(data) || dataSeed !== 0;

const isTable = (path: string): boolean => /\.csv$/i.test(path);

/** A source with the folder or file as an absolute path, so that it is found again from elsewhere. */
export const anchored = (source: DataSource): DataSource => ({
  ...source,
  data: isGenerated(source.data) ? source.data : resolve(source.data),
});

/**
 * Loads the data of a source. A folder is read as IDX files where it has images of that format, as tables where it has
 * train.csv or test.csv, and else as PNG images. Sizes cut the parts after a table was brought to standard units.
 * @throws FileError, DataError where the folder cannot be read or its files are not what they claim to be
 * @throws ArgumentError where a size is not to be had, or a label is named for what is no table
 */
export async function loadData(source: DataSource): Promise<Dataset> {
  const { data, trainSize, testSize, dataSeed } = source;
  if (isGenerated(data)) {
    refuseLabel(source);
    return generators[data]({ train: trainSize ?? undefined, test: testSize ?? undefined, seed: dataSeed });
  }
  const whole = await loadPath(source);
  return { ...whole, train: first(whole.train, trainSize, "train"), test: first(whole.test, testSize, "test") };
}

async function loadPath(source: DataSource): Promise<Dataset> {
  const { data: path, dataSeed, label } = source;
  const tables = { dataSeed, ...(label !== undefined && { label }) };
  if (!(await isFolder(path))) {
    if (isTable(path)) return loadCsvTable(path, tables);
    throw new DataError(
      `${shown(path)}: is neither a folder nor a .csv file; data is digits, sensors, or one of those`,
    );
  }
  const { files, folders } = await listFolder(path);
  const idx = holdsIdx(files);
  if (!idx && TABLES.some((file) => files.includes(file))) return loadCsvTable(path, tables);
  if (!idx && !(await holdsPngs(path))) throw noData(path, [...folders, ...files]);
  refuseLabel(source);
  return idx ? loadIdxFolder(path) : loadPngFolder(path, { dataSeed });
}

const noData = (folder: string, held: readonly string[]): DataError =>
  new DataError(
    `${shown(folder)}: no data: looked for IDX images (train-images-idx3-ubyte and t10k-images-idx3-ubyte, plain or .gz), ` +
      `tables (${TABLES.join(" and ")}) and PNG images (${LAYOUTS}); ${holdings(held)}.`,
  );

function refuseLabel({ data, label }: DataSource): void {
  if (label === undefined) return;
  throw new ArgumentError(`a label names a column of a table, and ${shown(data)} is none; leave it out`, {
    op: "data",
  });
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
