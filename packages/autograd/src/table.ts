// The table: every operation with its record. An operation without a record does not compile.

import type { OpTable } from "./core/signatures.js";
import { custom, stopGradient } from "./rules/control.js";
import { elementwiseRecords } from "./rules/elementwise.js";
import { matmul } from "./rules/linear.js";
import * as random from "./rules/random.js";
import * as reduce from "./rules/reduce.js";
import * as shape from "./rules/shape.js";

/** Every operation with its value, shape, derivative rule and test domain. */
export const table: OpTable = {
  ...elementwiseRecords,
  ...shape,
  ...reduce,
  matmul,
  ...random,
  stopGradient,
  custom,
};
