// Drawings as pixels: SVG text to a PNG, with the font that this package brings, so that machines without fonts can.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** Pixels of the PNG for one unit of the drawing. */
const SCALE = 2;

const { resolve } = createRequire(import.meta.url);
let loaded: Promise<Uint8Array[]> | undefined;

/** Loads the renderer and its fonts, once. */
async function load(): Promise<Uint8Array[]> {
  await initWasm(await readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")));
  return Promise.all(
    ["DejaVuSans", "DejaVuSans-Bold"].map((font) => readFile(resolve(`dejavu-fonts-ttf/ttf/${font}.ttf`))),
  );
}

/** A drawing on white as the bytes of a PNG, two pixels for each of its units. */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const fontBuffers = await (loaded ??= load());
  const font = { fontBuffers, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  return new Resvg(svg, { background: "#fff", fitTo: { mode: "zoom", value: SCALE }, font }).render().asPng();
}
