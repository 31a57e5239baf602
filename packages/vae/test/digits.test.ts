// The procedural digits: the published bits, random access, prefixes, writers, factors, labels, refusals.

import { createHash } from "node:crypto";
import { ArgumentError } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digit, type Part } from "../src/data/digits/digit.js";
import { digitBytes, digits } from "../src/data/digits/digits.js";
import { type DigitFactors, factorRanges } from "../src/data/digits/factors.js";
import { published } from "../src/data/digits/published.js";
import { cos, exp, log, sin } from "../src/data/digits/scalar.js";
import { skeletons } from "../src/data/digits/skeletons.js";

const sha256 = (...parts: Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

const part = fc.constantFrom<Part>("train", "test");
const index = fc.nat({ max: 4_294_967_295 });
const seed = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe("the published set", () => {
  for (const name of ["train", "test"] as const) {
    test(`${name} has the published SHA-256`, { timeout: 120_000 }, () => {
      const { pixels, labels } = digitBytes(name, published[name].count, published.seed);
      expect(sha256(pixels, labels)).toBe(published[name].sha256);
    });
  }
});

describe("digits()", () => {
  const small = digits({ train: 60, test: 25, seed: 3 });

  test("has the documented shapes, dtypes and range", () => {
    expect(small.train.inputs.shape).toEqual([60, 28, 28]);
    expect(small.test.inputs.shape).toEqual([25, 28, 28]);
    expect(small.train.inputs.dtype).toBe("float32");
    expect(small.train.labels?.dtype).toBe("int32");
    expect(small.train.labels?.shape).toEqual([60]);
    const { data } = small.train.inputs;
    expect(data.every((v) => v >= 0 && v <= 1 && Math.fround(Math.round(v * 255) / 255) === v)).toBe(true);
  });

  test("no images make an empty set", () => {
    expect(digits({ train: 0, test: 0 }).train.inputs.shape).toEqual([0, 28, 28]);
  });

  test("fewer images are the prefix of more", () => {
    fc.assert(
      fc.property(part, fc.nat({ max: 40 }), fc.nat({ max: 40 }), seed, (p, a, b, s) => {
        const [few, many] = a < b ? [a, b] : [b, a];
        const short = digitBytes(p, few, s);
        const long = digitBytes(p, many, s);
        expect(long.pixels.subarray(0, few * 784)).toEqual(short.pixels);
        expect(long.labels.subarray(0, few)).toEqual(short.labels);
      }),
      { numRuns: 20 },
    );
  });

  test("row i is digit(i), whatever was drawn before it", () => {
    for (const p of ["train", "test"] as const) {
      const { inputs, labels } = small[p];
      for (let i = 0; i < labels!.size; i++) {
        const { pixels, label } = digit(i, { seed: 3, part: p });
        expect(labels!.data[i]).toBe(label);
        expect(inputs.data.subarray(i * 784, (i + 1) * 784)).toEqual(Float32Array.from(pixels, (v) => v / 255));
      }
    }
  });

  test("seeds and parts give different images", () => {
    const hashes = [0, 1, 2].flatMap((s) =>
      (["train", "test"] as const).map((p) => sha256(digitBytes(p, 20, s).pixels)),
    );
    expect(new Set(hashes).size).toBe(6);
  });
});

describe("labels", () => {
  test("every ten consecutive images show each class once, in an order that varies", () => {
    const { labels } = digitBytes("train", 300);
    const orders = new Set<string>();
    for (let i = 0; i < 300; i += 10) {
      const block = [...labels.subarray(i, i + 10)];
      orders.add(block.join(""));
      expect(block.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(orders.size).toBe(30);
  });
});

describe("digit()", () => {
  test("is a function of its arguments alone", () => {
    fc.assert(
      fc.property(index, part, seed, (i, p, s) => {
        expect(digit(i, { part: p, seed: s })).toEqual(digit(i, { part: p, seed: s }));
      }),
      { numRuns: 30 },
    );
  });

  test("train and test are written by disjoint hands", () => {
    fc.assert(
      fc.property(index, seed, (i, s) => {
        const train = digit(i, { part: "train", seed: s }).factors.writer;
        const held = digit(i, { part: "test", seed: s }).factors.writer;
        expect(train >= 0 && train < 1024 && held >= 1024 && held < 2048).toBe(true);
      }),
    );
  });

  test("factors keep to their documented ranges and describe an allograph of the class", () => {
    fc.assert(
      fc.property(index, part, seed, (i, p, s) => {
        const { factors, label } = digit(i, { part: p, seed: s });
        expect(factors.label).toBe(label);
        for (const [name, [low, high]] of Object.entries(factorRanges)) {
          const value = factors[name as keyof typeof factorRanges];
          expect(value, name).toBeGreaterThanOrEqual(low);
          expect(value, name).toBeLessThanOrEqual(high);
        }
        const allograph = skeletons[label]!.find((a) => a.name === factors.allograph);
        expect(factors.blend.length).toBe(allograph?.forms.length);
        expect(factors.blend.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }),
      { numRuns: 200 },
    );
  });

  test("the ink lies in a 20 x 20 box, its centre of mass within half a pixel of (14, 14) or the box at the edge", () => {
    fc.assert(
      fc.property(index, part, (i, p) => {
        const { pixels } = digit(i, { part: p });
        let mass = 0;
        const moment = [0, 0];
        const low = [28, 28];
        const high = [-1, -1];
        pixels.forEach((value, at) => {
          if (value === 0) return;
          mass += value;
          [at % 28, Math.floor(at / 28)].forEach((place, axis) => {
            moment[axis]! += value * place;
            low[axis] = Math.min(low[axis]!, place);
            high[axis] = Math.max(high[axis]!, place);
          });
        });
        for (const axis of [0, 1]) {
          expect(high[axis]! - low[axis]!).toBeLessThan(20);
          // Half a pixel of placement, and the rounding of pixels to bytes.
          const off = moment[axis]! / mass - 14;
          if (Math.abs(off) < 0.52) continue;
          // A long one-sided stroke would push the box out of the picture: then the box, which the ink need not fill, ends
          // at the edge: rows 8 to 27 or 0 to 19.
          if (off < 0) expect(low[axis]!).toBeGreaterThanOrEqual(8);
          else expect(high[axis]!).toBeLessThanOrEqual(19);
        }
      }),
      // Named: a 7 whose bar outweighs its stem, and one whose ink does not fill the box.
      { numRuns: 200, examples: [[2701703511, "test"], [2088773696, "test"]] }, // prettier-ignore
    );
  });

  test("factors show in the image: thick lines have more ink, slanted ones lean", () => {
    const drawn = Array.from({ length: 1000 }, (_, i) => digit(i));
    const ink = (d: { pixels: Uint8Array }): number => d.pixels.reduce((a, b) => a + b, 0);
    const lean = ({ pixels }: { pixels: Uint8Array }): number => {
      let xy = 0;
      let yy = 0;
      pixels.forEach((value, at) => {
        const x = (at % 28) - 14;
        const y = 14 - Math.floor(at / 28);
        xy += value * x * y;
        yy += value * y * y;
      });
      return xy / yy;
    };
    const of = (name: "thickness" | "slant"): number[] => drawn.map((d) => d.factors[name]);
    expect(correlation(of("thickness"), drawn.map(ink))).toBeGreaterThan(0.6);
    expect(correlation(of("slant"), drawn.map(lean))).toBeGreaterThan(0.7);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (v: readonly number[]): number => v.reduce((x, y) => x + y, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const cov = (u: readonly number[], mu: number, v: readonly number[], mv: number): number =>
    u.reduce((sum, x, i) => sum + (x - mu) * (v[i]! - mv), 0);
  return cov(a, ma, b, mb) / Math.sqrt(cov(a, ma, a, ma) * cov(b, mb, b, mb));
}

describe("the table of allographs", () => {
  test("forms of one allograph correspond stroke by stroke and point by point; names are unique; numbers are numbers", () => {
    expect(skeletons.length).toBe(10);
    for (const kinds of skeletons) {
      expect(new Set(kinds.map((kind) => kind.name)).size).toBe(kinds.length);
      for (const { forms, frequency, name } of kinds) {
        expect(frequency, name).toBeGreaterThan(0);
        for (const form of forms) {
          expect(form.map((stroke) => stroke.length)).toEqual(forms[0]!.map((stroke) => stroke.length));
          expect(
            form.every((stroke) => stroke.length % 2 === 0 && stroke.every(Number.isFinite)),
            name,
          ).toBe(true);
        }
      }
    }
  });
});

describe("the project's own sin, cos, exp and log", () => {
  const near = (ours: number, theirs: number): void =>
    expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(theirs)));

  test("agree with the runtime's", () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (x) => {
        near(sin(x), Math.sin(x));
        near(cos(x), Math.cos(x));
        near(exp(x) / Math.exp(x), 1);
        near(log(Math.exp(x)), x);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("refusals", () => {
  const bad = fc.oneof(
    fc.integer({ max: -1 }),
    fc.double({ min: 0, max: 1e6, noInteger: true, noNaN: true }),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, 2 ** 60),
  );

  test("counts, seeds and indices that are not whole numbers from 0 on are ArgumentErrors", () => {
    fc.assert(
      fc.property(bad, (value) => {
        expect(() => digits({ train: value, test: 0 })).toThrow(ArgumentError);
        expect(() => digits({ train: 0, test: value })).toThrow(ArgumentError);
        expect(() => digits({ train: 0, test: 0, seed: value })).toThrow(ArgumentError);
        expect(() => digit(value)).toThrow(ArgumentError);
        expect(() => digit(0, { seed: value })).toThrow(ArgumentError);
      }),
    );
  });

  test("the message names the argument and its value", () => {
    expect(() => digits({ train: -1 })).toThrow("digits: train is a whole number from 0 to 1000000, got -1");
    expect(() => digits({ seed: 0.5 })).toThrow("digits: seed is a whole number");
  });

  test("a part that is none is refused", () => {
    expect(() => digit(0, { part: "validation" as Part })).toThrow(ArgumentError);
  });

  test("factors are plain data", () => {
    const { factors } = digit(0);
    expect(JSON.parse(JSON.stringify(factors)) as DigitFactors).toEqual(factors);
  });
});
