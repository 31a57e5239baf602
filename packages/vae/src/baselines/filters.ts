// Filters that learn nothing: the median and the Gaussian blur, to denoise against.

import { ArgumentError, type Tensor } from "@elbo/tensor";
import { checkImages } from "../data/arguments.js";
import { filterValid, gaussianWindow, type Grid, mapGrids, replicateEdges } from "./separable.js";

/**
 * The median of each pixel's 3 x 3 neighbourhood, the pixels of the edges repeated beyond them: images
 * `[count, height, width]` to the same shape, float32.
 * @throws ShapeError where the images are no stack, ArgumentError where a pixel is not finite
 * @example medianFilter(noisy)
 */
export function medianFilter(images: Tensor): Tensor {
  checkImages("medianFilter", "images", images);
  const nine = new Float64Array(9);
  return mapGrids(images, (image) => {
    const { width, pixels } = replicateEdges(image, 1);
    const out = image.pixels.slice();
    for (let i = 0, to = 0; i < image.height; i++) {
      for (let j = 0; j < image.width; j++) {
        for (let s = 0; s < 9; s++) insert(nine, s, pixels[(i + Math.floor(s / 3)) * width + j + (s % 3)]);
        out[to++] = nine[4];
      }
    }
    return { ...image, pixels: out };
  });
}

/** Puts a value into its place among the `count` sorted ones before it. */
function insert(sorted: Float64Array, count: number, value: number): void {
  let at = count;
  for (; at > 0 && sorted[at - 1] > value; at--) sorted[at] = sorted[at - 1];
  sorted[at] = value;
}

/**
 * The convolution with a Gaussian of `sigma` pixels, cut off at `ceil(3 sigma)` pixels and scaled to weights of sum 1,
 * the pixels of the edges repeated beyond them: images `[count, height, width]` to the same shape, float32.
 * @throws ShapeError where the images are no stack, ArgumentError where a pixel is not finite or sigma not positive
 * @example gaussianBlur(noisy, 0.8)
 */
export function gaussianBlur(images: Tensor, sigma = 1): Tensor {
  checkImages("gaussianBlur", "images", images);
  if (!(sigma > 0 && sigma < Infinity))
    throw new ArgumentError(`sigma is a positive number of pixels, got ${sigma}`, { op: "gaussianBlur" });
  const margin = Math.ceil(3 * sigma);
  const window = gaussianWindow(2 * margin + 1, sigma);
  return mapGrids(images, (image: Grid) => filterValid(replicateEdges(image, margin), window));
}
