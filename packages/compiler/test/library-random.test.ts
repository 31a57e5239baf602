// Library kernels of random numbers and keys: the bits of @elbo/tensor, for every size.

import {
  foldIn,
  fromTypedArray,
  type Key,
  normal,
  randomInt,
  type Shape,
  split,
  type Storage,
  type Tensor,
  uniform,
} from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, runs } from "./support/library.js";

const SIZES = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 127, 1000, 1001];
const shapes: fc.Arbitrary<Shape> = fc.oneof(
  fc.constantFrom(...SIZES).map((size) => [size]),
  fc.constant([]),
  fc.tuple(fc.nat(20), fc.nat(20)),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const keys = fc.tuple(int32, int32);
const words = (...list: number[]): Tensor => fromTypedArray(Int32Array.from(list), [list.length]);
const keyOf = ([a, b]: readonly [number, number]): Key => ({ words: [a >>> 0, b >>> 0] });

/** A kernel gives these bits. */
function expectBits(op: string, attributes: unknown, inputs: readonly Tensor[], want: Storage): void {
  const dtype = want instanceof Int32Array ? "int32" : "float32";
  for (const { words: got } of runs({ op, attributes, inputs }, dtype)) expect(got).toEqual(bitsOf(want));
}

describe("draws", () => {
  for (const [op, eager] of Object.entries({ uniform, normal })) {
    it(`${op}: every size`, () => {
      for (const size of SIZES) expectBits(op, { shape: [size] }, [words(1, -2)], eager(keyOf([1, -2]), [size]).data);
    });

    it(`${op}: every key and shape`, () => {
      fc.assert(
        fc.property(keys, shapes, (key, shape) =>
          expectBits(op, { shape }, [words(...key)], eager(keyOf(key), shape).data),
        ),
        { numRuns: 40 },
      );
    });
  }

  it("randomInt: every range of 32 bits", () => {
    const ranges = fc.oneof(
      fc.constant({ low: -(2 ** 31), high: 2 ** 31 }),
      fc.constant({ low: -(2 ** 31), high: 2 ** 31 - 1 }),
      fc
        .record({ low: fc.integer({ min: -9, max: 9 }), count: fc.integer({ min: 1, max: 40 }) })
        .map(({ low, count }) => ({ low, high: low + count })),
      fc.tuple(int32, int32).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) + 1 })),
    );
    fc.assert(
      fc.property(keys, shapes, ranges, (key, shape, range) =>
        expectBits("randomInt", { shape, ...range }, [words(...key)], randomInt(keyOf(key), shape, range).data),
      ),
      { numRuns: 80 },
    );
  });
});

describe("keys", () => {
  it("foldIn: every key and every index of 32 bits", () => {
    fc.assert(
      fc.property(keys, int32, (key, index) => {
        const want = Int32Array.from(foldIn(keyOf(key), index >>> 0).words);
        expectBits("foldIn", {}, [words(...key), fromTypedArray(Int32Array.of(index), [])], want);
      }),
      { numRuns: 50 },
    );
  });

  it("splitKey: every place of a split", () => {
    fc.assert(
      fc.property(keys, fc.nat(20), (key, index) => {
        const want = Int32Array.from(split(keyOf(key), index + 1)[index].words);
        expectBits("splitKey", { index }, [words(...key)], want);
      }),
      { numRuns: 50 },
    );
  });
});
