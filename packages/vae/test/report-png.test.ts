// The report's PNG files, decoded again: sizes, places and grey levels.

import { fromTypedArray, tensor } from "@elbo/tensor";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { dataUri, imageGrid, pairedStrip } from "../src/report/index.js";

/** Grey level and opacity of one pixel. */
function pixelAt(png: Uint8Array, x: number, y: number): [number, number] {
  const { data, width, channels } = decode(png);
  expect(channels).toBe(2);
  const at = 2 * (y * width + x);
  return [data[at]!, data[at + 1]!];
}

const sizeOf = (png: Uint8Array): [number, number] => {
  const { width, height } = decode(png);
  return [width, height];
};

/** Three images of 2 by 3 pixels; the k-th is grey k / 4 but for its upper left pixel, which is full ink. */
const three = tensor(
  [0, 1, 2].map((k) => [
    [1, k / 4, k / 4],
    [k / 4, k / 4, k / 4],
  ]),
);

describe("imageGrid", () => {
  it("places enlarged images row by row, ink dark, gaps transparent", () => {
    const png = imageGrid(three, { columns: 2, scale: 4, gap: 3 });
    expect(sizeOf(png)).toEqual([2 * 12 + 3, 2 * 8 + 3]);
    expect(pixelAt(png, 0, 0)).toEqual([0, 255]);
    expect(pixelAt(png, 3, 3)).toEqual([0, 255]);
    expect(pixelAt(png, 4, 0)).toEqual([255, 255]);
    expect(pixelAt(png, 12, 0)[1]).toBe(0);
    expect(pixelAt(png, 15, 0)).toEqual([0, 255]);
    expect(pixelAt(png, 26, 7)).toEqual([191, 255]);
    expect(pixelAt(png, 11, 18)).toEqual([128, 255]);
    expect(pixelAt(png, 15, 11)[1]).toBe(0);
  });

  it("clamps what lies outside of 0..1 and shows what is no number as a hole", () => {
    const png = imageGrid(
      tensor([
        [
          [-1, 2],
          [NaN, Infinity],
        ],
      ]),
    );
    expect(pixelAt(png, 0, 0)).toEqual([255, 255]);
    expect(pixelAt(png, 1, 0)).toEqual([0, 255]);
    expect(pixelAt(png, 0, 1)[1]).toBe(0);
    expect(pixelAt(png, 1, 1)).toEqual([0, 255]);
  });

  it("takes rows when it is told their height and width, and views of any strides", () => {
    const rows = fromTypedArray(Float32Array.from(three.data), [3, 6]);
    expect(imageGrid(rows, { height: 2, width: 3 })).toEqual(imageGrid(three));
  });

  it("refuses what is no image, no images, and impossible layouts", () => {
    expect(() => imageGrid(tensor([[1, 2]]))).toThrow(/needs images \[n, height, width\], got \[1, 2\]; rows need/);
    expect(() => imageGrid(fromTypedArray(new Float32Array(0), [0, 2, 2]))).toThrow(/at least one image/);
    expect(() => imageGrid(three, { scale: 1.5 })).toThrow(/scale must be a whole number from 1 on, got 1.5/);
    expect(() => imageGrid(three, { columns: 0 })).toThrow(/columns/);
  });
});

describe("pairedStrip", () => {
  it("puts each input above its reconstruction", () => {
    const white = tensor(
      [0, 1, 2].map(() => [
        [0, 0, 0],
        [0, 0, 0],
      ]),
    );
    const png = pairedStrip(three, white, { columns: 2, scale: 1, gap: 1 });
    expect(sizeOf(png)).toEqual([2 * 3 + 1, 2 * (2 + 1 + 2) + 3]);
    expect(pixelAt(png, 0, 0)).toEqual([0, 255]);
    expect(pixelAt(png, 0, 2)[1]).toBe(0);
    expect(pixelAt(png, 0, 3)).toEqual([255, 255]);
    expect(pixelAt(png, 0, 8)).toEqual([0, 255]);
    expect(pixelAt(png, 0, 11)).toEqual([255, 255]);
    expect(pixelAt(png, 4, 8)[1]).toBe(0);
  });

  it("refuses pairs that do not match", () => {
    expect(() => pairedStrip(three, tensor([[[1]]]))).toThrow(/\[3, 2, 3\] and \[1, 1, 1\]/);
  });
});

describe("dataUri", () => {
  it("holds the file", () => {
    const png = imageGrid(
      fromTypedArray(
        Float32Array.from({ length: 90_000 }, (_, i) => (i * 0.618) % 1),
        [1, 300, 300],
      ),
    );
    const prefix = "data:image/png;base64,";
    const uri = dataUri(png);
    expect(uri.startsWith(prefix)).toBe(true);
    expect(Uint8Array.from(atob(uri.slice(prefix.length)), (c) => c.charCodeAt(0))).toEqual(png);
  });
});
