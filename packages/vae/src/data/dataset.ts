// What a data set is: inputs in 0..1 (images) or in standard units (tables), labels where there are some.

import type { Tensor } from "@elbo/tensor";
import type { Columns } from "./columns.js";

/** One part of a data set. */
export interface Split {
  /** `[count, ...shape of one example]`, float32; pixels run from 0 (paper) to 1 (ink). */
  readonly inputs: Tensor;
  /** `[count]`, int32, classes counted from 0; null where the data has no labels. */
  readonly labels: Tensor | null;
}

/** A data set with its two disjoint parts: fit on `train`, judge on `test`. */
export interface Dataset {
  readonly name: string;
  readonly train: Split;
  readonly test: Split;
  /** The name of class i at [i]; absent where the labels are the names. */
  readonly classes?: readonly string[];
  /** The columns of a table, whose inputs are then `[count, columns]` in standard units; absent for images. */
  readonly columns?: Columns;
}
