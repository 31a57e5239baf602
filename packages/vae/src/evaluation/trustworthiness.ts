// Whether an embedding keeps neighbourhoods: trustworthiness, and continuity, its converse.

import { ArgumentError, ShapeError, type Tensor } from "@elbo/tensor";
import { type DistanceBlock, distanceBlocks, squaredDistance } from "../baselines/distances.js";
import { nearest } from "../baselines/neighbours.js";
import { checkCount, checkTable } from "../data/arguments.js";

/**
 * How far the k nearest neighbours in an embedding are neighbours in the original too, 0..1:
 * `1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_j max(0, r(i, j) - k)` over the k nearest j of each i in `embedded`, where
 * j is the `r(i, j)`-th nearest of i in `original`. Original `[n, d]`, embedded `[n, e]`; Euclidean distances, equal
 * ones by the lower index. Venna and Kaski (2001), equation 1.
 * @throws ShapeError where the tables do not fit each other, ArgumentError where a number is not finite or `neighbours`
 *   is not at least 1 and below n / 2
 * @example trustworthiness(images, latentMeans(model, images))
 */
export function trustworthiness(original: Tensor, embedded: Tensor, neighbours = 12): number {
  checkEmbedding("trustworthiness", original, embedded, neighbours);
  return keptRanks("trustworthiness", original, embedded, neighbours);
}

/**
 * How far the k nearest neighbours in the original stay neighbours in the embedding, 0..1: `trustworthiness` with the
 * tables exchanged. Original `[n, d]`, embedded `[n, e]`. Venna and Kaski (2001), equation 2.
 * @throws as `trustworthiness`
 * @example continuity(images, latentMeans(model, images))
 */
export function continuity(original: Tensor, embedded: Tensor, neighbours = 12): number {
  checkEmbedding("continuity", original, embedded, neighbours);
  return keptRanks("continuity", embedded, original, neighbours);
}

function checkEmbedding(op: string, original: Tensor, embedded: Tensor, neighbours: number): void {
  checkTable(op, "the original", original);
  checkTable(op, "the embedding", embedded);
  const shapes = [original.shape, embedded.shape];
  const [n, other] = shapes.map(([count]) => count);
  if (other !== n)
    throw new ShapeError(`needs one embedded row for each of the ${n} original, got ${other}`, { op, shapes });
  checkCount(op, "neighbours", neighbours, 1, Infinity);
  if (neighbours >= n / 2)
    throw new ArgumentError(`needs fewer neighbours than half of the ${n} rows, got ${neighbours}`, { op });
}

/** 1 less the normalised excess over k of the ranks that the neighbours in one table have in the other. */
function keptRanks(op: string, ranked: Tensor, near: Tensor, k: number): number {
  const n = ranked.shape[0];
  const { indices } = nearest(near, near, k, { skipSelf: true });
  let excess = 0;
  for (const rank of ranksOf(op, ranked, indices, k)) excess += Math.max(0, rank - k);
  return 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * excess;
}

/** For each entry j of the k entries of row i, how many-th nearest of i it is, counted from 1. */
function ranksOf(op: string, rows: Tensor, indices: Int32Array, k: number): Int32Array {
  const { data } = rows;
  const dimensions = rows.shape[1];
  const distance = (i: number, j: number): number => squaredDistance(data, i, data, j, dimensions);
  const own = Float64Array.from(indices, (j, at) => distance(Math.floor(at / k), j));
  const ranks = new Int32Array(indices.length).fill(1);
  for (const block of distanceBlocks(op, rows, rows)) {
    for (let row = 0; row < block.queries; row++) {
      const first = (block.firstQuery + row) * k;
      for (let at = first; at < first + k; at++) ranks[at] += nearer(block, row, own[at], indices[at], distance);
    }
  }
  return ranks;
}

/** How many points of a block come before point `index` at squared distance `squared` in the order of a row's neighbours. */
function nearer(
  { products, pointLengths, queryLengths, errors, points, firstPoint, firstQuery }: DistanceBlock,
  row: number,
  squared: number,
  index: number,
  distance: (i: number, j: number) => number,
): number {
  const query = firstQuery + row;
  const [low, high] = [squared - queryLengths[row] - errors[row], squared - queryLengths[row] + errors[row]];
  let count = 0;
  for (let j = 0, at = row * points; j < points; j++, at++) {
    const quick = pointLengths[j] - 2 * products[at];
    const point = firstPoint + j;
    if (quick > high || point === query) continue;
    if (quick < low) count++;
    else {
      // Too close to call in float32.
      const exact = distance(query, point);
      if (exact < squared || (exact === squared && point < index)) count++;
    }
  }
  return count;
}
