// Examples for a model that is trained already: a table, images in a folder, or one file of them.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { concat, formatShape, fromTypedArray, gather, reshape, sameShape, type Shape, type Tensor } from "@elbo/tensor";
import { type Columns, standardise } from "../data/columns.js";
import { LABEL, rowNames, type Records, tableOf } from "../data/csv.js";
import { DataError } from "../data/errors.js";
import { parseIdx } from "../data/idx.js";
import { parsePng } from "../data/png.js";
import { readCsv } from "./csv-table.js";
import { fileError, readFileChecked, shown } from "./files.js";
import { holdsIdx, loadIdxFolder } from "./idx-folder.js";
import { holdings, listFolder } from "./listing.js";

/** What the model takes. */
export interface Expected {
  /** The shape of one example. */
  readonly input: Shape;
  /** The columns and standard units of a table. */
  readonly columns?: Columns;
  /** The column of a table that holds labels and is passed over; `label` unless given. */
  readonly label?: string;
}

/**
 * Reads examples as a model takes them: a `.csv` file, whose columns may come in another order, in the model's standard
 * units; a `.png` file; a file of IDX images; a folder of `.png` files, sorted by name; or the test part of a folder of
 * IDX files. Labels are passed over.
 *
 * @returns `[count, ...input]`, float32
 * @throws FileError where the path cannot be read
 * @throws DataError where it holds no examples, or others than the model takes
 * @example await loadExamples("readings.csv", { input: [12], columns: data.columns })
 */
export async function loadExamples(path: string, expected: Expected): Promise<Tensor> {
  const examples = await read(path, expected);
  const found = examples.shape.slice(1);
  if (!sameShape(found, expected.input)) {
    throw new DataError(
      `${shown(path)}: examples are ${formatShape(found)}, the model takes ${formatShape(expected.input)}; bring them to that size`,
    );
  }
  return examples;
}

async function read(path: string, expected: Expected): Promise<Tensor> {
  const about = await stat(path).catch((cause: unknown) => {
    throw fileError(path, "read", cause);
  });
  if (about.isDirectory()) return readFolder(path);
  if (/\.csv$/i.test(path)) return readTable(await readCsv(path), expected);
  const bytes = await readFileChecked(path);
  if (/\.png$/i.test(path)) return asExample(parsePng(bytes, shown(path)));
  const { shape, data } = parseIdx(bytes, shown(path));
  return fromTypedArray(
    Float32Array.from(data, (level) => level / 255),
    shape,
  );
}

/** The rows in the model's order of columns and its units. */
function readTable(records: Records, { columns, label = LABEL }: Expected): Tensor {
  if (columns === undefined) throw new DataError(`${records.file}: is a table, but the model was not trained on one`);
  const table = tableOf(records, label);
  const lacking = columns.names.find((column) => !table.names.includes(column));
  const surplus = table.names.find((column) => !columns.names.includes(column));
  const told = [
    ...(lacking === undefined ? [] : [`lacks the column "${lacking}"`]),
    ...(surplus === undefined ? [] : [`has a column "${surplus}"`]),
  ];
  if (told.length > 0) {
    throw new DataError(`${records.file}: ${told.join(" and ")}; the model's columns are ${listed(columns.names)}`);
  }
  const order = Int32Array.from(columns.names, (column) => table.names.indexOf(column));
  const rows = gather(table.rows, fromTypedArray(order, [order.length]), { axis: 1 });
  return standardise(columns, rows, rowNames(records));
}

/** `a, b and 3 more`, twelve names at most. */
const listed = (names: readonly string[]): string =>
  names.slice(0, 12).join(", ") + (names.length > 12 ? ` and ${names.length - 12} more` : "");

async function readFolder(folder: string): Promise<Tensor> {
  const { files } = await listFolder(folder);
  if (holdsIdx(files)) return (await loadIdxFolder(folder)).test.inputs;
  const pngs = files.filter((file) => /\.png$/i.test(file) && !file.startsWith("."));
  if (pngs.length === 0) throw new DataError(`${shown(folder)}: no PNG or IDX images; ${holdings(files)}.`);
  const images: Tensor[] = [];
  for (const file of pngs) {
    const path = join(folder, file);
    const image = parsePng(await readFileChecked(path), shown(path));
    if (images.length > 0 && !sameShape(image.shape, images[0].shape.slice(1))) {
      const was = formatShape(images[0].shape.slice(1));
      throw new DataError(`${shown(path)}: is ${formatShape(image.shape)} pixels, but ${shown(pngs[0])} is ${was}`);
    }
    images.push(asExample(image));
  }
  return concat(images);
}

const asExample = (image: Tensor): Tensor => reshape(image, [1, ...image.shape]);
