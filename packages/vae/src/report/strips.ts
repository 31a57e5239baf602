// Rows of images with their names at the left, as one drawing: the same examples by several methods, or steps of a path.

import { ArgumentError, checkOptions, formatShape, ShapeError, type Tensor } from "@elbo/tensor";
import { drawing } from "./drawing.js";
import { element, type Markup } from "./markup.js";
import { dataUri, imageGrid, pngSize } from "./png.js";

/** One row: images `[count, height, width]` with pixels 0 (white) to 1 (black), under one name. */
export interface Strip {
  readonly name: string;
  readonly images: Tensor;
}

export interface StripsOptions {
  /** What a screen reader says in place of the pictures; the names of the rows unless given. */
  readonly description?: string;
  /** The longer side of one image on the page; small images are enlarged up to it by a whole factor. 56 unless given. */
  readonly tile?: number;
}

const GAP = 4;
const FONT = 12;
/** An upper estimate of the mean width of a letter in the fonts that may come, in sizes of the font. */
const LETTER = 0.64;

/**
 * Rows of equally many images of one size below each other, the name of each at its left, as `<svg>` text that holds the
 * images as PNG and is legible on light and on dark ground. A pixel that is not a number is transparent.
 * @throws ArgumentError without rows or where the tile is no positive number, ShapeError where rows differ in shape or
 *   are no images
 * @example labelledStrips([{ name: "clean", images }, { name: "noisy", images: noisy }])
 */
export function labelledStrips(rows: readonly Strip[], options: StripsOptions = {}): string {
  const op = "labelledStrips";
  checkOptions(op, options, ["description", "tile"]);
  const { description = rows.map(({ name }) => name).join(", "), tile = 56 } = options;
  if (rows.length === 0) throw new ArgumentError("needs at least one row of images", { op });
  if (!(tile > 0 && tile < Infinity))
    throw new ArgumentError(`tile is a positive number of pixels, got ${tile}`, { op });
  for (const { name, images } of rows) checkRow(op, name, images, rows[0]);
  const [count, height, width] = rows[0].images.shape;
  const scale = Math.max(1, Math.floor(tile / Math.max(height, width)));
  const left = Math.ceil(LETTER * FONT * Math.max(...rows.map(({ name }) => name.length))) + 2 * GAP;
  const step = Math.max(height * scale, FONT) + GAP;
  const size = { width: left + count * (width * scale + GAP) - GAP, height: rows.length * step - GAP };
  return drawing(
    { ...size, description, fontSize: FONT },
    rows.map(({ name, images }, at) => [
      label(name, left - 2 * GAP, at * step + (step - GAP) / 2),
      picture(imageGrid(images, { columns: count, scale, gap: GAP }), left, at * step),
    ]),
  ).source;
}

/** A name that ends at x, its letters centred on y. */
const label = (name: string, x: number, y: number): Markup =>
  element("text", { x, y: y + 0.35 * FONT, "text-anchor": "end" }, name);

const picture = (png: Uint8Array, x: number, y: number): Markup =>
  element("image", { x, y, ...pngSize(png), href: dataUri(png), style: "image-rendering: pixelated" });

function checkRow(op: string, name: string, images: Tensor, first: Strip): void {
  const { shape } = images;
  if (images.ndim === 3 && shape.every((length, axis) => length > 0 && length === first.images.shape[axis])) return;
  const wanted =
    images === first.images ? "" : ` as in ${JSON.stringify(first.name)}, ${formatShape(first.images.shape)}`;
  throw new ShapeError(
    `the row ${JSON.stringify(name)} is ${formatShape(shape)}, it needs images [count, height, width]${wanted}`,
    { op, shapes: [shape, first.images.shape] },
  );
}
