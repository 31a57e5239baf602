// The packages in a browser: bundled as any user would, they train there, and give the same bits as Node.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { allHashes } from "../hashes.js";

const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);
const scratch = mkdtempSync(join(tmpdir(), "elbo-browser-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const QUIET =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** The page's text after its script has run. */
function textOf(html: string): string {
  const page = join(scratch, "page.html");
  writeFileSync(page, html);
  const flags = [
    ...QUIET.split(" "),
    `--user-data-dir=${join(scratch, "profile")}`,
    "--virtual-time-budget=600000",
    "--dump-dom",
  ];
  const dom = execFileSync(chromium!, [...flags, `file://${page}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
  return /<pre>([\s\S]*?)<\/pre>/.exec(dom)?.[1] ?? dom.slice(0, 500);
}

test.skipIf(chromium === undefined)(
  `the same weights and the same digits in a browser as in Node${chromium === undefined ? " (no Chromium here)" : ""}`,
  { timeout: 240_000 },
  async () => {
    const entry = fileURLToPath(new URL("../hashes.ts", import.meta.url));
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      format: "iife",
      globalName: "elbo",
      platform: "browser",
      write: false,
    });
    const script = outputFiles[0].text.replaceAll("</script", "<\\/script");
    const show =
      "elbo.allHashes().then(JSON.stringify, String).then((text) => (document.querySelector('pre').textContent = text))";
    const text = textOf(`<!doctype html><meta charset="utf-8"><pre>nothing</pre><script>${script};${show}</script>`);
    expect(JSON.parse(text)).toEqual(await allHashes());
  },
);
