// The table: every operation with its record. An operation without a record does not compile.

import type { OpTable } from "./core/signatures.js";
import { custom, stopGradient } from "./rules/control.js";
import { elementwiseRecords } from "./rules/elementwise.js";
import { matmul } from "./rules/linear.js";
import * as reduce from "./rules/reduce.js";
import * as shape from "./rules/shape.js";

export const table: OpTable = {
  ...elementwiseRecords,
  ...shape,
  ...reduce,
  matmul,
  stopGradient,
  custom,
};
