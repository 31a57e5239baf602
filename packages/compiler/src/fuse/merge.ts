// Merging axes: neighbouring axes that every operand walks evenly are one, so that loops are few and long.

import type { Shape } from "@elbo/tensor";

/** Axes that are left after merging, and how each operand moves along them. */
export interface MergedAxes {
  readonly lengths: readonly number[];
  /** `strides[k][axis]` of operand k. */
  readonly strides: readonly (readonly number[])[];
}

/**
 * Merges the axes `from` to `to` of a space. Invariant: the row-major order of elements is unchanged. Axes of length 1
 * vanish.
 */
export function mergeAxes(space: Shape, strides: readonly Shape[], from: number, to: number): MergedAxes {
  const lengths: number[] = [];
  const merged = strides.map((): number[] => []);
  for (let axis = from; axis < to; axis++) {
    const length = space[axis];
    if (length === 1) continue;
    const top = lengths.length - 1;
    if (top >= 0 && strides.every((own, k) => merged[k][top] === own[axis] * length)) {
      lengths[top] *= length;
      strides.forEach((own, k) => (merged[k][top] = own[axis]));
    } else {
      lengths.push(length);
      strides.forEach((own, k) => merged[k].push(own[axis]));
    }
  }
  return { lengths, strides: merged };
}

/** A loop over rows, and over columns within a row: what every space is brought to. */
export interface Rectangle {
  /** The axes of the rows; their product is `rowCount`. */
  readonly rows: MergedAxes;
  readonly rowCount: number;
  readonly columns: number;
  /** From column to column, for each operand. */
  readonly columnStrides: readonly number[];
}

/** How a loop folds its values: each row to one number, each column to one, or not at all. */
export type FoldKind = "rows" | "columns" | null;

/**
 * The rectangle of a space for the given operands, or undefined where a fold needs axes to be one that are not. Rows
 * are the axes before `boundary`; without a fold, all but the last merged axis.
 */
export function rectangleOf(
  space: Shape,
  strides: readonly Shape[],
  kind: FoldKind,
  boundary: number,
): Rectangle | undefined {
  if (kind === null) {
    const all = mergeAxes(space, strides, 0, space.length);
    const last = all.lengths.length - 1;
    return {
      rows: { lengths: all.lengths.slice(0, -1), strides: all.strides.map((own) => own.slice(0, -1)) },
      rowCount: all.lengths.slice(0, -1).reduce((product, length) => product * length, 1),
      columns: last < 0 ? 1 : all.lengths[last],
      columnStrides: all.strides.map((own) => (last < 0 ? 0 : own[last])),
    };
  }
  const rows = mergeAxes(space, strides, 0, boundary);
  const inner = mergeAxes(space, strides, boundary, space.length);
  if (inner.lengths.length > 1 || (kind === "columns" && rows.lengths.length > 1)) return undefined;
  return {
    rows,
    rowCount: rows.lengths.reduce((product, length) => product * length, 1),
    columns: inner.lengths[0] ?? 1,
    columnStrides: inner.strides.map((own) => own[0] ?? 0),
  };
}
