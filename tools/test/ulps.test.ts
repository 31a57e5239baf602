// The page of special functions says what is measured.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { specialFunctions } from "../ulps.js";

test("docs/special-functions.md is up to date; if not: pnpm run ulps", () => {
  const page = readFileSync(new URL("../../docs/special-functions.md", import.meta.url), "utf8");
  expect(page).toBe(specialFunctions());
});
