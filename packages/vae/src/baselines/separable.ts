// Filters of one image that go along its rows, then along its columns: what blurring and local statistics share.

import { fromTypedArray, type Tensor } from "@elbo/tensor";

/** One image, its pixels row-major in double. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly pixels: Float64Array;
}

/** Weights `e^(-(i - c)^2 / (2 sigma^2))` around the middle c of an odd size, scaled to a sum of 1. */
export function gaussianWindow(size: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2 / (2 * sigma ** 2))),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Weighted sums over the windows that lie within the image, `window^T window` as weights: `size - 1` smaller on both sides. */
export function filterValid({ height, width, pixels }: Grid, window: Float64Array): Grid {
  const size = window.length;
  const [high, wide] = [height - size + 1, width - size + 1];
  const across = new Float64Array(height * wide);
  for (let i = 0, to = 0; i < height; i++) {
    for (let j = 0; j < wide; j++, to++) {
      let total = 0;
      for (let s = 0, at = i * width + j; s < size; s++, at++) total += window[s] * pixels[at];
      across[to] = total;
    }
  }
  const out = new Float64Array(high * wide);
  for (let to = 0; to < out.length; to++) {
    let total = 0;
    for (let s = 0, at = to; s < size; s++, at += wide) total += window[s] * across[at];
    out[to] = total;
  }
  return { height: high, width: wide, pixels: out };
}

/** The image with a margin in which the nearest pixel of the edge is repeated. */
export function replicateEdges({ height, width, pixels }: Grid, margin: number): Grid {
  const [high, wide] = [height + 2 * margin, width + 2 * margin];
  const within = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at - margin));
  const out = new Float64Array(high * wide);
  for (let i = 0, to = 0; i < high; i++) {
    const row = within(i, height) * width;
    for (let j = 0; j < wide; j++, to++) out[to] = pixels[row + within(j, width)];
  }
  return { height: high, width: wide, pixels: out };
}

/** The images of a stack `[count, height, width]`, one after another. */
export function* gridsOf(images: Tensor): Generator<Grid> {
  const [count, height, width] = images.shape;
  const { data } = images;
  for (let i = 0; i < count; i++)
    yield { height, width, pixels: Float64Array.from(data.subarray(i * height * width, (i + 1) * height * width)) };
}

/** A stack of the same shape, float32, each of its images put through a filter that keeps the size. */
export function mapGrids(images: Tensor, filter: (image: Grid) => Grid): Tensor {
  const out = new Float32Array(images.size);
  let at = 0;
  for (const image of gridsOf(images)) {
    const { pixels } = filter(image);
    out.set(pixels, at);
    at += pixels.length;
  }
  return fromTypedArray(out, images.shape);
}
