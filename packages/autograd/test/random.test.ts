// Random operations: the functions of @elbo/tensor to the bit, drawn now or written down and drawn later.

import * as t from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  add,
  bernoulli,
  exp,
  foldIn,
  grad,
  isSymbolicKey,
  keyOf,
  less,
  mul,
  normal,
  randomInt,
  split,
  sum,
  SymbolicKey,
  table,
  uniform,
  type Value,
  vjp,
  wordsOf,
} from "../src/index.js";
import { expectSameBits } from "./support/compare.js";
import { Tape } from "./support/tape.js";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const keys = fc.tuple(word, word).map((words): t.Key => ({ words }));
/** Empty, scalar, odd, and long enough for SIMD. */
const shapes = fc.constantFrom<number[]>([], [0, 3], [1], [5], [2, 3], [9, 11], [64]);
const indices = fc.constantFrom(0, 1, 7, 2 ** 24 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1);
const int32 = (n: number): t.Tensor => t.fromTypedArray(Int32Array.of(n), []);
const key = t.key(42);

/** A key as the argument of a compiled function has it. */
const symbolicKey = (tape: Tape, from: t.Key): SymbolicKey => new SymbolicKey(tape.input(wordsOf(from)));

/** The key that a symbolic one comes to. */
function playKey(tape: Tape, from: t.Key): t.Key {
  if (!isSymbolicKey(from)) throw new Error("a concrete key");
  return keyOf("test", tape.play(from.value));
}

const holds = (property: (from: t.Key, shape: number[], index: number) => void): void =>
  fc.assert(fc.property(keys, shapes, indices, property), { numRuns: 60 });

describe("the words of a key", () => {
  it("are the same bits as int32, and back", () => {
    holds((from) => {
      expect(keyOf("test", wordsOf(from))).toEqual(from);
    });
    expect(wordsOf({ words: [2 ** 32 - 1, 5] }).toArray()).toEqual([-1, 5]);
    const reversed = wordsOf({ words: [1, 2] }).flip();
    expect(keyOf("test", reversed).words).toEqual([2, 1]);
  });

  it("are two, and whole", () => {
    expect(() => table.normal.evaluate([t.tensor([1, 2])], { shape: [2] })).toThrow(
      new t.DTypeError("the words of a key are int32, got float32", { op: "normal" }),
    );
    expect(() => table.uniform.evaluate([int32(1)], { shape: [2] })).toThrow(/^uniform: a key has two words, got \[\]/);
  });
});

describe("the table computes what @elbo/tensor computes", () => {
  test("uniform, normal, randomInt", () => {
    holds((from, shape) => {
      const words = [wordsOf(from)];
      const range = { low: -3, high: 2 ** 31 };
      expectSameBits(table.uniform.evaluate(words, { shape }), t.uniform(from, shape));
      expectSameBits(table.normal.evaluate(words, { shape }), t.normal(from, shape));
      expectSameBits(table.randomInt.evaluate(words, { shape, ...range }), t.randomInt(from, shape, range));
    });
  });

  test("foldIn and splitKey", () => {
    holds((from, _, index) => {
      const folded = table.foldIn.evaluate([wordsOf(from), int32(index)], {});
      expect(keyOf("test", folded)).toEqual(t.foldIn(from, index));
      const all = t.split(from, 5);
      const drawn = all.map((_, i) => keyOf("test", table.splitKey.evaluate([wordsOf(from)], { index: i })));
      expect(drawn).toEqual(all);
    });
  });
});

const ranges = [
  { low: -2, high: 3 },
  { low: 1, high: 1.0000001 },
  { low: 0, high: 0.3 },
  { low: 0.1, high: 1 },
  { low: -1e30, high: 1e30 },
];

/** Each function with some arguments, here and in @elbo/tensor. */
const draws: [name: string, here: (from: t.Key, shape: number[]) => Value, there: typeof t.normal][] = [
  ["uniform", uniform, (from, shape) => t.uniform(from, shape)],
  ...ranges.map((range): (typeof draws)[number] => [
    `uniform of ${range.low} to ${range.high}`,
    (from, shape) => uniform(from, shape, range),
    (from, shape) => t.uniform(from, shape, range),
  ]),
  ["normal", normal, t.normal],
  ["bernoulli", (from, shape) => bernoulli(from, 0.3, shape), (from, shape) => t.bernoulli(from, 0.3, shape)],
  [
    "randomInt",
    (from, shape) => randomInt(from, shape, { low: -5, high: 100 }),
    (from, shape) => t.randomInt(from, shape, { low: -5, high: 100 }),
  ],
];

describe("a function of a key gives the bits of @elbo/tensor, drawn now or later", () => {
  test.each(draws)("%s", (_, here, there) => {
    holds((from, shape) => {
      const want = there(from, shape);
      expectSameBits(here(from, shape), want, "now");
      const tape = new Tape();
      expectSameBits(tape.play(here(symbolicKey(tape, from), shape)), want, "later");
    });
  });

  test("bernoulli of probabilities that are tensors, symbolic, or under differentiation", () => {
    const p = t.tensor([[0.1], [0.5], [0.9]]);
    const want = t.bernoulli(key, p, [3, 40]);
    const tape = new Tape();
    expectSameBits(bernoulli(key, p, [3, 40]), want);
    expectSameBits(tape.play(bernoulli(symbolicKey(tape, key), p, [3, 40])), want);
    expectSameBits(tape.play(bernoulli(key, tape.input(p), [3, 40])), want);
    expectSameBits(bernoulli(key, p), t.bernoulli(key, p));
    expect(grad((x: Value) => sum(bernoulli(key, x)))(p).toArray()).toEqual([[0], [0], [0]]);
  });
});

describe("keys from keys", () => {
  test("split", () => {
    holds((from) => {
      const tape = new Tape();
      const later = split(symbolicKey(tape, from), 3);
      expect(split(from, 3)).toEqual(t.split(from, 3));
      expect(later.map((one) => playKey(tape, one))).toEqual(t.split(from, 3));
      expect(split(from)).toHaveLength(2);
      expect(split(symbolicKey(tape, from))).toHaveLength(2);
    });
  });

  test("foldIn, whichever of key and index is not known yet", () => {
    holds((from, _, index) => {
      const want = t.foldIn(from, index);
      const tape = new Tape();
      const [later, at] = [symbolicKey(tape, from), tape.input(int32(index))];
      expect(foldIn(from, index)).toEqual(want);
      expect(foldIn(from, int32(index))).toEqual(want);
      for (const one of [foldIn(later, index), foldIn(later, int32(index)), foldIn(later, at), foldIn(from, at)]) {
        expect(playKey(tape, one)).toEqual(want);
      }
    });
  });

  test("in a chain, as a training step has them", () => {
    const noise = (from: t.Key, step: number | Value): Value => {
      const [first, second] = split(foldIn(from, step));
      return add(normal(foldIn(first, 3), [70]), uniform(second, [70]));
    };
    const tape = new Tape();
    expectSameBits(tape.play(noise(key, tape.input(int32(12)))), noise(key, 12));
  });

  test("a whole number under differentiation is an index all the same", () => {
    const f = (x: Value, step: Value): Value => sum(mul(x, normal(foldIn(key, step), [2])));
    const [slope] = vjp(f, t.tensor([1, 2]), int32(4))[1](t.tensor(1));
    expectSameBits(slope, t.normal(t.foldIn(key, 4), [2]));
  });
});

describe("what is drawn from a symbolic key", () => {
  it("is a constant of the function that is differentiated", () => {
    const sample = (from: t.Key) => (p: { mean: Value; logScale: Value }) =>
      sum(add(p.mean, mul(exp(p.logScale), normal(from, [3]))));
    const p = { mean: t.tensor([1, 2, 3]), logScale: t.tensor([0, -1, 0.5]) };
    const tape = new Tape();
    const written = grad(sample(symbolicKey(tape, key)))({
      mean: tape.input(p.mean),
      logScale: tape.input(p.logScale),
    });
    const wanted = grad(sample(key))(p);
    expectSameBits(tape.play(written.mean), wanted.mean);
    expectSameBits(tape.play(written.logScale), wanted.logScale);
  });

  it("is one step, with the attributes that the table names", () => {
    const tape = new Tape();
    randomInt(symbolicKey(tape, key), [2], { high: 3 });
    expect(tape.steps.at(-1)).toMatchObject({ op: "randomInt", attributes: { shape: [2], low: 0, high: 3 } });
  });

  it("steers a choice by where and less, not by if", () => {
    const tape = new Tape();
    const drop = (from: t.Key): Value => less(uniform(from, [20]), 0.5);
    expectSameBits(tape.play(drop(symbolicKey(tape, key))), drop(key));
  });
});

describe("mistakes", () => {
  const messageOf = (f: () => unknown): string => {
    try {
      f();
    } catch (error) {
      return String(error);
    }
    return "none";
  };
  const wrong: [name: string, f: (from: t.Key) => unknown][] = [
    ["uniform of an empty range", (from) => uniform(from, [2], { low: 1, high: 1 })],
    ["uniform of an unknown option", (from) => uniform(from, [2], { min: 1 } as object)],
    ["uniform of no shape", (from) => uniform(from, [-1])],
    ["normal of no shape", (from) => normal(from, [1.5])],
    ["bernoulli that does not fit", (from) => bernoulli(from, t.tensor([0.1, 0.2]), [3])],
    ["bernoulli of no number", (from) => bernoulli(from, "0.5" as unknown as number)],
    ["randomInt of fractions", (from) => randomInt(from, [2], { high: 1.5 })],
    ["randomInt of no shape", (from) => randomInt(from, [-2], { high: 2 })],
    ["split by a fraction", (from) => split(from, 1.5)],
    ["foldIn of a negative number", (from) => foldIn(from, -1)],
    ["foldIn of a float", (from) => foldIn(from, t.tensor(3))],
    ["foldIn of a list", (from) => foldIn(from, t.tensor([3], { dtype: "int32" }))],
  ];
  test.each(wrong)("%s: one message, whether the key is known or not", (_, f) => {
    const message = messageOf(() => f(key));
    expect(message).toMatch(/^(Argument|Shape|DType)Error: (uniform|normal|bernoulli|randomInt|split|foldIn): /);
    expect(messageOf(() => f(symbolicKey(new Tape(), key)))).toBe(message);
  });

  it("a plain number argument of a compiled function is no index, and is told what to be", () => {
    const step = new Tape().input(t.tensor(3));
    const error = new t.DTypeError(
      'the index is float32, as a plain number is that a compiled function is given; pass it as tensor(step, { dtype: "int32" })',
      { op: "foldIn" },
    );
    expect(() => foldIn(key, step)).toThrow(error);
    expect(() => foldIn(symbolicKey(new Tape(), key), step)).toThrow(error);
  });

  it("a bare seed is no key", () => {
    const seed = 42 as unknown as t.Key;
    const step = new Tape().input(int32(3));
    for (const f of [() => normal(seed, [2]), () => split(seed), () => foldIn(seed, 1), () => foldIn(seed, step)]) {
      expect(f).toThrow(/needs a key as its first argument, such as key\(42\), got 42/);
    }
  });

  it("a symbolic key has no words to read", () => {
    const from = symbolicKey(new Tape(), key);
    for (const f of [() => from.words, () => t.normal(from, [2]), () => t.split(from), () => t.permutation(from, 3)]) {
      expect(f).toThrow(
        /^input: a key reads numbers that are not computed yet, .* \(random\.test\.ts:\d+:\d+\); import \{ normal/,
      );
    }
  });
});
