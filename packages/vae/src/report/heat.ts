// Heat: how much of a score comes from where, as red over the grey picture, and as the ground of a table's cell.

import { ArgumentError, formatShape, ShapeError, type Tensor } from "@elbo/tensor";
import { encode } from "fast-png";
import { fixed } from "./numbers.js";

/** Full heat. Over grey it is also darker than paper and lighter than ink. */
const RED = [214, 39, 24] as const;

/** Full heat as a colour of drawings; their opacity is the share. */
export const HEAT = `rgb(${RED.join(",")})`;

/** How pale the picture below the heat is: ink becomes this share of black. */
const PALE = 0.45;

/** Heat as a share of full heat, 0..1; what is no number is none. */
export const heatShare = (value: number, full: number): number =>
  value > 0 && full > 0 ? Math.min(1, value / full) : 0;

export interface HeatOptions {
  /** The value of full heat: what lies above looks the same. */
  readonly full: number;
  /** The side, in pixels of the file, of one pixel of an image. */
  readonly scale: number;
  /** Transparent space between neighbours, in pixels of the file. */
  readonly gap: number;
}

/**
 * Images `[count, height, width]`, pixels 0 (white) to 1 (black), side by side in one row as a PNG: paled, and red where
 * `values` of the same shape are high.
 * @throws ShapeError where the two are no images of one shape, ArgumentError where there is none
 * @example heatStrip(inputs, contributions, { full: 3, scale: 2, gap: 4 })
 */
export function heatStrip(images: Tensor, values: Tensor, { full, scale, gap }: HeatOptions): Uint8Array {
  const op = "heatStrip";
  if (images.ndim !== 3 || images.ndim !== values.ndim || images.shape.some((size, i) => size !== values.shape[i])) {
    throw new ShapeError(
      `needs images [count, height, width] and a value for each pixel, got ${formatShape(images.shape)} and ${formatShape(values.shape)}`,
      { op, shapes: [images.shape, values.shape] },
    );
  }
  if (images.size === 0) throw new ArgumentError("needs at least one image", { op });
  const [count, height, width] = images.shape;
  const [ink, heat] = [images.data, values.data];
  const file = { width: count * (width * scale + gap) - gap, height: height * scale };
  const data = new Uint8Array(4 * file.width * file.height);
  for (let y = 0, at = 0; y < file.height; y++) {
    for (let x = 0; x < file.width; x++, at += 4) {
      const image = Math.floor(x / (width * scale + gap));
      const column = Math.floor((x - image * (width * scale + gap)) / scale);
      if (column >= width) continue; // in the gap
      const pixel = (image * height + Math.floor(y / scale)) * width + column;
      data.set(colourOf(ink[pixel], heatShare(heat[pixel], full)), at);
    }
  }
  return encode({ ...file, data, depth: 8, channels: 4 });
}

/** Red, green, blue and opacity: from the paled grey to red as the share grows. */
function colourOf(ink: number, share: number): number[] {
  const grey = 255 * (1 - PALE * Math.min(1, Math.max(0, ink)));
  return [...RED.map((red) => Math.round((1 - share) * grey + share * red)), Number.isNaN(ink) ? 0 : 255];
}

/** The value below which all but one in two hundred of the values lie: a few hot pixels do not pale the others. */
export function fullHeat(values: readonly Tensor[]): number {
  const sorted = Float64Array.from(values.flatMap(({ data }) => Array.from(data).filter(Number.isFinite))).sort();
  return sorted.length === 0 ? 1 : sorted[Math.ceil(0.995 * (sorted.length - 1))] || sorted[sorted.length - 1] || 1;
}

/** A number of three digits that count, or of all before the point: `1,204`, `31.2`, `0.0456`. */
export function significant(value: number): string {
  const before = Number.isFinite(value) && value !== 0 ? Math.floor(Math.log10(Math.abs(value))) : 2;
  return fixed(value, Math.min(6, Math.max(0, 2 - before)));
}
