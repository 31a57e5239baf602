// From scan to image: averaged down to 20 x 20, as MNIST was made, and centred by mass in 28 x 28.

import { BOX, RASTER } from "./scan.js";

// Copies, because some loaders turn every read of an imported binding into a call.
const N = BOX;
const STRIDE = RASTER;

/** The side of an image. */
export const SIDE = 28;

/** Memory for one digit at a time. */
export interface Raster {
  /** The scan, STRIDE x STRIDE bytes, 1 where there is ink. */
  readonly bits: Uint8Array;
  /** The ink in each cell of the 20 x 20 box, and one row to spare. */
  readonly small: Float64Array;
  /** The ink of the current line before each pixel. */
  readonly before: Int32Array;
  /** The right edge of each cell, in raster pixels: its whole part and its fraction. */
  readonly whole: Int32Array;
  readonly part: Float64Array;
}

export const newRaster = (): Raster => ({
  bits: new Uint8Array(STRIDE * STRIDE),
  small: new Float64Array(N * (N + 1)),
  before: new Int32Array(STRIDE + 2),
  whole: new Int32Array(N),
  part: new Float64Array(N),
});

/**
 * Averages the scan of `size` down and writes it to `pixels[at .. at + 783]` (which must be 0): 0 paper, 255 ink, the
 * centre of mass at pixel (14, 14) to the nearest pixel.
 */
export function develop(raster: Raster, size: number, pixels: Uint8Array, at: number): void {
  const { small } = raster;
  average(raster, size);
  let mass = 0;
  let mx = 0;
  let my = 0;
  for (let y = 0; y < N; y++) {
    for (let x = 0; x < N; x++) {
      const m = small[y * N + x];
      mass += m;
      mx += m * x;
      my += m * y;
    }
  }
  const place = (moment: number): number =>
    Math.min(SIDE - N, Math.max(0, Math.floor(SIDE / 2 - moment / Math.max(1, mass) + 0.5)));
  const left = place(mx);
  const top = place(my);
  const white = (255 * N * N) / (size * size);
  for (let y = 0; y < N; y++) {
    for (let x = 0; x < N; x++) {
      pixels[at + (y + top) * SIDE + x + left] = Math.floor(Math.min(255, small[y * N + x] * white) + 0.5);
    }
  }
}

/**
 * The ink in each of 20 x 20 cells of `size / 20` raster pixels, pixels shared between cells by area.
 * With C(b) the ink of a line left of b, cell c of the line holds C(cell (c + 1)) - C(cell c).
 */
function average({ bits, small, before, whole, part }: Raster, size: number): void {
  const cell = size / N;
  const side = Math.min(STRIDE, Math.floor(size) + 1);
  small.fill(0);
  for (let c = 0; c < N; c++) {
    const edge = Math.min(side, (c + 1) * cell);
    whole[c] = Math.floor(edge);
    part[c] = edge - whole[c];
  }
  for (let y = 0; y < side; y++) {
    const line = y * STRIDE;
    let sum = 0;
    for (let x = 0; x < side; x++) {
      before[x] = sum;
      sum += bits[line + x];
    }
    if (sum === 0) continue;
    before[side] = sum;
    before[side + 1] = sum;
    const row = Math.min(N - 1, Math.floor(y / cell));
    const share = Math.min(1, (row + 1) * cell - y);
    let left = 0;
    for (let c = 0; c < N; c++) {
      const x = whole[c];
      const right = before[x] + part[c] * (before[x + 1] - before[x]);
      small[row * N + c] += share * (right - left);
      small[row * N + N + c] += (1 - share) * (right - left);
      left = right;
    }
  }
}
