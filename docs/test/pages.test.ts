// Every page of the repository runs, quotes what the code says, and links to what is there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { isQuotedFrom } from "./markdown.js";
import { LIMIT, parsePage, root, runPage } from "./run.js";

/** A list of names, held to the source by a test of its own. */
const REFERENCE = "docs/reference.md";

const pages = [
  "README.md",
  ...readdirSync(join(root, "packages")).map((folder) => `packages/${folder}/README.md`),
  ...["docs", "docs/uses"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${folder}/${file}`),
  ),
].filter((page) => existsSync(join(root, page)));

describe.each(pages)("%s", (name) => {
  const page = parsePage(name, readFileSync(join(root, name), "utf8"));

  if (name !== REFERENCE) {
    test("runs, and its expectations hold", { timeout: (LIMIT + 10) * 1000 }, async () => {
      expect(page.blocks, `${name} has no block that runs`).toBeGreaterThan(0);
      await runPage(name, page);
    });
  }

  test("quotes what stands in the files", () => {
    const wrong = page.quotes.filter(
      ({ path, parts }) =>
        !existsSync(join(root, path)) || !isQuotedFrom(readFileSync(join(root, path), "utf8"), parts),
    );
    expect(wrong.map(({ line, path }) => `${name}:${line}: this does not stand in ${path}`)).toEqual([]);
  });

  test("links to files that exist", () => {
    const from = (target: string): string => (target.startsWith("/") ? root : join(root, dirname(name)));
    const wrong = page.links.filter(({ target }) => !existsSync(join(from(target), decodeURIComponent(target))));
    expect(wrong.map(({ line, target }) => `${name}:${line}: there is no ${target}`)).toEqual([]);
  });
});
