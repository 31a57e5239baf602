// The median and the Gaussian blur against their definitions, pixel by pixel.

import { add, flip, full, mul, sub, tensor, type Tensor, transpose, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gaussianBlur, medianFilter } from "../src/baselines/filters.js";
import { expectAllClose, numbers } from "./support/numbers.js";
import { pixels, stack } from "./support/tables.js";

const sides = fc.integer({ min: 1, max: 7 });
const stacks = fc.tuple(fc.integer({ min: 1, max: 3 }), sides, sides).chain((shape) => pixels(shape));

/** Every pixel from the pixels around it, the edges repeated beyond them. */
function around(images: Tensor, reach: number, combine: (pixel: (di: number, dj: number) => number) => number): Tensor {
  const [count, height, width] = images.shape;
  const clip = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at));
  return stack([count, height, width], (n, i, j) =>
    combine((di, dj) => {
      expect(Math.max(Math.abs(di), Math.abs(dj))).toBeLessThanOrEqual(reach);
      return images.data[(n * height + clip(i + di, height)) * width + clip(j + dj, width)];
    }),
  );
}

const range = (reach: number): number[] => Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);

describe("medianFilter", () => {
  test("is the fifth of the nine sorted pixels around", () => {
    const median = (pixel: (di: number, dj: number) => number): number =>
      range(1)
        .flatMap((di) => range(1).map((dj) => pixel(di, dj)))
        .sort((a, b) => a - b)[4];
    fc.assert(
      fc.property(stacks, (images) => {
        expect(numbers(medianFilter(images))).toEqual(numbers(around(images, 1, median)));
      }),
    );
  });

  test("takes out a single wrong pixel, and commutes with a change of contrast", () => {
    const speck = stack([1, 6, 6], (_, i, j) => Number(i === 2 && j === 3));
    expect(numbers(medianFilter(speck)).every((pixel) => pixel === 0)).toBe(true);
    fc.assert(
      fc.property(stacks, (images) => {
        const median = medianFilter(images);
        expect(numbers(medianFilter(mul(images, images)))).toEqual(numbers(mul(median, median)));
      }),
    );
  });
});

describe("gaussianBlur", () => {
  const sigmas = fc.constantFrom(0.3, 1, 1.5);

  test("is the weighted mean over a square of ceil(3 sigma) pixels each way", () => {
    fc.assert(
      fc.property(stacks, sigmas, (images, sigma) => {
        const reach = Math.ceil(3 * sigma);
        const square = range(reach).flatMap((di) => range(reach).map((dj) => [di, dj] as const));
        const weight = ([di, dj]: readonly [number, number]): number =>
          Math.exp(-(di * di + dj * dj) / (2 * sigma * sigma));
        const total = square.reduce((sum, at) => sum + weight(at), 0);
        const mean = (pixel: (di: number, dj: number) => number): number =>
          square.reduce((sum, at) => sum + weight(at) * pixel(...at), 0) / total;
        expectAllClose(numbers(gaussianBlur(images, sigma)), numbers(around(images, reach, mean)), 2 ** -24);
      }),
      { numRuns: 30 },
    );
  });

  test("leaves what is constant, is linear, and commutes with mirrors and the transpose", () => {
    const tolerance = 2 ** -23;
    expectAllClose(numbers(gaussianBlur(full([1, 5, 9], 0.7))), numbers(full([1, 5, 9], 0.7)), tolerance);
    fc.assert(
      fc.property(stacks, sigmas, (images, sigma) => {
        const blurred = gaussianBlur(images, sigma);
        expectAllClose(numbers(gaussianBlur(sub(1, images), sigma)), numbers(sub(1, blurred)), tolerance);
        expectAllClose(numbers(gaussianBlur(flip(images, [2]), sigma)), numbers(flip(blurred, [2])), tolerance);
        const turned = transpose(images, [0, 2, 1]);
        expectAllClose(numbers(gaussianBlur(turned, sigma)), numbers(transpose(blurred, [0, 2, 1])), tolerance);
        expectAllClose(numbers(gaussianBlur(add(images, images), sigma)), numbers(add(blurred, blurred)), tolerance);
      }),
      { numRuns: 30 },
    );
  });
});

test("both refuse what is no stack of images, NaN, and a sigma that is not positive", () => {
  for (const filter of [medianFilter, gaussianBlur]) {
    expect(() => filter(zeros([3, 3]))).toThrow(/\[count, height, width\].*got \[3, 3\]/);
    expect(() => filter(zeros([0, 3, 3]))).toThrow(/no axis empty/);
    expect(() => filter(tensor([[[0, NaN]]]))).toThrow(/element 1 of images is NaN/);
  }
  for (const sigma of [0, -1, NaN, Infinity]) expect(() => gaussianBlur(zeros([1, 3, 3]), sigma)).toThrow(/sigma/);
});
