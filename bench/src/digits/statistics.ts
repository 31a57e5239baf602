// What is measured of a set of images: moments, spectrum, codes.

import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { eigenvalues } from "./eigenvalues.js";
import { CLASSES, count, type Images, PIXELS, sum } from "./images.js";

/** One measured row: its name, its numbers, and how far the digits may be from MNIST, as a share. */
export interface Row {
  readonly name: string;
  readonly values: readonly number[];
  readonly tolerance?: number;
  readonly digits?: number;
}

function pixelMoments({ pixels }: Images): Row[] {
  let sum = 0;
  let squares = 0;
  let any = 0;
  let half = 0;
  let grey = 0;
  for (const byte of pixels) {
    const x = byte / 255;
    sum += x;
    squares += x * x;
    if (x > 0) any++;
    if (x > 0.5) half++;
    if (x > 0.05 && x < 0.95) grey++;
  }
  const n = pixels.length;
  const mean = sum / n;
  return [
    { name: "pixels: mean, std", values: [mean, Math.sqrt(squares / n - mean * mean)], tolerance: 0.07 },
    { name: "share > 0, > .5, in (.05, .95)", values: [any / n, half / n, grey / n], tolerance: 0.07 },
  ];
}

/** Per class the mean and the variance of every pixel, and how many images it has. */
function classMoments({ pixels, labels }: Images): { mean: Float64Array; variance: Float64Array; size: number }[] {
  return Array.from({ length: CLASSES }, (_, label) => {
    const mean = new Float64Array(PIXELS);
    const variance = new Float64Array(PIXELS);
    let size = 0;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== label) continue;
      size++;
      for (let k = 0; k < PIXELS; k++) {
        const x = pixels[i * PIXELS + k] / 255;
        mean[k] += x;
        variance[k] += x * x;
      }
    }
    for (let k = 0; k < PIXELS; k++) {
      mean[k] /= Math.max(1, size);
      variance[k] = variance[k] / Math.max(1, size) - mean[k] * mean[k];
    }
    return { mean, variance, size };
  });
}

/** C = E[x x^T] - E[x] E[x]^T of the pixels, `[784, 784]` row-major, and the mean. */
function covariance({ pixels }: Images): { mean: Float64Array; matrix: Float64Array } {
  const n = pixels.length / PIXELS;
  const mean = new Float64Array(PIXELS);
  const matrix = new Float64Array(PIXELS * PIXELS);
  const inked = new Int32Array(PIXELS);
  for (let i = 0; i < n; i++) {
    let many = 0;
    for (let k = 0; k < PIXELS; k++) if (pixels[i * PIXELS + k] !== 0) inked[many++] = k;
    for (let a = 0; a < many; a++) {
      const j = inked[a];
      const x = pixels[i * PIXELS + j] / 255;
      mean[j] += x / n;
      for (let b = 0; b <= a; b++) matrix[j * PIXELS + inked[b]] += (x * pixels[i * PIXELS + inked[b]]) / 255;
    }
  }
  for (let j = 0; j < PIXELS; j++) {
    for (let k = 0; k <= j; k++) {
      const c = matrix[j * PIXELS + k] / n - mean[j] * mean[k];
      matrix[j * PIXELS + k] = c;
      matrix[k * PIXELS + j] = c;
    }
  }
  return { mean, matrix };
}

/** How many principal components hold each share of the variance. */
function dimensions(spectrum: Float64Array, shares: readonly number[]): number[] {
  const total = sum(spectrum);
  return shares.map((share) => {
    let held = 0;
    let many = 0;
    while (many < spectrum.length && held < share * total) held += spectrum[many++];
    return many;
  });
}

/** E[-log p(x)] in nats an image, under independent Bernoulli pixels with the set's own means. */
function bernoulliNats(mean: Float64Array): number {
  return -sum(mean.map((m) => (m > 0 && m < 1 ? m * Math.log(m) + (1 - m) * Math.log(1 - m) : 0)));
}

/** Compressed size in bits per pixel; null where the machine has no bzip2. */
function bitsPerPixel({ pixels }: Images): { gzip: number; bzip2: number | null } {
  const bits = (bytes: Uint8Array): number => (8 * bytes.length) / pixels.length;
  const run = spawnSync("bzip2", ["-9", "-c"], { input: pixels, maxBuffer: 2 * pixels.length });
  return {
    gzip: bits(gzipSync(pixels, { level: 9 })),
    bzip2: run.error || run.status !== 0 ? null : bits(run.stdout),
  };
}

/** Every row of the card but the classifier's. */
export function measure(images: Images): Row[] {
  const classes = classMoments(images);
  const { mean, matrix } = covariance(images);
  const variance = sum(mean.map((_, k) => matrix[k * PIXELS + k]));
  const within = sum(classes.map((c) => (c.size / count(images)) * sum(c.variance)));
  const shares = [0.8, 0.9, 0.95];
  const { gzip, bzip2 } = bitsPerPixel(images);
  return [
    ...pixelMoments(images),
    { name: "ink by class 0 .. 9", values: classes.map((c) => sum(c.mean) / PIXELS), digits: 3 },
    { name: "pixel variance, share within classes", values: [variance, within / variance], tolerance: 0.07 },
    {
      name: "PCA dims for 80, 90, 95 %",
      values: dimensions(eigenvalues(matrix, PIXELS), shares),
      tolerance: 0.2,
      digits: 0,
    },
    { name: "independent Bernoulli, nats", values: [bernoulliNats(mean)], tolerance: 0.07, digits: 1 },
    { name: "gzip -9, bits per pixel", values: [gzip] },
    ...(bzip2 === null ? [] : [{ name: "bzip2 -9, bits per pixel", values: [bzip2] }]),
  ];
}
