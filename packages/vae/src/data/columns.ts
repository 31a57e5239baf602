// The columns of a table: their names, and the standard units in which models see them.

import { fromTypedArray, ShapeError, type Tensor } from "@elbo/tensor";
import { DataError } from "./errors.js";

/** What is known of a table's columns: a row `x` is learned as `(x - mean) / scale`. */
export interface Columns {
  readonly names: readonly string[];
  /** The mean of each column over the training rows, in the column's own units. */
  readonly mean: readonly number[];
  /** The standard deviation of each column over the training rows; 1 for a column that is constant there. */
  readonly scale: readonly number[];
}

/**
 * Means and standard deviations of the columns of a table, in double precision: `scale = sqrt(mean((x - mean)^2))`, and
 * 1 where all values are equal.
 *
 * @param rows `[count, columns]`, at least one row
 * @throws ShapeError where the names are not one for each column, or there are no rows
 * @throws DataError where a value is not finite, or the values lie further apart than doubles reach
 * @example describeColumns(["a", "b"], tensor([[0, 5], [2, 5]])) // { names, mean: [1, 5], scale: [1, 1] }
 */
export function describeColumns(names: readonly string[], rows: Tensor): Columns {
  checkRows("describeColumns", names, rows);
  if (rows.shape[0] === 0) throw new ShapeError("a table without rows has no means", { op: "describeColumns" });
  const { data } = rows;
  const units = names.map((name, column) => {
    const values = Float64Array.from({ length: rows.shape[0] }, (_, row) => data[row * names.length + column]);
    const unit = standardUnit(values);
    if (Number.isFinite(unit.mean) && Number.isFinite(unit.scale)) return unit;
    throw new DataError(`column ${JSON.stringify(name)} has no finite mean and deviation; drop or rescale it`, {
      op: "describeColumns",
    });
  });
  return { names: [...names], mean: units.map(({ mean }) => mean), scale: units.map(({ scale }) => scale) };
}

/**
 * The farthest from the mean, in standard deviations, that a value may lie. A training row lies at most sqrt(count - 1)
 * away, so one beyond this would take 10^12 rows: what is farther is a slip of the pen or another unit. Up to here
 * float32 still tells sixteenths of a deviation apart, and the squares that losses sum are 26 decades short of overflow.
 */
export const FARTHEST = 1e6;

/**
 * Rows in standard units, `(x - mean) / scale`, computed in double precision and rounded once to float32.
 *
 * @param rows `[count, columns]` in the columns' own units
 * @param rowName what messages call the row at a place, counted from 0; `row 0` and so on unless given
 * @returns `[count, columns]`, float32, from -1e6 to 1e6
 * @throws ShapeError where the rows have other columns
 * @throws DataError that names the row and the column of the first value that is not finite, or farther than 1e6
 *   standard deviations from the mean
 * @example standardise({ names: ["a"], mean: [10], scale: [2] }, tensor([[14]])) // [[2]]
 */
export function standardise(columns: Columns, rows: Tensor, rowName?: (row: number) => string): Tensor {
  checkRows("standardise", columns.names, rows);
  const { data } = rows;
  const width = columns.names.length;
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const z = (data[i] - columns.mean[i % width]) / columns.scale[i % width];
    // Written so that NaN, which compares false with everything, is refused too.
    if (!(Math.abs(z) <= FARTHEST)) {
      const row = Math.floor(i / width);
      const where = `${rowName?.(row) ?? `row ${row}`}, column ${JSON.stringify(columns.names[i % width])}`;
      throw new DataError(`${where}: ${distance(data[i], z)}; correct it, or drop the row`, {
        ...(rowName === undefined && { op: "standardise" }),
      });
    }
    out[i] = z;
  }
  return fromTypedArray(out, rows.shape);
}

function distance(value: number, z: number): string {
  if (!Number.isFinite(value)) return `${value} has no place in standard units`;
  const far = Number.isFinite(z) ? written(Number(Math.abs(z).toPrecision(2))) : "beyond counting";
  return `${written(value)} is ${far} standard deviations from the mean of the training rows`;
}

/** A number as tables have it: `1e25`, not `1e+25`. */
const written = (value: number): string => String(value).replace("e+", "e");

/**
 * Rows in the columns' own units, `x scale + mean`: the inverse of {@link standardise}.
 *
 * @param rows `[count, columns]` in standard units
 * @returns `[count, columns]`, float64
 * @throws ShapeError where the rows have other columns
 * @example unstandardise({ names: ["a"], mean: [10], scale: [2] }, tensor([[2]])) // [[14]]
 */
export function unstandardise(columns: Columns, rows: Tensor): Tensor {
  checkRows("unstandardise", columns.names, rows);
  const width = columns.names.length;
  const out = Float64Array.from(rows.data, (z, i) => z * columns.scale[i % width] + columns.mean[i % width]);
  return fromTypedArray(out, rows.shape);
}

/** Deviations are taken relative to the largest, so that their squares neither overflow nor vanish. */
function standardUnit(values: Float64Array): { readonly mean: number; readonly scale: number } {
  const first = values[0];
  // The mean of equal numbers may round to another number; their scale is decided by the numbers themselves.
  if (values.every((value) => value === first)) return { mean: first, scale: 1 };
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value - mean)), 0);
  const squares = values.reduce((sum, value) => {
    const share = (value - mean) / most; // share ** 2 would leave its last bit to the runtime
    return sum + share * share;
  }, 0);
  return { mean, scale: most * Math.sqrt(squares / values.length) };
}

function checkRows(op: string, names: readonly string[], rows: Tensor): void {
  if (rows.shape.length === 2 && rows.shape[1] === names.length) return;
  throw new ShapeError(`the table has ${names.length} columns, so rows are [count, ${names.length}]`, {
    op,
    shapes: [rows.shape],
  });
}
