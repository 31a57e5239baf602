// Ordinary mistakes: each is a typed error in one line, never a wrong number.

import { expect, test } from "vitest";
import * as t from "../src/index.js";

const loose = <T>(value: unknown): T => value as T;
const x = t.tensor([10, 20]);

test.each<[string, () => unknown, RegExp]>([
  ["an index beyond 32 bits", () => t.gather(x, 2 ** 32), /^gather: index 4294967296/],
  [
    "int32 out of range",
    () => t.tensor([3e9], { dtype: "int32" }),
    /^tensor: int32 holds whole numbers within 32 bits, got 3000000000/,
  ],
  ["NaN as int32", () => t.cast(t.tensor(NaN), "int32"), /^cast: int32 holds/],
  ["an unknown dtype", () => t.zeros([2], { dtype: loose<t.DType>("float16") }), /there is no dtype "float16"/],
  ["too much memory", () => t.zeros([1e6, 1e6]), /4000000000000 bytes \(3\.73e\+3 GiB\) are more memory/],
  ["a shape that is none", () => t.zeros(loose<number[]>(3)), /^zeros: a shape is a list of lengths/],
  ["a value that is none", () => t.full([2], loose<number>(undefined)), /^full: needs a number to fill with/],
  ["a seed for a key", () => t.normal(loose<t.Key>(42), [2]), /needs a key as its first argument, such as key\(42\)/],
  ["a misspelt option", () => t.concat([x], loose<object>({ dim: 0 })), /^concat: has no option "dim"; it takes axis/],
  ["a misspelt range", () => t.slice(x, [loose<t.SliceSpec>({ strt: 1 })]), /^slice: has no option "strt"/],
  ["half a key", () => t.split(t.key(1), 2.5), /^split: a count is a whole number/],
])("%s", (_, call, message) => {
  expect(call).toThrow(t.ElboError);
  expect(call).toThrow(message);
});
