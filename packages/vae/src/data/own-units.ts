// Rows that a model made of a table, as text in the units of its columns.

import { reshape, type Tensor } from "@elbo/tensor";
import { type Columns, unstandardise } from "./columns.js";
import { formatTable } from "./csv.js";

/**
 * Examples `[count, ...input]` of a model as CSV text, a row each: in the columns' own units where there are columns, and
 * else as they are, under the names `x1`, `x2` and so on.
 * @throws ShapeError where the columns are not those of the examples, DataError where a number is not finite
 * @example formatExamples(tensor([[1], [2]]), { names: ["height"], mean: [170], scale: [10] }) // "height\n180\n190\n"
 */
export function formatExamples(examples: Tensor, columns?: Columns): string {
  const [count] = examples.shape;
  const width = examples.shape.slice(1).reduce((product, size) => product * size, 1);
  const rows = reshape(examples, [count, width]);
  if (columns !== undefined) return formatTable(columns.names, unstandardise(columns, rows));
  return formatTable(
    Array.from({ length: width }, (_, i) => `x${i + 1}`),
    rows,
  );
}
