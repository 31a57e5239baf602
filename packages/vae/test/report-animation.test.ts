// Animations: what a reader of GIF files finds in them is what was put in.

import { concat, key, slice, tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { animation, sideBySide, thereAndBack } from "../src/report/animation.js";
import { readGif } from "./support/gif.js";
import { numbers } from "./support/numbers.js";

describe("animation", () => {
  test("every frame is read back pixel by pixel, enlarged, dark where there is ink, without end", () => {
    const sizes = fc.record({
      seed: fc.nat(1000),
      count: fc.integer({ min: 1, max: 4 }),
      height: fc.integer({ min: 1, max: 30 }),
      width: fc.integer({ min: 1, max: 30 }),
      scale: fc.integer({ min: 1, max: 3 }),
      delay: fc.integer({ min: 1, max: 30 }).map((hundredths) => 10 * hundredths),
    });
    fc.assert(
      fc.property(sizes, ({ seed, count, height, width, scale, delay }) => {
        const frames = uniform(key(seed), [count, height, width], { low: -0.2, high: 1.2 });
        const gif = readGif(animation(frames, { scale, delay }));
        expect([gif.width, gif.height, gif.repeats]).toEqual([width * scale, height * scale, 0]);
        expect(gif.frames.map((frame) => frame.delay)).toEqual(Array(count).fill(delay));
        gif.frames.forEach(({ grey }, i) => {
          const ink = numbers(slice(frames, [i])).map((x) => Math.min(1, Math.max(0, x)));
          const want = Array.from({ length: grey.length }, (_, at) => {
            const [y, x] = [Math.floor(at / (width * scale)), at % (width * scale)];
            return Math.round(255 * (1 - ink[Math.floor(y / scale) * width + Math.floor(x / scale)]));
          });
          expect(grey).toEqual(want);
        });
      }),
      { numRuns: 40 },
    );
  });

  test("a pixel that is not a number is white", () => {
    expect(readGif(animation(tensor([[[NaN, 1]]]), { scale: 1 })).frames[0].grey).toEqual([255, 0]);
  });

  test.each([
    ["rows", () => animation(zeros([2, 4])), "ShapeError: animation: needs frames [count, height, width], got [2, 4]"],
    ["no frames", () => animation(zeros([0, 2, 2])), "ShapeError: animation: needs frames"],
    ["half a pixel", () => animation(zeros([1, 2, 2]), { scale: 0.5 }), "ArgumentError: animation: scale is a whole"],
    ["5 ms", () => animation(zeros([1, 2, 2]), { delay: 5 }), "ArgumentError: animation: delay is in milliseconds"],
    [
      "a wide one",
      () => animation(zeros([1, 1, 300]), { scale: 300 }),
      "ArgumentError: animation: a GIF has sides below",
    ],
    ["a misspelt option", () => animation(zeros([1, 2, 2]), { scal: 2 } as object), "ArgumentError: animation: has no"],
  ])("%s are refused", (_, call, message) => {
    expect(call).toThrow();
    try {
      call();
    } catch (error) {
      expect(String(error).startsWith(message), String(error)).toBe(true);
    }
  });
});

describe("frames", () => {
  const frames = uniform(key(1), [4, 2, 3]);

  test("there and back again meets each inner frame twice and each end once", () => {
    const loop = thereAndBack(frames);
    expect(numbers(loop)).toEqual(
      numbers(concat([0, 1, 2, 3, 2, 1].map((i) => slice(frames, [{ start: i, stop: i + 1 }])))),
    );
    for (const count of [1, 2]) {
      const short = slice(frames, [{ stop: count }]);
      expect(numbers(thereAndBack(short))).toEqual(numbers(short));
    }
  });

  test("side by side keeps each animation's pixels, with white in between", () => {
    const both = sideBySide([frames, frames]);
    expect(both.shape).toEqual([4, 2, 8]);
    const columns = (start: number, stop: number): number[] => numbers(slice(both, [null, null, { start, stop }]));
    expect(columns(0, 3)).toEqual(numbers(frames));
    expect(columns(5, 8)).toEqual(numbers(frames));
    expect(columns(3, 5).every((ink) => ink === 0)).toBe(true);
  });
});
