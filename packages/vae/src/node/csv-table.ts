// CSV tables as data sets: a folder with train.csv and test.csv, or one file that is divided.

import { basename, join, resolve } from "node:path";
import { checkOptions, fromTypedArray, gather, type Tensor } from "@elbo/tensor";
import { classify } from "../data/classes.js";
import { describeColumns, standardise } from "../data/columns.js";
import { checkLabel, LABEL, readRecords, type Records, rowNames, type Table, tableOf } from "../data/csv.js";
import type { Dataset, Split } from "../data/dataset.js";
import { divide } from "../data/divide.js";
import { DataError } from "../data/errors.js";
import { readFileChecked, shown } from "./files.js";
import { holdings, isFolder, listFolder } from "./listing.js";

/** Options of {@link loadCsvTable}. */
export interface CsvTableOptions {
  /** The column of labels, which must be there; unless given, the one called `label`, if any. */
  readonly label?: string;
  /** The seed by which one file is divided; 0 unless said otherwise. */
  readonly dataSeed?: number;
}

/** A part as it is written, before classes are counted and columns brought to standard units. */
interface Part extends Table {
  /** What messages call the row at a place: by its file and its number there, also where the file was divided. */
  readonly rowName: (row: number) => string;
}

interface Parts {
  readonly train: Part;
  readonly test: Part;
}

/** The files of a folder of tables. */
export const TABLES = ["train.csv", "test.csv"] as const;

/**
 * Reads a folder with `train.csv` and `test.csv`, or one file that is divided 5 : 1 into training and test rows by a
 * permutation from the seed (`divide`). Inputs are in standard units of the training rows; classes are counted over
 * both parts. A part of a folder may lack the labels, whose `labels` are then null.
 *
 * @param path the folder or the file
 * @returns inputs `[count, columns]`, float32; labels `[count]`, int32, or null; the columns, and classes where named
 * @throws FileError where the folder or a file cannot be read
 * @throws DataError where a table is damaged (see `parseTable`), a value is out of reach (see `standardise`), the two do
 *   not fit, or the label named is in neither
 * @example const { train, columns } = await loadCsvTable("readings.csv", { label: "state" })
 */
export async function loadCsvTable(path: string, options: CsvTableOptions = {}): Promise<Dataset> {
  checkOptions("loadCsvTable", options, ["label", "dataSeed"]);
  const parts = (await isFolder(path)) ? await readBoth(path, options) : await readOne(path, options);
  const { train, test } = parts;
  const columns = describeColumns(train.names, train.rows);
  const [trainLabels, testLabels, classes] = classed(parts, shown(path));
  const split = ({ rows, rowName }: Part, labels: Tensor | null): Split => ({
    inputs: standardise(columns, rows, rowName),
    labels,
  });
  return {
    name: basename(resolve(path)).replace(/\.csv$/i, ""),
    train: split(train, trainLabels),
    test: split(test, testLabels),
    ...(classes && { classes }),
    columns,
  };
}

async function readBoth(folder: string, { label }: CsvTableOptions): Promise<Parts> {
  const { files } = await listFolder(folder);
  const absent = TABLES.find((file) => !files.includes(file));
  if (absent !== undefined) {
    throw new DataError(`${shown(folder)}: no ${absent}; tables are ${TABLES.join(" and ")}, ${holdings(files)}.`);
  }
  const records = [await readCsv(join(folder, TABLES[0])), await readCsv(join(folder, TABLES[1]))];
  if (label !== undefined) checkLabel(label, shown(folder), records);
  const [train, test] = records.map((part) => ({ ...tableOf(part, label ?? LABEL), rowName: rowNames(part) }));
  checkSameColumns(folder, train.names, test.names);
  return { train, test };
}

async function readOne(path: string, { label, dataSeed = 0 }: CsvTableOptions): Promise<Parts> {
  const records = await readCsv(path);
  if (label !== undefined) checkLabel(label, shown(path), [records]);
  const table = tableOf(records, label ?? LABEL);
  const { train, test } = divide(table.rows.shape[0], dataSeed, shown(path));
  const part = (indices: Int32Array): Part => {
    const rowName = rowNames(records);
    return { ...take(table, indices), rowName: (row) => rowName(indices[row]) };
  };
  return { train: part(train), test: part(test) };
}

/**
 * The records of a file of CSV in UTF-8.
 * @throws FileError where it cannot be read, DataError where it is no such text
 */
export async function readCsv(path: string): Promise<Records> {
  return readRecords(decodeText(await readFileChecked(path), path), shown(path));
}

function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(`${shown(path)}: is no text in UTF-8; save it as CSV in UTF-8`, { cause });
  }
}

/** The rows at these indices, in their order. */
function take({ names, rows, labels }: Table, indices: Int32Array): Table {
  return {
    names,
    rows: gather(rows, fromTypedArray(indices, [indices.length])),
    labels: labels && Array.from(indices, (row) => labels[row]),
  };
}

function checkSameColumns(folder: string, train: readonly string[], test: readonly string[]): void {
  const count = Math.max(train.length, test.length);
  const odd = Array.from({ length: count }, (_, i) => i).find((i) => train[i] !== test[i]);
  if (odd === undefined) return;
  const said = (name: string | undefined): string => (name === undefined ? "missing" : `"${name}"`);
  throw new DataError(
    `${shown(folder)}: column ${odd + 1} is ${said(train[odd])} in ${TABLES[0]} and ${said(test[odd])} in ${TABLES[1]}; give both the same columns in the same order`,
  );
}

/** The labels of both parts, classed together so that a class has one number. */
function classed({ train, test }: Parts, name: string): [Tensor | null, Tensor | null, readonly string[] | undefined] {
  const count = train.labels?.length ?? 0;
  const { labels, classes } = classify([...(train.labels ?? []), ...(test.labels ?? [])], name);
  const all = labels.data as Int32Array;
  const part = (own: readonly string[] | null, from: number): Tensor | null =>
    own && fromTypedArray(all.slice(from, from + own.length), [own.length]);
  return [part(train.labels, 0), part(test.labels, count), classes];
}
