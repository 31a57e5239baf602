// How near images are to their references: the peak signal to noise ratio, and the structural similarity.

import type { Tensor } from "@elbo/tensor";
import { filterValid, gaussianWindow, type Grid, gridsOf } from "../baselines/separable.js";
import { checkFinite, checkImages, checkSameShape } from "../data/arguments.js";

/**
 * The peak signal to noise ratio in dB, for pixels with a peak of 1: `10 log10(1 / mse)`, with the mean squared error
 * over all pixels of all images; Infinity at equality. Both of one shape.
 * @throws ShapeError where the shapes differ, ArgumentError where a pixel is not finite
 * @example psnr(denoised, clean) // 20 where the pixels are 0.1 off
 */
export function psnr(images: Tensor, reference: Tensor): number {
  checkSameShape("psnr", images, reference);
  checkFinite("psnr", "images", images);
  checkFinite("psnr", "reference", reference);
  const [a, b] = [images.data, reference.data];
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] - b[i]) ** 2;
  return -10 * Math.log10(total / a.length);
}

const WINDOW = 11;
const SIGMA = 1.5;
/** `(K L)^2` with K1 = 0.01, K2 = 0.03 and pixels of range L = 1. */
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * The mean structural similarity of images `[count, height, width]` with their references, pixels 0..1: 1 at equality,
 * else less. In each Gaussian window of sigma 1.5 that lies within the image,
 * `(2 m_x m_y + C1) (2 s_xy + C2) / ((m_x^2 + m_y^2 + C1) (s_x^2 + s_y^2 + C2))` of the local means, variances and
 * covariance; the mean over windows and images. The window is 11 x 11, and in images with a shorter side the largest
 * odd square that fits. Wang, Bovik, Sheikh and Simoncelli (2004), equations 13 to 17.
 * @throws ShapeError where the shapes differ or are no stacks, ArgumentError where a pixel is not finite
 * @example ssim(denoised, clean)
 */
export function ssim(images: Tensor, reference: Tensor): number {
  checkSameShape("ssim", images, reference);
  checkImages("ssim", "images", images);
  checkImages("ssim", "reference", reference);
  const [count, height, width] = images.shape;
  const window = gaussianWindow(Math.min(WINDOW, largestOdd(Math.min(height, width))), SIGMA);
  const others = gridsOf(reference);
  let total = 0;
  for (const image of gridsOf(images)) total += similarity(image, others.next().value as Grid, window);
  return total / count;
}

const largestOdd = (limit: number): number => limit - 1 + (limit % 2);

function similarity(x: Grid, y: Grid, window: Float64Array): number {
  const local = (pixels: Float64Array): Float64Array => filterValid({ ...x, pixels }, window).pixels;
  const [meanX, meanY] = [local(x.pixels), local(y.pixels)];
  const [xx, yy, xy] = [product(x, x), product(y, y), product(x, y)].map(local);
  let total = 0;
  for (let i = 0; i < meanX.length; i++) {
    const [mx, my] = [meanX[i], meanY[i]];
    const [varianceX, varianceY, covariance] = [xx[i] - mx * mx, yy[i] - my * my, xy[i] - mx * my];
    const luminance = (2 * mx * my + C1) / (mx * mx + my * my + C1);
    total += (luminance * (2 * covariance + C2)) / (varianceX + varianceY + C2);
  }
  return total / meanX.length;
}

const product = (x: Grid, y: Grid): Float64Array => x.pixels.map((value, i) => value * y.pixels[i]);
