// Law 12, the generator: the published vectors of Threefry-2x32-20, and keys that never meet.

import { describe, expect, it } from "vitest";
import { ArgumentError, foldIn, key, type Key, normal, randomBits, split, threefry2x32 } from "../src/index.js";
import { inner } from "./support.js";

const encrypt = (k: readonly [number, number], c: readonly [number, number]): number[] => {
  const out = new Uint32Array(2);
  threefry2x32(k[0], k[1], c[0], c[1], out);
  return [...out];
};

describe("threefry2x32", () => {
  // Random123, examples/kat_vectors, "threefry2x32 20".
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] satisfies [[number, number], [number, number], [number, number]][])("key %j, counter %j", (k, c, expected) => {
    expect(encrypt(k, c)).toEqual(expected);
  });

  it("writes where it is told, and nowhere else", () => {
    const out = new Uint32Array(5);
    threefry2x32(0, 0, 0, 0, out, 2);
    expect([...out]).toEqual([0, 0, 0x6b200159, 0x99ba4efe, 0]);
  });

  it("flips half of the bits when one bit of the key or the counter flips", () => {
    const count = (x: number): number => x.toString(2).replaceAll("0", "").length;
    let flips = 0;
    for (let bit = 0; bit < 128; bit++) {
      const words = [1, 2, 3, 4];
      words[bit >> 5] = (words[bit >> 5] ^ (1 << (bit & 31))) >>> 0;
      const [a, b] = [encrypt([1, 2], [3, 4]), encrypt([words[0], words[1]], [words[2], words[3]])];
      flips += count((a[0] ^ b[0]) >>> 0) + count((a[1] ^ b[1]) >>> 0);
    }
    // 8192 bits, each flipped with probability 1/2: five standard deviations of sqrt(8192) / 2.
    expect(Math.abs(flips - 4096)).toBeLessThan((5 * Math.sqrt(8192)) / 2);
  });
});

describe("keys", () => {
  const words = ({ words }: Key): string => words.join(" ");

  it("hold the seed's 53 bits in two words", () => {
    expect(key(0).words).toEqual([0, 0]);
    expect(key(42).words).toEqual([0, 42]);
    expect(key(2 ** 53 - 1).words).toEqual([0x1fffff, 0xffffffff]);
    expect(key(2 ** 32 + 7).words).toEqual([1, 7]);
  });

  it("split and fold in as published", () => {
    expect(split(key(42), 3).map((k) => k.words)).toEqual([
      [0x03d7b32d, 0xadd083f4],
      [0x44ca21e3, 0x1c35f481],
      [0x5a94bb15, 0x9d328128],
    ]);
    expect(foldIn(key(42), 0).words).toEqual([0x92fb20ea, 0x0f38d913]);
    expect(foldIn(key(42), 7).words).toEqual([0x25a7bb2b, 0xf394dbd4]);
    // Derived as documented: counter (index, purpose) under the key, with purposes 1 for splitting, 2 for folding in.
    expect(encrypt([0, 42], [1, 1])).toEqual([0x44ca21e3, 0x1c35f481]);
    expect(encrypt([0, 42], [7, 2])).toEqual([0x25a7bb2b, 0xf394dbd4]);
  });

  it("are all different, however they are derived", () => {
    const root = key(1);
    const seen = new Set([words(root)]);
    let made = 1;
    const add = (k: Key): void => void (seen.add(words(k)), made++);
    split(root, 2000).forEach(add);
    for (let i = 0; i < 2000; i++) add(foldIn(root, i));
    for (const child of split(root, 30)) split(child, 30).forEach(add);
    for (let i = 1; i <= 30; i++) for (let j = 0; j < 30; j++) add(foldIn(foldIn(root, i), j));
    add(foldIn(root, 2 ** 32 - 1));
    expect(seen.size).toBe(made);
  });

  it("more of a split begins with fewer", () => {
    expect(split(key(5), 10).slice(0, 3)).toEqual(split(key(5), 3));
    expect(split(key(5))).toHaveLength(2);
  });

  it("give streams without correlation: parent, children, items, neighbours", () => {
    const count = 20000;
    const root = key(3);
    const keys = [root, ...split(root, 3), foldIn(root, 0), foldIn(root, 1), key(4), foldIn(split(root)[0], 0)];
    const streams = keys.map((k) => normal(k, [count]));
    // The correlation of independent streams has standard deviation 1 / sqrt(count).
    for (let a = 0; a < streams.length; a++) {
      for (let b = 0; b < a; b++) {
        expect(Math.abs(inner(streams[a], streams[b]) / count)).toBeLessThan(5 / Math.sqrt(count));
      }
    }
  });

  it("refuse seeds and indices that are none", () => {
    for (const seed of [-1, 0.5, 2 ** 53, NaN, Infinity]) expect(() => key(seed)).toThrow(ArgumentError);
    for (const index of [-1, 0.5, 2 ** 32, NaN]) expect(() => foldIn(key(0), index)).toThrow(/^foldIn: an index is/);
    expect(() => key(-1)).toThrow("key: a seed is a whole number from 0 to 2^53 - 1, got -1");
  });
});

describe("randomBits", () => {
  it("are as published", () => {
    expect([...randomBits(key(42), 8)]).toEqual([
      0x6d3e048f, 0x1022172d, 0x19a3f86f, 0xcfbc07f9, 0x3249c374, 0x176c0248, 0x64337688, 0x73772d27,
    ]);
  });

  it("word i comes from block i >> 1, so that any part can be made on its own", () => {
    const all = randomBits(key(9), 21);
    for (const i of [0, 1, 8, 13, 20]) expect(all[i]).toBe(encrypt([0, 9], [i >> 1, 0])[i & 1]);
    for (const count of [0, 1, 2, 7, 20]) expect([...randomBits(key(9), count)]).toEqual([...all.subarray(0, count)]);
  });

  it("have every bit set half of the time", () => {
    const count = 1 << 14;
    const ones = new Int32Array(32);
    for (const word of randomBits(key(8), count)) for (let bit = 0; bit < 32; bit++) ones[bit] += (word >>> bit) & 1;
    for (const n of ones) expect(Math.abs(n - count / 2)).toBeLessThan((5 * Math.sqrt(count)) / 2);
  });
});
