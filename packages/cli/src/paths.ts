// Paths that options name for writing, checked before anything long begins.

import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./options.js";

/** Whether there is a file, and no folder, under this name. */
export const isFile = (path: string): boolean => existsSync(path) && !statSync(path).isDirectory();

/** Refuses a file that could not be written: an empty name, a folder, or one in a folder that does not exist. */
export function requireWritable(path: string | undefined): void {
  if (path === undefined) return;
  if (path === "") throw new UsageError("the name of a file is empty");
  if (existsSync(path) && statSync(path).isDirectory()) throw new UsageError(`${path} is a folder; name a file`);
  if (!existsSync(dirname(path)))
    throw new UsageError(`the folder ${dirname(path)} does not exist; create it, or check the spelling`);
}
