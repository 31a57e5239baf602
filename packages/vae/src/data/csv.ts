// Tables of numbers as CSV text (RFC 4180): every cell is a finite number, but for a column of labels.

import { ArgumentError, checkOptions, fromTypedArray, ShapeError, type Tensor } from "@elbo/tensor";
import Papa from "papaparse";
import { DataError } from "./errors.js";

/** The column of labels, unless another one is named. */
export const LABEL = "label";

/** What a CSV file holds. */
export interface Table {
  /** The names of the columns of numbers, without the one of labels. */
  readonly names: readonly string[];
  /** `[count, columns]`, float64. */
  readonly rows: Tensor;
  /** The label of each row as it is written; null where there is no such column. `classify` makes numbers of them. */
  readonly labels: readonly string[] | null;
}

/** Records as a file has them, each as long as the header. `first` is the number of the first one in the file. */
export interface Records {
  readonly file: string;
  readonly names: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly first: number;
}

/**
 * Reads a table: records of comma-separated cells, the first one names unless all its cells are numbers; then the
 * columns are called `column 1`, `column 2` and so on. A byte order mark, either kind of line end, quotes, blanks around
 * cells and empty lines at the end are understood.
 *
 * @param text the whole file
 * @param name what messages call it
 * @param options `label`: the column of labels, which must be there; unless given, the one called `label`, if any
 * @throws DataError that names the file, the row (counted as in the file, from 1) and the column: no rows, rows of
 *   another length, cells that are missing or no finite number, names that are missing, twice the same or mixed with
 *   numbers, bad quotes
 * @see RFC 4180, "Common Format and MIME Type for Comma-Separated Values (CSV) Files"
 * @example parseTable("a,b\n1,2\n3,4\n", "t.csv").rows // [[1, 2], [3, 4]]
 */
export function parseTable(text: string, name: string, options: { readonly label?: string } = {}): Table {
  checkOptions("parseTable", options, ["label"]);
  const records = readRecords(text, name);
  if (options.label !== undefined) checkLabel(options.label, name, [records]);
  return tableOf(records, options.label ?? LABEL);
}

/**
 * The numbers of records, with the labels of column `label`, or without labels where there is no such column.
 * @throws DataError that names the file, the row and the column
 */
export function tableOf(records: Records, label: string): Table {
  const { file, names, cells } = records;
  const labelled = names.indexOf(label);
  const kept = names.map((_, column) => column).filter((column) => column !== labelled);
  if (kept.length === 0) throw new DataError(`${file}: has no column but the labels; a model needs numbers to learn`);
  const columns = kept.map((column) => names[column]);
  checkHeader(file, columns);
  const rowName = rowNames(records);
  const at = (row: number, column: number): string => `${rowName(row)}, column "${names[column]}"`;
  const rows = new Float64Array(cells.length * kept.length);
  let next = 0;
  for (const [row, record] of cells.entries()) {
    for (const column of kept) rows[next++] = readNumber(record[column], () => at(row, column));
  }
  const labels = labelled < 0 ? null : cells.map((record) => record[labelled].trim());
  const unlabelled = labels?.indexOf("") ?? -1;
  if (unlabelled >= 0) throw missing(at(unlabelled, labelled));
  return {
    names: columns,
    rows: fromTypedArray(rows, [cells.length, kept.length]),
    labels,
  };
}

/** What messages call the record at a place, counted from 0: `t.csv: row 2`, the row being that of the file. */
export const rowNames =
  ({ file, first }: Records) =>
  (row: number): string =>
    `${file}: row ${first + row}`;

/** Refuses a label that is a column of none of these. */
export function checkLabel(label: string, name: string, records: readonly Records[]): void {
  if (records.some(({ names }) => names.includes(label))) return;
  throw new DataError(
    `${name}: has no column "${label}" for the labels; its columns are ${records[0].names.join(", ")}`,
  );
}

/**
 * A table as CSV text: a header, a row on each line, LF at the ends, the shortest digits that read back as the same
 * double. `parseTable` gives the names and the numbers again.
 *
 * @param rows `[count, columns]`, finite
 * @param labels a text for each row, which become the last column, called `label`
 * @throws ArgumentError where the names could not be read back: missing, twice the same, spaced at the ends, numbers, or
 *   a single one with a semicolon
 * @throws ShapeError where the names are not one for each column
 * @throws DataError where a number is not finite
 * @example formatTable(["a", "b, c"], tensor([[1, 0.5]])) // 'a,"b, c"\n1,0.5\n'
 */
export function formatTable(names: readonly string[], rows: Tensor, labels?: readonly string[]): string {
  if (rows.shape.length !== 2 || rows.shape[1] !== names.length || names.length === 0) {
    throw new ShapeError(`${names.length} names need rows [count, ${names.length}]`, {
      op: "formatTable",
      shapes: [rows.shape],
    });
  }
  const wrong = wrongName(names) ?? names.find((name) => tidy(name) !== name);
  if (wrong !== undefined || names.some(isNumber) || isUnsplit(names)) {
    throw new ArgumentError(
      `names are distinct texts without spaces at their ends, none of them a number, nor one with a semicolon; got ${JSON.stringify(wrong ?? names)}`,
      { op: "formatTable" },
    );
  }
  const width = names.length;
  const numbers = Array.from(rows.data, (value, i) => {
    if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
    const where = `row ${Math.floor(i / width)}, column "${names[i % width]}"`;
    throw new DataError(`${where} is ${value}; a table holds finite numbers`, { op: "formatTable" });
  });
  const lines = Array.from({ length: rows.shape[0] }, (_, row) => {
    const own = numbers.slice(row * width, (row + 1) * width).join();
    return labels === undefined ? own : `${own},${Papa.unparse([[labels[row]]])}`;
  });
  return [Papa.unparse([labels === undefined ? [...names] : [...names, LABEL]]), ...lines, ""].join("\n");
}

/** The records of a table, before it is known which column holds labels. */
export function readRecords(text: string, name: string): Records {
  // Line ends are made alike first: files that were put together from two systems mix them.
  const { data, errors } = Papa.parse<string[]>(text.replace(/\r\n?/g, "\n"), { delimiter: ",", newline: "\n" });
  const [bad] = errors;
  if (bad) throw new DataError(`${name}: row ${(bad.row ?? 0) + 1}: ${bad.message.toLowerCase()}; close the quotes`);
  while (data.length > 0 && isEmpty(data[data.length - 1])) data.pop();
  if (data.length === 0) throw new DataError(`${name}: is empty; a table is a row of names and rows of numbers`);

  if (isUnsplit(data[0])) {
    throw new DataError(`${name}: row 1 is one cell, ${quote(data[0][0])}; separate the columns by commas`);
  }
  const headless = data[0].every((cell) => isNumber(cell.trim()));
  const names = headless ? data[0].map((_, column) => `column ${column + 1}`) : data[0].map(tidy);
  const cells = headless ? data : data.slice(1);
  const first = headless ? 1 : 2;
  checkNames(name, names);
  if (cells.length === 0) throw new DataError(`${name}: holds a row of names and no numbers; add rows`);
  const odd = cells.findIndex((record) => record.length !== names.length);
  if (odd >= 0) {
    const found = isEmpty(cells[odd]) ? "is empty" : `has ${plural(cells[odd].length, "cell")}`;
    const expected = plural(names.length, "column");
    throw new DataError(`${name}: row ${first + odd} ${found}, the table ${expected}; fill it in, or drop the row`);
  }
  return { file: name, names, cells, first };
}

function checkNames(file: string, names: readonly string[]): void {
  const wrong = wrongName(names);
  if (wrong === "")
    throw new DataError(`${file}: column ${names.indexOf("") + 1} has no name in row 1; name or drop it`);
  if (wrong !== undefined) throw new DataError(`${file}: two columns are called "${wrong}"; rename one in row 1`);
}

/** Refuses names of which some are numbers: a row of numbers with a bad cell is no header, and must not be lost as one. */
function checkHeader(file: string, names: readonly string[]): void {
  const numbers = names.filter(isNumber);
  const words = names.filter((name) => !isNumber(name));
  if (numbers.length === 0 || words.length === 0) return;
  const found =
    words.length <= numbers.length
      ? `numbers and names (${quote(words[0])})`
      : `names and numbers (${quote(numbers[0])})`;
  throw new DataError(`${file}: row 1 has ${found}; name every column in the first row, or write a number there`);
}

/** Whether a row looks like one that something else than commas separates. */
const isUnsplit = (names: readonly string[]): boolean => names.length === 1 && /[;\t]/.test(names[0].trim());

/** The first name that is empty or was there before. */
const wrongName = (names: readonly string[]): string | undefined =>
  names.find((name, i) => name === "" || names.indexOf(name) < i);

function readNumber(cell: string, where: () => string): number {
  const text = cell.trim();
  if (text === "") throw missing(where());
  if (!isNumber(text))
    throw new DataError(
      `${where()}: ${quote(text)} is no number; fill it in, drop the row, or say that the column holds the label`,
    );
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new DataError(`${where()}: ${text} is beyond what doubles hold; rescale the column`);
  return value;
}

const missing = (where: string): DataError => new DataError(`${where} is missing; fill it in, or drop the row`);

/** Decimal numbers alone: `Number` would take "", "0x10" and "Infinity" too. */
const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

/** A name on one line, without blanks at its ends. */
const tidy = (cell: string): string => cell.trim().replace(/\s+/g, " ");

const isEmpty = (record: readonly string[]): boolean => record.length === 1 && record[0].trim() === "";

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
