// Images in the page: PNG files inside of it, enlarged by whole numbers.

import { slice, type Tensor } from "@elbo/tensor";
import { element, type Markup } from "./markup.js";
import { dataUri, imageGrid, pairedStrip, pngSize } from "./png.js";

const COLUMNS = 10;

/** The width of one image on a wide screen, in pixels of the page; small images are enlarged up to it. */
const TILE = 84;

const GAP = 4;

const scaleOf = (images: Tensor): number => Math.max(1, Math.floor(TILE / Math.max(1, images.shape[2] ?? 1)));

/** Rows of inputs above their reconstructions, each row with its name; null where there are none. */
export function pairs(inputs: Tensor, reconstructions: Tensor): Markup | null {
  const count = inputs.shape[0] ?? 0;
  if (count === 0) return null;
  const layout = { columns: COLUMNS, scale: scaleOf(inputs), gap: GAP };
  const rows: Markup[] = [];
  for (let from = 0; from < count; from += COLUMNS) {
    const to = Math.min(count, from + COLUMNS);
    rows.push(element("div", {}, element("span", {}, "input"), element("span", {}, "reconstruction")));
    rows.push(
      picture(
        pairedStrip(part(inputs, from, to), part(reconstructions, from, to), layout),
        "inputs above their reconstructions",
      ),
    );
  }
  return element("div", { class: "pictures" }, rows);
}

/** Images in rows of ten, with their name; null where there are none. */
export function pictures(images: Tensor, name: string): Markup | null {
  if ((images.shape[0] ?? 0) === 0) return null;
  const grid = imageGrid(images, { columns: COLUMNS, scale: scaleOf(images), gap: GAP });
  return element(
    "div",
    { class: "pictures" },
    element("div", {}, element("span", {}, name)),
    picture(grid, `decoded codes: ${name}`),
  );
}

const part = (images: Tensor, start: number, stop: number): Tensor => slice(images, [{ start, stop }]);

function picture(png: Uint8Array, alt: string): Markup {
  return element("img", { src: dataUri(png), alt, ...pngSize(png) });
}
