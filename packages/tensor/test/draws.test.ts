// Random numbers by SIMD are those of the generator and the formulas, one by one, to the bit, however many are drawn.

import { describe, expect, it } from "vitest";
import {
  ArgumentError,
  bernoulli,
  key,
  type Key,
  normal,
  permutation,
  randomBits,
  randomInt,
  type Tensor,
  threefry2x32,
  uniform,
} from "../src/index.js";
import { evaluate } from "../src/meaning/evaluate.js";
import { cosTurns, sinTurns } from "../src/meaning/index.js";
import { radius } from "../src/meaning/radius.js";
import { drawsInLanes } from "../src/random/bits.js";
import { asNormal, asUniform, asWords, defineDraw } from "../src/random/lanes.js";
import { instantiate } from "../src/wasm/features.js";
import { newMemory } from "../src/wasm/host.js";
import { v128 } from "../src/wasm/instructions.js";
import { ModuleBuilder } from "../src/wasm/module.js";
import { firstDifference } from "./support.js";

/** Around one round of the loop, the way to SIMD, and a piece; odd ones too. */
const COUNTS = [0, 1, 2, 7, 8, 9, 63, 64, 65, 67, 127, 1001, 8191, 8192, 8193, 16385, 20003];
const MOST = Math.max(...COUNTS);

const keys: readonly Key[] = [key(0), key(42), key(2 ** 53 - 1), { words: [0x13198a2e, 0x83707344] }];

/** The generator, block by block. */
function wordsOf({ words: [k0, k1] }: Key, count: number, firstBlock = 0): Uint32Array {
  const out = new Uint32Array(count + (count & 1));
  for (let i = 0; i < count; i += 2) threefry2x32(k0, k1, firstBlock + (i >> 1), 0, out, i);
  return out;
}

const unit = (word: number): number => (word >>> 8) * 2 ** -24;

/** The normal numbers of two words. */
function normalPair(first: number, second: number): [number, number] {
  const r = evaluate(radius, [(first + 0.5) * 2 ** -32]);
  return [cosTurns, sinTurns].map((turns) => Math.fround(r * evaluate(turns, [unit(second)]))) as [number, number];
}

const normalsOf = (words: Uint32Array): Float32Array =>
  Float32Array.from(words, (_, i) => normalPair(words[i & ~1], words[i | 1])[i & 1]);

function expectFirst(got: ArrayLike<number>, all: ArrayLike<number>, count: number): void {
  const at = firstDifference(got, Array.prototype.slice.call(all, 0, count) as number[]);
  if (at >= 0) expect.fail(`of ${count}, number ${at} is ${got[at]}, should be ${all[at]}`);
}

it("begins with 64 numbers", () => {
  expect([0, 1, 63, 64, 65, MOST].map(drawsInLanes)).toEqual([false, false, false, true, true, true]);
});

describe.each(keys)("of key %j, as many as asked for", (from) => {
  const words = wordsOf(from, MOST + 1);

  it("words are the generator's", () => {
    for (const count of COUNTS) {
      const got = randomBits(from, count);
      expect(got).toBeInstanceOf(Uint32Array);
      expectFirst(got, words, count);
    }
  });

  it("uniform numbers are the upper 24 bits of the words", () => {
    const all = Float32Array.from(words, unit);
    for (const count of COUNTS) expectFirst(uniform(from, [count]).data, all, count);
  });

  it("normal numbers are the formula of Box and Muller, step by step in float32", () => {
    const all = normalsOf(words);
    for (const count of COUNTS) expectFirst(normal(from, [count]).data, all, count);
  });
});

it("fewer numbers are the first of more, for every distribution", () => {
  const draws: Readonly<Record<string, (n: number) => Tensor>> = {
    uniform: (n) => uniform(key(7), [n]),
    "uniform in a range": (n) => uniform(key(7), [n], { low: -2, high: 3 }),
    normal: (n) => normal(key(7), [n]),
    bernoulli: (n) => bernoulli(key(7), 0.3, [n]),
    randomInt: (n) => randomInt(key(7), [n], { high: 1000 }),
  };
  for (const draw of Object.values(draws)) {
    const all = draw(MOST).data;
    for (const count of COUNTS) expectFirst(draw(count).data, all, count);
  }
  // The words of a permutation decide its steps from the back.
  for (const n of [63, 64, 65]) expect(new Set(permutation(key(7), n).data).size).toBe(n);
});

it("the published vector of the generator, and the published words of key(42), come by SIMD too", () => {
  // Random123, examples/kat_vectors: key 0, counter 0. The other vectors have counters that no draw has.
  expect([...randomBits({ words: [0, 0] }, 64).subarray(0, 2)]).toEqual([0x6b200159, 0x99ba4efe]);
  expect([...randomBits(key(42), 64).subarray(0, 8)]).toEqual([
    0x6d3e048f, 0x1022172d, 0x19a3f86f, 0xcfbc07f9, 0x3249c374, 0x176c0248, 0x64337688, 0x73772d27,
  ]);
});

describe("in a memory of one's own", () => {
  const CANARY = 0x7fc0dead;
  const finishes = {
    words: [asWords, (words: Uint32Array) => words],
    uniform: [asUniform, (words: Uint32Array) => Float32Array.from(words, unit)],
    normal: [asNormal, normalsOf],
  } as const;

  it.each(Object.entries(finishes))("%s start at any block, wrap at 2^32, and change nothing else", (_, finish) => {
    const [asNumbers, numbersOf] = finish;
    const builder = new ModuleBuilder();
    defineDraw(builder, "draw", asNumbers);
    const memory = newMemory(65536);
    const { draw } = instantiate(builder.bytes, memory);
    const bits = new Int32Array(memory.buffer);
    for (const block of [0, 3, 2 ** 31 - 1, 2 ** 32 - 6]) {
      for (const count of [0, 8, 16, 408]) {
        bits.fill(CANARY);
        const before = bits.slice();
        const out = bits.length - count;
        draw(keys[3].words[0], keys[3].words[1], block, 4 * count, 4 * out);
        const want = numbersOf(wordsOf(keys[3], count, block));
        before.set(new Int32Array(want.buffer), out);
        expect(firstDifference(bits, before)).toBe(-1);
      }
    }
  });

  it("words at the ends of 32 bits, and where a sign bit begins, become the same normal numbers", () => {
    const ends = [0, 2 ** 31 - 100, 2 ** 32 - 200].flatMap((from) => Array.from({ length: 200 }, (_, i) => from + i));
    const builder = new ModuleBuilder();
    builder.define("run", ["i32", "i32", "i32"], "none", (scope, first, second, out) => {
      const [x, y] = [scope.local("v128"), scope.local("v128")];
      const { constants, statements, results } = asNormal(scope, x, y);
      return [
        x.set(v128.load(first)),
        y.set(v128.load(second)),
        ...constants,
        ...statements,
        ...results.map((result, i) => v128.store(out, result, 16 * i)),
      ];
    });
    const memory = newMemory(65536);
    const { run } = instantiate(builder.bytes, memory);
    const floats = new Float32Array(memory.buffer);
    new Uint32Array(memory.buffer).set(ends);
    for (let at = 0; at < ends.length; at += 4) {
      // The second words go the other way.
      const other = ends.length - 4 - at;
      run(4 * at, 4 * other, 40_000);
      const pairs = [0, 1, 2, 3].map((lane) => normalPair(ends[at + lane], ends[other + lane]));
      const want = [0, 1].flatMap((which) => pairs.map((pair) => pair[which]));
      expect([...floats.subarray(10_000, 10_008)]).toEqual(want);
    }
  });
});

describe("what is no key", () => {
  const loose = (value: unknown): Key => value as Key;
  const draws: Readonly<Record<string, (from: Key, count: number) => unknown>> = {
    randomBits: (from, count) => randomBits(from, count),
    uniform: (from, count) => uniform(from, [count]),
    "uniform in a range": (from, count) => uniform(from, [count], { low: 1, high: 2 }),
    normal: (from, count) => normal(from, [count]),
    bernoulli: (from, count) => bernoulli(from, 0.5, [count]),
    randomInt: (from, count) => randomInt(from, [count], { high: 9 }),
    permutation: (from, count) => permutation(from, count),
  };

  it.each(Object.entries(draws))("is refused by %s, whatever the count", (_, draw) => {
    for (const wrong of [42, undefined, null, {}, { words: [1] }, { words: "ab" }, [1, 2]]) {
      for (const count of [1, 64, 10_000]) {
        expect(() => draw(loose(wrong), count)).toThrow(ArgumentError);
        expect(() => draw(loose(wrong), count)).toThrow(/needs a key as its first argument, such as key\(42\)/);
      }
    }
  });
});
