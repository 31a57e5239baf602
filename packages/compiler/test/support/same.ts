// Trees of results, leaf by leaf, to the bit.

import { asTensor, type Key, type Tensor, tensor } from "@elbo/tensor";
import { expect } from "vitest";
import { isKey, type Leaf, leavesOf } from "../../src/trace/leaves.js";
import { expectSameResults } from "./interpret.js";

const asNumbers = (leaf: Leaf): Tensor =>
  isKey(leaf) ? tensor([...(leaf as Key).words], { dtype: "float64" }) : asTensor("expectSameTree", leaf as Tensor);

/** The same leaves in the same places: equal shapes, dtypes and bits. */
export function expectSameTree(got: unknown, want: unknown): void {
  const [a, b] = [leavesOf(got, ""), leavesOf(want, "")];
  expect(a.map(([name]) => name)).toEqual(b.map(([name]) => name));
  const results = (list: typeof a) => ({ outputs: list.map(([, leaf]) => asNumbers(leaf)), nextState: [] });
  expectSameResults(results(a), results(b));
}
