// The nearest neighbours among points, found exactly, and the class that most of them have.

import { ArgumentError, checkOptions, type Tensor } from "@elbo/tensor";
import { checkCount, checkTable, classesOf, type Labels } from "../data/arguments.js";
import { type DistanceBlock, distanceBlocks, squaredDistance } from "./distances.js";

/** The k nearest points of each query, the nearest first. */
export interface Neighbours {
  /** `[queries * k]`: indices of points. */
  readonly indices: Int32Array;
  /** `[queries * k]`: Euclidean distances, computed in double. */
  readonly distances: Float64Array;
}

export interface NearestOptions {
  /** Leaves point i out for query i: where the queries are the points themselves. */
  readonly skipSelf?: boolean;
}

/**
 * The k nearest of points `[n, d]` for each of queries `[q, d]`, by Euclidean distance in double, equal distances by
 * the lower index. Exact: quick float32 distances only rule out points that lie farther by more than their error, so
 * the result is the same on every platform. Memory beside the arguments: the queries once more, and blocks of 4 MiB.
 * @throws ShapeError where the tables do not fit each other, ArgumentError where a number is not finite or so large that
 *   squares overflow float32, k is not in 1..n (n - 1 with `skipSelf`), or `skipSelf` is asked of tables of two lengths
 * @example nearest(tensor([[0]]), tensor([[3], [1]]), 1) // indices [1], distances [1]
 */
export function nearest(queries: Tensor, points: Tensor, k: number, options: NearestOptions = {}): Neighbours {
  const op = "nearest";
  checkOptions(op, options, ["skipSelf"]);
  const { skipSelf = false } = options;
  checkTable(op, "points", points);
  const [n, dimensions] = points.shape;
  checkTable(op, "queries", queries, dimensions);
  checkCount(op, "k", k, 1, skipSelf ? n - 1 : n);
  const q = queries.shape[0];
  if (skipSelf && q !== n)
    throw new ArgumentError(`skipSelf is for queries that are the points, got ${q} queries and ${n} points`, { op });
  const best = { indices: new Int32Array(q * k), distances: new Float64Array(q * k).fill(Infinity) };
  const [from, to] = [queries.data, points.data];
  const distance = (i: number, j: number): number => squaredDistance(from, i, to, j, dimensions);
  for (const block of distanceBlocks(op, queries, points)) {
    for (let row = 0; row < block.queries; row++) scan(block, row, best, k, skipSelf, distance);
  }
  return { indices: best.indices, distances: best.distances.map(Math.sqrt) };
}

/** Takes up the points of a block that may be among the k nearest of a query: their distance is computed in double. */
function scan(
  { products, pointLengths, queryLengths, errors, points, firstPoint, firstQuery }: DistanceBlock,
  row: number,
  best: Neighbours,
  k: number,
  skipSelf: boolean,
  distance: (query: number, point: number) => number,
): void {
  const query = firstQuery + row;
  const last = (query + 1) * k - 1;
  const slack = errors[row] - queryLengths[row];
  let limit = best.distances[last] + slack;
  for (let j = 0, at = row * points; j < points; j++, at++) {
    if (!(pointLengths[j] - 2 * products[at] < limit)) continue;
    const point = firstPoint + j;
    if (skipSelf && point === query) continue;
    take(best, query * k, last, point, distance(query, point));
    limit = best.distances[last] + slack;
  }
}

/** Keeps the list from `first` to `last` sorted; a later point at an equal distance stands behind an earlier one. */
function take({ indices, distances }: Neighbours, first: number, last: number, index: number, squared: number): void {
  if (!(squared < distances[last])) return;
  let at = last;
  for (; at > first && distances[at - 1] > squared; at--) {
    distances[at] = distances[at - 1];
    indices[at] = indices[at - 1];
  }
  distances[at] = squared;
  indices[at] = index;
}

/**
 * The class that most of the k nearest points of each query have: of classes with equally many, the one with the
 * nearest point. Points `[n, d]`, labels `[n]` counted from 0, queries `[q, d]`; gives `[q]`.
 * @throws as `nearest`, and ArgumentError where the labels do not go with the points
 * @example classifyByNeighbours(train, labels, test, 5)
 */
export function classifyByNeighbours(points: Tensor, labels: Labels, queries: Tensor, k: number): Int32Array {
  const { indices } = nearest(queries, points, k);
  const classes = classesOf("classifyByNeighbours", labels, points.shape[0]);
  return Int32Array.from({ length: queries.shape[0] }, (_, i) =>
    majority(Array.from(indices.subarray(i * k, (i + 1) * k), (at) => classes[at])),
  );
}

/** The most frequent entry; of equally frequent ones the first. */
function majority(entries: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  // A map keeps the order in which entries first came.
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/**
 * The share of predicted classes that equal the labels, 0..1.
 * @throws ArgumentError where the lengths differ or there are none
 * @example accuracy([1, 0], [1, 1]) // 0.5
 */
export function accuracy(predicted: Labels, labels: Labels): number {
  const op = "accuracy";
  const count = "size" in predicted ? predicted.size : predicted.length;
  checkCount(op, "the number of predictions", count, 1, Infinity);
  const [guesses, truth] = [classesOf(op, predicted, count), classesOf(op, labels, count)];
  let right = 0;
  for (let i = 0; i < count; i++) right += Number(guesses[i] === truth[i]);
  return right / count;
}
