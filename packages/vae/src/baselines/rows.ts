// Tables of rows: means of columns, rows moved by a vector, and the blocks that keep memory bounded.

import { type Tensor, fromTypedArray } from "@elbo/tensor";

/** The ranges `[start, stop)` that cut `count` rows into blocks of `size`. */
export function* rowBlocks(count: number, size: number): Generator<{ readonly start: number; readonly stop: number }> {
  for (let start = 0; start < count; start += size) yield { start, stop: Math.min(count, start + size) };
}

/** The mean of each column of `[count, dimensions]`, summed in double: `[dimensions]`, float64. */
export function columnMeans(rows: Tensor): Tensor {
  const [count, dimensions] = rows.shape;
  const { data } = rows;
  const means = new Float64Array(dimensions);
  for (let i = 0, at = 0; i < count; i++) for (let j = 0; j < dimensions; j++) means[j] += data[at++];
  for (let j = 0; j < dimensions; j++) means[j] /= count;
  return fromTypedArray(means, [dimensions]);
}

/** `rows + sign vector`, each sum taken in double and rounded once to float32: `[count, dimensions]` as the rows. */
export function translate(rows: Tensor, vector: Tensor, sign: 1 | -1): Tensor {
  const [count, dimensions] = rows.shape;
  const { data } = rows;
  const step = Float64Array.from(vector.data, (value) => sign * value);
  const out = new Float32Array(count * dimensions);
  for (let i = 0, at = 0; i < count; i++) for (let j = 0; j < dimensions; j++, at++) out[at] = data[at] + step[j];
  return fromTypedArray(out, [count, dimensions]);
}

/** The squared Euclidean length of each row, summed in double: `[count]`. */
export function squaredLengths(rows: Tensor): Float64Array {
  const [count, dimensions] = rows.shape;
  const { data } = rows;
  const lengths = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    let total = 0;
    for (let j = 0; j < dimensions; j++, at++) total += data[at] * data[at];
    lengths[i] = total;
  }
  return lengths;
}
