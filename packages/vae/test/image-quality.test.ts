// PSNR and SSIM against their definitions, written again with two-dimensional windows.

import { add, full, mul, tensor, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { psnr, ssim } from "../src/evaluation/image-quality.js";
import { expectClose } from "./support/numbers.js";
import { pixels, stack } from "./support/tables.js";

const sides = fc.integer({ min: 1, max: 14 });
const pairs = fc
  .tuple(fc.integer({ min: 1, max: 3 }), sides, sides)
  .chain((shape) => fc.tuple(pixels(shape), pixels(shape)));

describe("psnr", () => {
  test("is -20 log10 of an offset that all pixels share", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.5, 0.25, 0.125, 2), ([images], offset) => {
        const double = images.cast("float64");
        // Adding a power of two to a float32 in 0..1 is exact in double.
        expectClose(psnr(add(double, offset), double), -20 * Math.log10(offset), 1e-12);
      }),
    );
  });

  test("pools the squared error of all images before the logarithm", () => {
    const reference = full([2, 1, 1], 0);
    expectClose(psnr(tensor([[[1]], [[0]]]), reference), 10 * Math.log10(2), 1e-15);
  });

  test("is Infinity at equality", () => {
    fc.assert(
      fc.property(pairs, ([images]) => {
        expect(psnr(images, images)).toBe(Infinity);
      }),
    );
  });
});

/** Wang et al. (2004), equations 13 to 17, each window by itself. */
function ssimOfThePaper(images: Tensor, reference: Tensor): number {
  const [count, height, width] = images.shape;
  const shorter = Math.min(height, width, 11);
  const size = shorter % 2 === 1 ? shorter : shorter - 1;
  const at = (i: number): number => i - (size - 1) / 2;
  const offsets = Array.from({ length: size * size }, (_, s) => [Math.floor(s / size), s % size] as const);
  const raw = offsets.map(([i, j]) => Math.exp(-(at(i) ** 2 + at(j) ** 2) / (2 * 1.5 ** 2)));
  const weights = raw.map((weight) => weight / raw.reduce((total, one) => total + one, 0));
  const values: number[] = [];
  for (let n = 0; n < count; n++) {
    for (let i = 0; i + size <= height; i++) {
      for (let j = 0; j + size <= width; j++) {
        const window = (of: Tensor): number[] =>
          offsets.map(([di, dj]) => of.data[(n * height + i + di) * width + j + dj]);
        const [x, y] = [window(images), window(reference)];
        const mean = (f: (s: number) => number): number => weights.reduce((total, w, s) => total + w * f(s), 0);
        const [mx, my] = [mean((s) => x[s]), mean((s) => y[s])];
        const [sx, sy] = [mean((s) => (x[s] - mx) ** 2), mean((s) => (y[s] - my) ** 2)];
        const sxy = mean((s) => (x[s] - mx) * (y[s] - my));
        values.push(((2 * mx * my + 1e-4) * (2 * sxy + 9e-4)) / ((mx ** 2 + my ** 2 + 1e-4) * (sx + sy + 9e-4)));
      }
    }
  }
  return values.reduce((total, value) => total + value, 0) / values.length;
}

describe("ssim", () => {
  test("is the paper's, in windows of 11 x 11 or the largest odd square that fits", () => {
    fc.assert(
      fc.property(pairs, ([images, reference]) => {
        // Second moments of pixels up to 1 in double, about 300 sums deep, over a denominator of at least 9e-4.
        expectClose(ssim(images, reference), ssimOfThePaper(images, reference), (300 * 2 ** -53) / 9e-4);
      }),
    );
  });

  test("is 1 at equality to the last bit, at most 1, and symmetric", () => {
    fc.assert(
      fc.property(pairs, ([images, reference]) => {
        expect(ssim(images, images)).toBe(1);
        expect(ssim(images, reference)).toBeLessThanOrEqual(1 + 1e-12);
        expect(ssim(images, reference)).toBe(ssim(reference, images));
      }),
    );
  });

  test("of two constant images compares their luminance alone", () => {
    const [a, b] = [0.25, 0.75];
    const want = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4);
    expectClose(ssim(full([1, 28, 28], a), full([1, 28, 28], b)), want, (300 * 2 ** -53) / 9e-4);
  });

  test("falls as contrast is lost", () => {
    const image = stack([1, 28, 28], (_, i, j) => (i + j) % 2);
    const faded = [1, 0.5, 0.25, 0].map((share) => ssim(mul(image, share), image));
    expect(faded.toSorted((x, y) => y - x)).toEqual(faded);
  });
});

describe("both", () => {
  test("refuse shapes that differ, stacks that are empty, and NaN", () => {
    for (const measure of [psnr, ssim]) {
      expect(() => measure(full([1, 2, 2], 0), full([1, 2, 3], 0))).toThrow(/one shape.*\[1, 2, 2\].*\[1, 2, 3\]/);
      expect(() => measure(full([1, 2, 2], NaN), full([1, 2, 2], 0))).toThrow(/element 0 of images is NaN/);
      expect(() => measure(full([0, 2, 2], 0), full([0, 2, 2], 0))).toThrow(/no axis empty|no elements/);
    }
    expect(() => ssim(full([4, 4], 0), full([4, 4], 0))).toThrow(/\[count, height, width\]/);
  });
});
