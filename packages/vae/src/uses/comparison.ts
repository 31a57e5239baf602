// Methods beside each other: one row a method, one column a figure, so that every use is read with its baselines.

/** One column: what is measured, in which unit, and which way is better. */
export interface Column {
  /** `k-NN accuracy`, `PSNR, sigma 0.5`. */
  readonly name: string;
  /** `%`, `dB`, `nats`; empty for a pure number. */
  readonly unit: string;
  /** null where neither is: a figure that says something without being a goal. */
  readonly better: "higher" | "lower" | null;
  /** Decimals that are shown; programs get the whole number. */
  readonly decimals: number;
}

/** One method with its figures, in the order of the columns; null where a figure does not apply to it. */
export interface Row {
  readonly method: string;
  /** Whether it is a model of this run rather than a baseline. */
  readonly ours: boolean;
  /** Whether it only says what a figure could be, such as real examples beside samples, and does not compete. */
  readonly reference?: boolean;
  readonly values: readonly (number | null)[];
}

/** A table that compares methods on one part of one data set. */
export interface Comparison {
  /** What was measured on what: `Gaussian noise, 10,000 test images`. */
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Column by column, the best value of the rows that compete; null where fewer than two do, all are equal, or neither way is better. */
export const bestValues = ({ columns, rows }: Comparison): (number | null)[] =>
  columns.map(({ better }, at) => {
    const values = rows.flatMap(({ reference, values: { [at]: value } }) =>
      reference === true || value === null || Number.isNaN(value) ? [] : value,
    );
    if (better === null || values.length < 2) return null;
    if (values.every((value) => value === values[0])) return null;
    return better === "higher" ? Math.max(...values) : Math.min(...values);
  });
