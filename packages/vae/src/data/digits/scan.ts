// The scan: discs along the pen's path, inked black on white in a raster that the digit just fills.

/** The side of the box that the ink is fitted to, in pixels of the final image. */
export const BOX = 20;
/** The side of the raster; a scan may use less of it. */
export const RASTER = 80;

/** How many raster pixels the longer side of the ink may have. */
export const SCAN = { min: 40, max: RASTER } as const;

/** The pen's centre and half-width along one stroke; positions in any unit, half-widths in final pixels. */
export interface InkedPath {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly radius: Float64Array;
}

/** From path units to raster pixels: `px = scale * x + left`; `cell` raster pixels make one final pixel. */
interface Fit {
  readonly scale: number;
  readonly cell: number;
  readonly left: number;
  readonly top: number;
}

/** Inks the strokes into `bits` (RASTER x RASTER, 1 where there is ink), so that their longer side is `size`. */
export function scan(paths: readonly InkedPath[], size: number, bits: Uint8Array): void {
  bits.fill(0);
  const where = fit(paths, size);
  for (const path of paths) ink(bits, path, where);
}

/**
 * Scale and place at which the ink just fills a square of `size`. The half-widths do not scale with the path, so the
 * scale is approached: two corrections by the error of the extent leave less than a pixel.
 */
function fit(paths: readonly InkedPath[], size: number): Fit {
  const cell = size / BOX;
  const line = 0.85 * size;
  const bare = bounds(paths, 1, 0);
  let scale = line / Math.max(bare.extent, 1e-6);
  for (let pass = 0; pass < 2; pass++) {
    scale *= Math.max(0.2, 1 + (size - bounds(paths, scale, cell).extent) / line);
  }
  const { midX, midY } = bounds(paths, scale, cell);
  return { scale, cell, left: size / 2 - midX, top: size / 2 - midY };
}

/** Middle and longer side of the box around all discs, at a scale. */
function bounds(
  paths: readonly InkedPath[],
  scale: number,
  cell: number,
): { midX: number; midY: number; extent: number } {
  let x0 = Infinity;
  let x1 = -Infinity;
  let y0 = Infinity;
  let y1 = -Infinity;
  for (const { x, y, radius } of paths) {
    for (let i = 0; i < x.length; i++) {
      const r = cell * radius[i];
      x0 = Math.min(x0, scale * x[i] - r);
      x1 = Math.max(x1, scale * x[i] + r);
      y0 = Math.min(y0, scale * y[i] - r);
      y1 = Math.max(y1, scale * y[i] + r);
    }
  }
  return { midX: (x0 + x1) / 2, midY: (y0 + y1) / 2, extent: Math.max(x1 - x0, y1 - y0) };
}

/** Inks a stroke: discs at most 0.4 half-widths apart, so that the outline is true to 2 % of the half-width. */
function ink(bits: Uint8Array, { x, y, radius }: InkedPath, { scale, cell, left, top }: Fit): void {
  const last = x.length - 1;
  for (let i = 0; i < last; i++) {
    const ax = scale * x[i] + left;
    const ay = scale * y[i] + top;
    const bx = scale * x[i + 1] + left;
    const by = scale * y[i + 1] + top;
    const ar = cell * radius[i];
    const br = cell * radius[i + 1];
    if (ar <= 0 || br <= 0) continue;
    const length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
    const steps = Math.floor(length / Math.max(0.5, 0.4 * Math.min(ar, br))) + 1;
    for (let k = 0; k < steps; k++) {
      const s = k / steps;
      disc(bits, ax + s * (bx - ax), ay + s * (by - ay), ar + s * (br - ar));
    }
  }
  if (radius[last] > 0) disc(bits, scale * x[last] + left, scale * y[last] + top, cell * radius[last]);
}

/** Inks the disc at (cx, cy): the raster pixels whose middles lie in it. */
function disc(bits: Uint8Array, cx: number, cy: number, r: number): void {
  const y0 = Math.max(0, Math.floor(cy - r + 0.5));
  const y1 = Math.min(RASTER - 1, Math.floor(cy + r - 0.5));
  for (let y = y0; y <= y1; y++) {
    const dy = y + 0.5 - cy;
    const half = Math.sqrt(Math.max(0, r * r - dy * dy));
    const x0 = Math.max(0, Math.floor(cx - half + 0.5));
    const x1 = Math.min(RASTER - 1, Math.floor(cx + half - 0.5));
    for (let at = y * RASTER + x0, end = y * RASTER + x1; at <= end; at++) bits[at] = 1;
  }
}
