// One collection of examples becomes two parts: five sixths to learn from, one sixth to judge by.

import { key, permutation } from "@elbo/tensor";
import { DataError } from "./errors.js";

/** Which examples each part takes, in the order in which it takes them. */
export interface Division {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Divides the indices 0 .. count - 1 by `permutation(key(seed), count)`: the first `floor(count / 6)`, but at least one,
 * are the test part, the rest the training part. Both keep the order of the permutation, so that the first so many of
 * a part are a fair sample.
 *
 * @param name what messages call the collection
 * @throws DataError where there are fewer than two examples
 * @example divide(12, 0, "table.csv").test.length // 2
 */
export function divide(count: number, seed: number, name: string): Division {
  if (count < 2) {
    throw new DataError(`${name}: ${count} example is too few for a part to train on and one to test with; add some`);
  }
  const order = permutation(key(seed), count).data as Int32Array;
  const tested = Math.max(1, Math.floor(count / 6));
  return { train: order.slice(tested), test: order.slice(0, tested) };
}
