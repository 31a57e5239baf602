// Runs a page in a Node process of its own, in an empty folder of the workspace, so that `@elbo/*` resolves as for users.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Page, readPage } from "./markdown.js";

/** The folder of the workspace. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** How many seconds a page may take. */
export const LIMIT = 120;

const checker = new URL("check.ts", import.meta.url).href;

export const parsePage = (name: string, text: string): Page => readPage(name, text, checker);

/**
 * Runs a page's module. Files that it writes by relative names land in its folder, which is removed afterwards.
 * @throws Error with what the process wrote to its error output, every place named as `page.md:line`
 */
export async function runPage(name: string, page: Page): Promise<void> {
  const cache = join(root, "node_modules/.cache/elbo-pages");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "page-"));
  const file = join(folder, "page.mts");
  try {
    await writeFile(file, page.module);
    const errors = await run(file, folder);
    if (errors !== null) {
      // A syntax error names the file without the m.
      const names = [pathToFileURL(file).href, file, file.replace(/mts$/, "ts")];
      throw new Error(withoutInternals(names.reduce((text, one) => text.replaceAll(one, name), errors)));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** null where the program ended well, else what it wrote to its error output. */
const run = (file: string, cwd: string): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", "tsx", file],
      { cwd, timeout: LIMIT * 1000, maxBuffer: 2 ** 26 },
      (error, _, stderr) => {
        const killed = error?.killed ? `Error: it was stopped after ${LIMIT} seconds or 64 MB of output` : "";
        resolve(error === null ? null : killed || stderr || error.message);
      },
    );
  });

/** The error and its places in the page, without the source line above it and the frames of Node, tsx and the checker. */
function withoutInternals(stack: string): string {
  const lines = stack
    .split("\n")
    .filter((line) => !/^Node\.js v|^\s+at .*(?:node:|node_modules|docs\/test\/check)/.test(line));
  const error = lines.findIndex((line) => /^\w*Error\b/.test(line));
  return lines.slice(Math.max(0, error)).join("\n").trim();
}
