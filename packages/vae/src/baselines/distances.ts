// Squared distances of many rows to many points: quickly to within a known error, and one by one in double.

import { ArgumentError, matmul, slice, type Tensor, withMatmulMode } from "@elbo/tensor";
import { columnMeans, rowBlocks, squaredLengths, translate } from "./rows.js";

/** Distances of some queries to some points: of query `firstQuery + i` to point `firstPoint + j` for the products' `[i, j]`. */
export interface DistanceBlock {
  readonly queries: number;
  readonly points: number;
  readonly firstQuery: number;
  readonly firstPoint: number;
  /** `a . b`, row-major `[queries, points]`, in float32. */
  readonly products: ArrayLike<number>;
  /** `|b|^2` of each point. */
  readonly pointLengths: Float64Array;
  /** `|a|^2` of each query. */
  readonly queryLengths: Float64Array;
  /** For query i, `|a|^2 + |b|^2 - 2 a . b` is within `errors[i]` of the squared distance. */
  readonly errors: Float64Array;
}

/** Queries and points of one block: its float32 products fill 4 MiB. */
const QUERIES = 512;
const POINTS = 2048;
/** The unit roundoff of float32. */
const UNIT = 2 ** -24;

/**
 * The squared distances of all queries `[q, d]` to all points `[n, d]`, block by block, each block of points against all
 * queries before the next. With a and b moved by the mean of the points and rounded to float32, as are their products,
 * the error is at most `(1.1 d / 2 + 3) u (|a| + |b|)^2` with `u = 2^-24`: a sum of d products is off by at most
 * `d u / (1 - d u) |a| |b|` in whatever order it is taken, fused or not, which counts twice, and `|a| |b|` is at most
 * `(|a| + |b|)^2 / 4`; rounding a and b moves their distance by at most `u (|a| + |b|)`, and so its square by
 * `2 u (|a| + |b|)^2`. The slack of the constants covers terms of second order for d below 10^6. As no one may rely on
 * more than the bound, the products are made in the fast mode.
 * @throws ArgumentError where the products overflow float32
 */
export function* distanceBlocks(op: string, queries: Tensor, points: Tensor): Generator<DistanceBlock> {
  const centre = columnMeans(points);
  const from = translate(queries, centre, -1);
  const lengths = squaredLengths(from);
  const dimensions = queries.shape[1];
  const share = (0.55 * dimensions + 3) * UNIT;
  for (const pointRange of rowBlocks(points.shape[0], POINTS)) {
    const to = translate(slice(points, [pointRange]), centre, -1);
    const pointLengths = squaredLengths(to);
    const farthest = Math.sqrt(largest(pointLengths));
    if (!(Math.sqrt(largest(lengths)) * farthest < 2 ** 126))
      throw new ArgumentError("the squares of the distances overflow float32; rescale the points", { op });
    for (const queryRange of rowBlocks(queries.shape[0], QUERIES)) {
      const queryLengths = lengths.subarray(queryRange.start, queryRange.stop);
      yield {
        queries: queryRange.stop - queryRange.start,
        points: pointRange.stop - pointRange.start,
        firstQuery: queryRange.start,
        firstPoint: pointRange.start,
        products: withMatmulMode("fast", () => matmul(slice(from, [queryRange]), to, { transposeB: true })).data,
        pointLengths,
        queryLengths,
        // What underflows is off by at most 2^-149 for each product.
        errors: queryLengths.map((length) => share * (Math.sqrt(length) + farthest) ** 2 + 4 * dimensions * 2 ** -149),
      };
    }
  }
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** The squared distance of row i of one table to row j of another with as many columns, from their row-major elements, in double. */
export function squaredDistance(
  a: ArrayLike<number>,
  i: number,
  b: ArrayLike<number>,
  j: number,
  dimensions: number,
): number {
  let total = 0;
  for (let s = 0, x = i * dimensions, y = j * dimensions; s < dimensions; s++) {
    const difference = a[x + s] - b[y + s];
    total += difference * difference;
  }
  return total;
}
