// Products of a table with itself: columns with columns, rows with rows, summed in double over float32 blocks.

import { ArgumentError, div, fromTypedArray, matmul, slice, type Tensor } from "@elbo/tensor";
import { rowBlocks, translate } from "./rows.js";

/** Rows of one float32 product: the products are added up in double, so that rounding does not grow with the count. */
const ROWS = 1024;
/** Columns of one float32 product of rows with each other; the fewer, the less is lost to rounding. */
export const COLUMNS = 128;

/** `1/(count - 1) sum (x - mean)(x - mean)^T` over rows `[count, dimensions]`: `[dimensions, dimensions]`, float64. */
export function covariance(rows: Tensor, mean: Tensor): Tensor {
  const [count, dimensions] = rows.shape;
  const products = function* (): Generator<Tensor> {
    for (const block of rowBlocks(count, ROWS)) {
      const centred = translate(slice(rows, [block]), mean, -1);
      yield matmul(centred, centred, { transposeA: true });
    }
  };
  return div(summed(dimensions, products()), Math.max(1, count - 1));
}

/** `X X^T / (count - 1)` of the centred rows X: `[count, count]`, float64. */
export function gram(rows: Tensor, mean: Tensor): Tensor {
  const [count] = rows.shape;
  const products = function* (): Generator<Tensor> {
    for (const centred of centredColumns(rows, mean)) yield matmul(centred, centred, { transposeB: true });
  };
  return div(summed(count, products()), Math.max(1, count - 1));
}

/** The centred rows, a block of columns `[count, 128]` at a time. */
export function* centredColumns(rows: Tensor, mean: Tensor): Generator<Tensor> {
  for (const block of rowBlocks(mean.size, COLUMNS)) {
    yield translate(slice(rows, [null, block]), slice(mean, [block]), -1);
  }
}

/** `A^T A` of `[rows, columns]`: `[columns, columns]`, float64. */
export function columnProducts(a: Tensor): Tensor {
  const products = function* (): Generator<Tensor> {
    for (const block of rowBlocks(a.shape[0], COLUMNS)) {
      const part = slice(a, [block]);
      yield matmul(part, part, { transposeA: true });
    }
  };
  return summed(a.shape[1], products());
}

/** The sum of float32 matrices `[size, size]` in double. */
function summed(size: number, parts: Iterable<Tensor>): Tensor {
  const total = new Float64Array(size * size);
  for (const { data } of parts) for (let at = 0; at < total.length; at++) total[at] += data[at];
  if (!total.every(Number.isFinite))
    throw new ArgumentError("the squares of the rows overflow float32; rescale them", { op: "principalComponents" });
  return fromTypedArray(total, [size, size]);
}
