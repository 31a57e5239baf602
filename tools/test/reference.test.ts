// The reference page says what the source says, and says something about every name.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reference } from "../reference.js";

test("docs/reference.md is up to date; if not: pnpm run reference", () => {
  expect(readFileSync(new URL("../../docs/reference.md", import.meta.url), "utf8")).toBe(reference());
});

test("every exported value has a docstring", () => {
  const bare = reference()
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.endsWith("|  |"));
  expect(bare).toEqual([]);
});
