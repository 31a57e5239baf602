// What lies in a folder, and how messages say it.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileError, shown } from "./files.js";

/** The names in a folder, sorted by code units; a link to a folder is a folder. */
export interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Lists a folder. Throws a FileError where it cannot be read. */
export async function listFolder(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const folders = new Set<string>();
    for (const entry of entries) {
      const linked = entry.isSymbolicLink() && (await stat(join(folder, entry.name)).catch(() => null))?.isDirectory();
      if (linked || entry.isDirectory()) folders.add(entry.name);
    }
    const names = entries.map((entry) => entry.name).sort();
    return {
      files: names.filter((name) => !folders.has(name)),
      folders: names.filter((name) => folders.has(name)),
    };
  } catch (cause) {
    throw fileError(folder, "read", cause);
  }
}

/** `the folder holds a.txt, b.txt and 3 more`, twelve names at most. */
export function holdings(names: readonly string[], kind = "files"): string {
  if (names.length === 0) return `the folder holds no ${kind}`;
  const more = names.length > 12 ? ` and ${names.length - 12} more` : "";
  return `the folder holds ${names.slice(0, 12).map(shown).join(", ")}${more}`;
}

/** Whether a path is a folder. Throws a FileError where there is nothing, or it may not be looked at. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}
