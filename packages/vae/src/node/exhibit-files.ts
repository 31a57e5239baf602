// An exhibit as files in a folder: table.json, its sheets, and each picture under its own name.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Exhibit } from "../report/exhibits/exhibit.js";
import { fileError, writeFileAtomic } from "./files.js";
import { rasterise } from "./rasterise.js";

/** The whole table of an exhibit as JSON: what it found, with everything that the figures follow from. */
export const exhibitJson = (
  { use, title, reading, comparisons, facts }: Exhibit,
  about: Readonly<Record<string, unknown>>,
): string => `${JSON.stringify({ use, title, reading, comparisons, facts, ...about }, null, 2)}\n`;

/**
 * Writes an exhibit into a folder, which is made where it is missing. Drawings are written as SVG and as PNG. Everything
 * is drawn before the first file is written.
 * @returns the paths written
 * @throws FileError where that fails
 */
export async function writeExhibit(
  folder: string,
  exhibit: Exhibit,
  about: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const files: [name: string, content: string | Uint8Array][] = [];
  for (const { name, svg, png, gif } of exhibit.pictures) {
    if (svg !== undefined) files.push([`${name}.svg`, `${svg}\n`], [`${name}.png`, await rasterise(svg)]);
    if (png !== undefined) files.push([`${name}.png`, png]);
    if (gif !== undefined) files.push([`${name}.gif`, gif]);
  }
  for (const { name, text } of exhibit.sheets) files.push([name, text]);
  files.push(["table.json", exhibitJson(exhibit, about)]);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw fileError(folder, "write", cause);
  });
  for (const [name, content] of files) await writeFileAtomic(join(folder, name), content);
  return files.map(([name]) => join(folder, name));
}
