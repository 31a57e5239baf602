// The operations of the table that draw numbers: each is a function of the words of a key, along which nothing moves.

import * as t from "@elbo/tensor";
import { keyOf, wordsOf } from "../core/key-words.js";
import type { Case, Draw, OpAttributes, OpRecord } from "../core/signatures.js";
import { smallShape } from "./algebra.js";

type Random<N extends keyof OpAttributes> = OpRecord<OpAttributes[N]>;

/** Words of keys, as tests draw them: those that are not negative as int32. */
const words: Case<unknown>["inputs"][number] = { indices: [2], below: 2 ** 31 };

/** Keys and indices in, numbers out. */
function random<A>(
  parts: Pick<OpRecord<A>, "evaluate" | "shape"> & {
    readonly attributes: (draw: Draw) => A;
    readonly inputs?: Case<A>["inputs"];
  },
): OpRecord<A> {
  const inputs = parts.inputs ?? [words];
  return {
    evaluate: parts.evaluate,
    shape: parts.shape,
    broadcasts: false,
    linear: false,
    derivative: { kind: "each", rules: inputs.map(() => null) },
    domain: (draw) => ({ inputs, attributes: parts.attributes(draw) }),
  };
}

export const uniform: Random<"uniform"> = random({
  evaluate: ([key], { shape }) => t.uniform(keyOf("uniform", key), shape),
  shape: (_, { shape }) => shape,
  attributes: (draw) => ({ shape: smallShape(draw) }),
});

export const normal: Random<"normal"> = random({
  evaluate: ([key], { shape }) => t.normal(keyOf("normal", key), shape),
  shape: (_, { shape }) => shape,
  attributes: (draw) => ({ shape: smallShape(draw) }),
});

export const randomInt: Random<"randomInt"> = random({
  evaluate: ([key], { shape, low, high }) => t.randomInt(keyOf("randomInt", key), shape, { low, high }),
  shape: (_, { shape }) => shape,
  attributes: (draw) => {
    const low = draw.integer(-5, 5);
    return { shape: smallShape(draw), low, high: low + draw.integer(1, 1000) };
  },
});

/** The index is a word of 32 bits too: its sign is its highest bit. */
export const foldIn: Random<"foldIn"> = random({
  evaluate: ([key, index]) =>
    wordsOf(t.foldIn(keyOf("foldIn", key), t.asTensor("foldIn", index, "int32").item() >>> 0)),
  shape: () => [2],
  attributes: () => ({}),
  inputs: [words, { indices: [], below: 2 ** 31 }],
});

export const splitKey: Random<"splitKey"> = random({
  evaluate: ([key], { index }) => wordsOf(t.splitAt(keyOf("splitKey", key), index)),
  shape: () => [2],
  attributes: (draw) => ({ index: draw.integer(0, 5) }),
});
