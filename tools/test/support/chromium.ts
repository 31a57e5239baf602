// Chromium for tests: where it is, what it is told, and the bundles that its pages load.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The command that starts it; undefined where there is none. */
export const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);

/** What a test's name ends with where it is skipped. */
export const unlessHere = chromium === undefined ? " (no Chromium here)" : "";

/** A headless browser that asks for nothing of its own, with its files in a folder. */
export const quietFlags = (profile: string): readonly string[] => [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--user-data-dir=${profile}`,
];

/** A module and all that it imports as one script, as any user would bundle it; its exports are members of `globalName`. */
export async function bundle(entry: URL, globalName?: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: "iife",
    globalName,
    platform: "browser",
    write: false,
  });
  return outputFiles[0].text;
}
