// The figures in the pages are those of the results that are kept.

import { expect, test } from "vitest";
import { pagesWithTables } from "../../bench/src/tables.js";

test.each(pagesWithTables())("$file shows bench/results; if not: pnpm bench tables", ({ is, shouldBe }) => {
  expect(is).toBe(shouldBe);
});

test("some page shows some results", () => {
  expect(pagesWithTables().filter(({ is }) => is.includes("<!-- end -->")).length).toBe(6);
});
