// A heat table: rows of numbers as cells that are the redder the more they make up of their row.

import { ArgumentError } from "@elbo/tensor";
import { HEAT, heatShare } from "./heat.js";
import { drawing } from "./drawing.js";
import { type Child, element } from "./markup.js";
import { fixed } from "./numbers.js";

/** One row, with what stands at its left. */
export interface HeatRow {
  readonly heads: readonly string[];
  /** One value for each column, 0 or more. */
  readonly values: readonly number[];
  readonly bold: boolean;
}

const CELL = { width: 52, height: 24 };
const FONT = 12;
/** Upper estimates of the mean width of a letter in the fonts that may come, in sizes of the font. */
const LETTER = { plain: 0.6, bold: 0.72 };
const GAP = 10;
/** Free at the left edge. */
const EDGE = 4;
/** Letters of a name that is written upright. */
const LONGEST = 28;

/**
 * Draws the table, names of columns written upwards. A cell's red is its share of the sum of its row.
 *
 * @param heads names of what stands at the left of each row
 * @returns `<svg>` text
 * @throws ArgumentError without rows or columns
 */
export function heatTable(columns: readonly string[], heads: readonly string[], rows: readonly HeatRow[]): string {
  if (rows.length === 0 || columns.length === 0)
    throw new ArgumentError("needs at least one row and one column", { op: "heatTable" });
  const names = columns.map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name));
  const top = Math.ceil(Math.max(...names.map((name) => widthOf(name, "plain")), FONT)) + GAP;
  const rights = headRights(heads, rows);
  const left = rights[rights.length - 1] + GAP;
  const write = writerFor(rows.flatMap(({ values }) => values));
  const size = { width: left + columns.length * CELL.width, height: top + rows.length * CELL.height };
  return drawing(
    {
      ...size,
      description: `${rows.length} rows by ${columns.length} columns: what each column adds to the score of a row`,
      fontSize: FONT,
    },
    heads.map((head, i) =>
      element("text", { x: rights[i], y: top - GAP + 2, "text-anchor": "end", "fill-opacity": 0.75 }, head),
    ),
    names.map((name, i) => upright(name, left + (i + 0.5) * CELL.width, top - GAP + 2)),
    rows.map((row, i) => drawnRow(row, { rights, left, top: top + i * CELL.height, write })),
  ).source;
}

const widthOf = (text: string, weight: keyof typeof LETTER): number => LETTER[weight] * FONT * text.length;

/** Where the words at the left end, each column of them as wide as its longest. */
function headRights(heads: readonly string[], rows: readonly HeatRow[]): number[] {
  let right = EDGE;
  return heads.map((head, i) => {
    right +=
      Math.ceil(Math.max(...[head, ...rows.map((row) => row.heads[i])].map((text) => widthOf(text, "bold")))) +
      (i > 0 ? GAP : 0);
    return right;
  });
}

const upright = (name: string, x: number, y: number): Child =>
  element("text", { transform: `translate(${x + 0.35 * FONT},${y}) rotate(-90)`, "text-anchor": "start" }, name);

/** Three digits of the largest value that is finite, and as many decimals for all; large ones take powers of ten. */
function writerFor(values: readonly number[]): (value: number) => string {
  const largest = Math.max(0, ...values.filter(Number.isFinite));
  if (largest >= 1e5) return (value) => (Number.isFinite(value) ? value.toExponential(1) : fixed(value));
  const decimals = largest > 0 ? Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest)))) : 0;
  return (value) => fixed(value, decimals);
}

/** Where a row stands, and how its numbers are written. */
interface Place {
  readonly rights: readonly number[];
  readonly left: number;
  readonly top: number;
  readonly write: (value: number) => string;
}

function drawnRow({ heads, values, bold }: HeatRow, { rights, left, top, write }: Place): Child {
  const sum = values.reduce((total, value) => total + value, 0);
  const weight = bold ? 700 : undefined;
  const line = top + CELL.height / 2 + 0.35 * FONT;
  return [
    heads.map((head, i) =>
      element("text", { x: rights[i], y: line, "text-anchor": "end", "font-weight": weight }, head),
    ),
    values.map((value, i) => [
      element("rect", {
        x: left + i * CELL.width + 1,
        y: top + 1,
        width: CELL.width - 2,
        height: CELL.height - 2,
        fill: HEAT,
        "fill-opacity": Math.round(85 * heatShare(value, sum)) / 100,
        stroke: "currentColor",
        "stroke-opacity": 0.15,
      }),
      element(
        "text",
        { x: left + (i + 0.5) * CELL.width, y: line, "text-anchor": "middle", "font-size": FONT - 1 },
        write(value),
      ),
    ]),
  ];
}
