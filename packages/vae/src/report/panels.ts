// Grids of images beside each other, each under its name, as one drawing: the same question to several models.

import { ArgumentError } from "@elbo/tensor";
import { drawing } from "./drawing.js";
import { element } from "./markup.js";
import { dataUri, imageGrid, pngSize } from "./png.js";
import type { Strip } from "./strips.js";

/** The longer side of one image on the page, up to which small images are enlarged by a whole factor. */
const TILE = 56;
const GAP = 4;
const FONT = 14;
const HEAD = 2 * FONT;
const BETWEEN = 40;
/** An upper estimate of the mean width of a letter in the fonts that may come, in sizes of the font. */
const LETTER = 0.64;

/**
 * Images `[count, height, width]` of each origin as a grid of so many columns, grid beside grid with the names above, as
 * `<svg>` text that holds the grids as PNG and is legible on light and on dark ground. Grey levels as in `imageGrid`.
 * @throws ArgumentError without panels, or as `imageGrid`
 * @example panels([{ name: "VAE", images }, { name: "autoencoder", images: others }], 5)
 */
export function panels(parts: readonly Strip[], columns: number): string {
  if (parts.length === 0) throw new ArgumentError("needs at least one grid of images", { op: "panels" });
  const [, height, width] = parts[0].images.shape;
  const scale = Math.max(1, Math.floor(TILE / Math.max(height, width)));
  const grids = parts.map(({ images }) => imageGrid(images, { columns, scale, gap: GAP }));
  const widths = parts.map(({ name }, i) => Math.max(pngSize(grids[i]).width, Math.ceil(LETTER * FONT * name.length)));
  const lefts = widths.map((_, i) => widths.slice(0, i).reduce((total, one) => total + one + BETWEEN, 0));
  const size = {
    width: lefts[lefts.length - 1] + widths[widths.length - 1],
    height: HEAD + Math.max(...grids.map((grid) => pngSize(grid).height)),
  };
  return drawing(
    { ...size, description: `images side by side: ${parts.map(({ name }) => name).join(", ")}`, fontSize: FONT },
    parts.map(({ name }, i) => [
      element("text", { x: lefts[i], y: FONT }, name),
      element("image", {
        x: lefts[i],
        y: HEAD,
        ...pngSize(grids[i]),
        href: dataUri(grids[i]),
        style: "image-rendering: pixelated",
      }),
    ]),
  ).source;
}
