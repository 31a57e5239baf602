// Law 12, the distributions: published values, moments and Kolmogorov-Smirnov distances within stated bounds.

import { describe, expect, it } from "vitest";
import {
  ArgumentError,
  bernoulli,
  foldIn,
  key,
  map,
  meaning,
  normal,
  permutation,
  randomBits,
  randomInt,
  ShapeError,
  tensor,
  uniform,
  zeros,
} from "../src/index.js";

const k = key(42);
const bits = (data: ArrayLike<number>): number[] => [...new Uint32Array(Float32Array.from(data).buffer)];

/** How far below this the largest of six million independent standard normal deviations stays, nearly always. */
const SIGMAS = 5;

/** The Kolmogorov-Smirnov distance between numbers and a distribution function. */
function distance(numbers: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(numbers).sort();
  const n = sorted.length;
  return sorted.reduce((most, x, i) => Math.max(most, cdf(x) - i / n, (i + 1) / n - cdf(x)), 0);
}

/** The distance that n numbers exceed with probability 1e-6 (Kolmogorov's tail, 2 exp(-2 n d^2)). */
const distanceBound = (n: number): number => Math.sqrt(Math.log(2 / 1e-6) / (2 * n));

/** The chi-square that `degrees` exceed with probability 1e-6 (Wilson and Hilferty, 1931). */
const chiSquareBound = (degrees: number): number =>
  degrees * (1 - 2 / (9 * degrees) + 4.753 * Math.sqrt(2 / (9 * degrees))) ** 3;

const chiSquare = (counts: readonly number[], expected: number): number =>
  counts.reduce((total, n) => total + (n - expected) ** 2 / expected, 0);

/** The normal distribution function, by its series (Marsaglia, Evaluating the Normal Distribution, 2004). */
function normalCdf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) sum += term *= (x * x) / n;
  return 0.5 + sum * Math.exp((-x * x) / 2 - Math.log(2 * Math.PI) / 2);
}

describe("published values of key(42)", () => {
  it("uniform", () => {
    expect(bits(uniform(k, [8]).data)).toEqual([
      0x3eda7c08, 0x3d8110b8, 0x3dcd1fc0, 0x3f4fbc07, 0x3e49270c, 0x3dbb6010, 0x3ec866ec, 0x3ee6ee5a,
    ]);
    expect(bits(uniform(k, [8], { low: -3, high: 5 }).data)).toEqual([
      0x3ed3e040, 0xc01fbbd2, 0xc00cb810, 0x405f780e, 0xbfb6d8f4, 0xc01127fc, 0x3e066ec0, 0x3f1bb968,
    ]);
  });

  it("normal", () => {
    expect(bits(normal(k, [8]).data)).toEqual([
      0x3f9a1fb6, 0x3f00dcc0, 0x3f4ed9c6, 0xbffe5dea, 0x3fc1cf1e, 0x3f7b1dfd, 0xbfa71633, 0x3ed45a89,
    ]);
  });

  it("bernoulli, permutation, randomInt", () => {
    expect(bernoulli(k, 0.3, [16]).toArray()).toEqual([0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(permutation(k, 12).toArray()).toEqual([1, 8, 9, 7, 10, 0, 2, 3, 6, 11, 5, 4]);
    expect(randomInt(k, [10], { low: -5, high: 100 }).toArray()).toEqual([39, 1, 5, 80, 15, 4, 36, 42, 71, 46]);
    expect(randomInt(k, [4], { low: -(2 ** 31), high: 2 ** 31 }).toArray()).toEqual([
      -314702705, -1876814035, -1717307281, 1337722873,
    ]);
  });
});

describe("every distribution", () => {
  const draws = {
    uniform: (n: number) => uniform(k, [n]),
    "uniform in a range": (n: number) => uniform(k, [n], { low: -2, high: 3 }),
    normal: (n: number) => normal(k, [n]),
    bernoulli: (n: number) => bernoulli(k, 0.5, [n]),
    randomInt: (n: number) => randomInt(k, [n], { high: 1000 }),
  };

  it.each(Object.entries(draws))("%s: fewer numbers are the first of more", (_, draw) => {
    const all = [...draw(100).data];
    for (const n of [0, 1, 2, 33, 99]) expect([...draw(n).data]).toEqual(all.slice(0, n));
  });

  it("has the shape it is asked for, and depends on the key alone", () => {
    expect(uniform(k, [2, 0, 3]).shape).toEqual([2, 0, 3]);
    expect(normal(k, []).shape).toEqual([]);
    expect(normal(k, [2, 3]).reshape([6]).toArray()).toEqual(normal(k, [6]).toArray());
    expect(normal(key(42), [3]).toArray()).toEqual(normal(k, [3]).toArray());
    expect(normal(key(43), [3]).toArray()).not.toEqual(normal(k, [3]).toArray());
    expect(permutation(k, 0).shape).toEqual([0]);
    expect([uniform(k, [1]).dtype, permutation(k, 1).dtype, randomInt(k, [1], { high: 2 }).dtype]).toEqual([
      "float32",
      "int32",
      "int32",
    ]);
  });

  it("calls no function of the host that may differ between hosts, nor does any float32 operation", () => {
    const inexact = [
      "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp", "expm1", "hypot", "log",
      "log10", "log1p", "log2", "pow", "random", "sin", "sinh", "tan", "tanh",
    ] as const; // prettier-ignore
    const saved = Object.fromEntries(inexact.map((name) => [name, Math[name]]));
    const x = tensor([-2, -0.5, 0, 0.3, 0.9, 5, 1e4]);
    const operands = [x, tensor([0.5, 3, -1, 2, 0, -7, 1]), tensor([1, 2, 3, 4, 5, 6, 7])];
    const called: string[] = [];
    try {
      for (const name of inexact) {
        Object.assign(Math, { [name]: () => called.push(name) });
      }
      uniform(k, [5], { low: 1, high: 2 });
      normal(k, [5]);
      bernoulli(k, 0.3, [5]);
      permutation(k, 5);
      randomInt(k, [5], { high: 9 });
      for (const value of Object.values(meaning)) {
        if (typeof value === "object") map(value, ...operands.slice(0, value.arity));
      }
    } finally {
      Object.assign(Math, saved);
    }
    expect(called).toEqual([]);
    expect(Math.exp(0)).toBe(1);
  });
});

describe("uniform", () => {
  it("is the upper 24 bits of each word, times 2^-24", () => {
    const words = randomBits(k, 1000);
    expect([...uniform(k, [1000]).data]).toEqual(Array.from(words, (word) => Math.floor(word / 256) / 16777216));
  });

  it("is spread evenly", () => {
    const n = 50000;
    const data = [...uniform(key(1), [n]).data];
    const mean = data.reduce((a, b) => a + b, 0) / n;
    const variance = data.reduce((a, b) => a + (b - 0.5) ** 2, 0) / n;
    expect(Math.abs(mean - 0.5)).toBeLessThan(SIGMAS * Math.sqrt(1 / 12 / n));
    // The variance of (u - 1/2)^2 is 1/80 - 1/144 = 1/180.
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(SIGMAS * Math.sqrt(1 / 180 / n));
    expect(distance(data, (x) => x)).toBeLessThan(distanceBound(n));
  });

  it("is below the upper end of its range, even where adding the lower end rounds up", () => {
    for (const [low, high] of [
      [1000, 1001],
      [1, 2],
      [-0.1, 0.1],
      [-5, -4.5],
      [-1, 0],
      [0, 2 ** -149],
      [16777215, 16777216],
    ]) {
      // prettier-ignore
      const { data } = uniform(key(2), [200000], { low, high });
      expect(data.every((x) => x >= Math.fround(low) && x < high)).toBe(true);
    }
  });

  it("refuses ranges that are none", () => {
    expect(() => uniform(k, [2], { low: 1, high: 1 })).toThrow(
      "uniform: needs low < high, a finite distance apart, got 1 and 1",
    );
    expect(() => uniform(k, [2], { low: 2 })).toThrow(ArgumentError);
    expect(() => uniform(k, [2], { high: NaN })).toThrow(ArgumentError);
    expect(() => uniform(k, [2], { low: -3e38, high: 3e38 })).toThrow(ArgumentError);
    expect(() => uniform(k, [-2])).toThrow(/^uniform: \[-2\] is no shape/);
  });
});

describe("normal", () => {
  it("is Box and Muller's formula", () => {
    const words = randomBits(k, 1000);
    const { data } = normal(k, [1000]);
    for (let i = 0; i < 1000; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((words[i] + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * (words[i + 1] >>> 8) * 2 ** -24;
      // u is rounded to float32, which moves the radius by up to 2^-24 / radius near u = 1; then come a few roundings.
      const tolerance = 2 ** -24 / radius + 2 ** -20;
      expect(Math.abs(data[i] - radius * Math.cos(angle))).toBeLessThan(tolerance);
      expect(Math.abs(data[i + 1] - radius * Math.sin(angle))).toBeLessThan(tolerance);
    }
  });

  it("keeps the half of word + 1/2 in the tails: the first words of this key are 211 and 2110184164", () => {
    const [x, y] = normal(key(14620119), [2]).data;
    expect(Math.abs(x + 5.792483701892097)).toBeLessThan(2 ** -21);
    expect(Math.abs(y - 0.31638919415533384)).toBeLessThan(2 ** -24);
  });

  it("has the moments of the normal distribution, and its shape", () => {
    const n = 100000;
    const data = [...normal(key(1), [n]).data];
    const moment = (power: number): number => data.reduce((total, x) => total + x ** power, 0) / n;
    // The variance of x^p is (2p - 1)!! - ((p - 1)!!)^2 for even p, (2p - 1)!! for odd p.
    for (const [power, value, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]) {
      // prettier-ignore
      expect(Math.abs(moment(power) - value)).toBeLessThan(SIGMAS * Math.sqrt(variance / n));
    }
    expect(distance(data, normalCdf)).toBeLessThan(distanceBound(n));
    expect(data.every((x) => Math.abs(x) < 6.77)).toBe(true);
  });

  it("the two numbers of a pair are independent", () => {
    const n = 100000;
    const { data } = normal(key(2), [n]);
    let product = 0;
    let squares = 0;
    for (let i = 0; i < n; i += 2) {
      product += data[i] * data[i + 1];
      squares += (data[i] ** 2 - 1) * (data[i + 1] ** 2 - 1);
    }
    expect(Math.abs(product)).toBeLessThan(SIGMAS * Math.sqrt(n / 2));
    expect(Math.abs(squares)).toBeLessThan(SIGMAS * Math.sqrt(4 * (n / 2)));
  });
});

describe("bernoulli", () => {
  it("is 1 as often as p says", () => {
    const n = 20000;
    for (const p of [0.01, 0.3, 0.5, 0.9]) {
      const ones = bernoulli(key(5), p, [n]).sum().item();
      expect(Math.abs(ones - n * p)).toBeLessThan(SIGMAS * Math.sqrt(n * p * (1 - p)));
    }
    expect(bernoulli(k, 0, [1000]).sum().item()).toBe(0);
    expect(bernoulli(k, 1, [1000]).sum().item()).toBe(1000);
    expect([0, 1]).toContain(bernoulli(k, 0.5).item());
  });

  it("takes probabilities that broadcast to the shape, and each element its own number", () => {
    expect(bernoulli(k, tensor([[0, 1]])).toArray()).toEqual([[0, 1]]);
    expect(bernoulli(k, tensor([0, 1]), [3, 2]).toArray()).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(() => bernoulli(k, zeros([3]), [])).toThrow(ShapeError);
    expect(() => bernoulli(k, zeros([3]), [2, 1])).toThrow("bernoulli: p of [3] does not broadcast to [2, 1]");
    expect(() => bernoulli(k, zeros([3]), [2])).toThrow(/^bernoulli: cannot broadcast \[3\] with \[2\]/);
  });
});

describe("randomInt", () => {
  it("is floor(word * range / 2^32), exactly", () => {
    const words = randomBits(k, 300);
    for (const [low, high] of [
      [0, 1],
      [0, 7],
      [-100, 155],
      [0, 2 ** 31],
      [-(2 ** 31), 2 ** 31 - 5],
      [-(2 ** 31), 2 ** 31],
    ]) {
      // prettier-ignore
      const expected = Array.from(words, (word) => low + Number((BigInt(word) * BigInt(high - low)) >> 32n));
      expect([...randomInt(k, [300], { low, high }).data]).toEqual(expected);
    }
  });

  it("rounds nothing on the way: word 3435973854 of 2^32 - 5 gave one too many when its product was added in double", () => {
    const x = randomInt(key(746912), [1], { low: -(2 ** 31), high: 2 ** 31 - 5 });
    expect(x.toArray()).toEqual([3435973849 - 2 ** 31]);
  });

  it("takes every value equally often", () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const x of randomInt(key(6), [50000], { low: 5, high: 15 }).data) counts[x - 5]++;
    expect(chiSquare(counts, 5000)).toBeLessThan(chiSquareBound(9));
  });

  it("refuses ranges that are none", () => {
    for (const [low, high] of [
      [0, 0],
      [3, 2],
      [0, 1.5],
      [-(2 ** 31) - 1, 0],
      [0, 2 ** 31 + 1],
      [NaN, 1],
    ]) {
      // prettier-ignore
      expect(() => randomInt(k, [1], { low, high })).toThrow(ArgumentError);
      expect(() => randomInt(k, [1], { low, high })).toThrow(
        /^randomInt: needs whole numbers low < high within 32 bits/,
      );
    }
  });
});

describe("permutation", () => {
  it("is one", () => {
    for (const n of [0, 1, 2, 17, 1000]) {
      expect([...permutation(key(n), n).data].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
    expect(() => permutation(k, -1)).toThrow(/^permutation: /);
    expect(() => permutation(k, 1.5)).toThrow(ShapeError);
  });

  it("takes every order equally often", () => {
    const counts = new Map<string, number>();
    const draws = 24000;
    for (let i = 0; i < draws; i++) {
      const order = permutation(foldIn(k, i), 4).data.join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], draws / 24)).toBeLessThan(chiSquareBound(23));
  });
});
