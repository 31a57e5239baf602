// The packages in a browser: bundled as any user would, they train there, and give the same bits as Node.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { allHashes } from "../hashes.js";
import { bundle, chromium, quietFlags, unlessHere } from "./support/chromium.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-browser-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The page's text after its script has run. */
function textOf(html: string): string {
  const page = join(scratch, "page.html");
  writeFileSync(page, html);
  const flags = [...quietFlags(join(scratch, "profile")), "--virtual-time-budget=600000", "--dump-dom"];
  const dom = execFileSync(chromium!, [...flags, `file://${page}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
  return /<pre>([\s\S]*?)<\/pre>/.exec(dom)?.[1] ?? dom.slice(0, 500);
}

test.skipIf(chromium === undefined)(
  `the same weights and the same digits in a browser as in Node${unlessHere}`,
  { timeout: 240_000 },
  async () => {
    const script = (await bundle(new URL("../hashes.ts", import.meta.url), "elbo")).replaceAll(
      "</script",
      "<\\/script",
    );
    const show =
      "elbo.allHashes().then(JSON.stringify, String).then((text) => (document.querySelector('pre').textContent = text))";
    const text = textOf(`<!doctype html><meta charset="utf-8"><pre>nothing</pre><script>${script};${show}</script>`);
    expect(JSON.parse(text)).toEqual(await allHashes());
  },
);
