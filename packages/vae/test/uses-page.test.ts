// The page of the uses, and the files of an exhibit: everything is there, nothing escapes, the best value is marked.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseHTML } from "linkedom";
import { writeExhibit } from "../src/node/exhibit-files.js";
import { rasterise } from "../src/node/rasterise.js";
import { pngSize } from "../src/report/png.js";
import { type Exhibit, usesPage } from "../src/report/index.js";
import { comparisonTable } from "../src/report/uses-page.js";
import { bestValues, type Comparison } from "../src/uses/comparison.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-exhibit-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const comparison: Comparison = {
  title: "Noise <b>, 10 images",
  columns: [
    { name: "PSNR", unit: "dB", better: "higher", decimals: 1 },
    { name: "error", unit: "", better: "lower", decimals: 2 },
    { name: "entropy", unit: "nats", better: null, decimals: 0 },
  ],
  rows: [
    { method: "ours", ours: true, values: [20.04, 0.5, 3] },
    { method: "PCA", ours: false, values: [19, 0.25, null] },
    { method: "real", ours: false, reference: true, values: [99, 0, 1] },
    { method: "broken", ours: false, values: [NaN, null, -4] },
  ],
};

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20" width="30" height="20"><text x="2" y="12" font-size="9">ab</text></svg>`;

const exhibit: Exhibit = {
  use: "denoise",
  title: "Noise reduction",
  reading: "A & B",
  comparisons: [comparison],
  pictures: [{ name: "curve", caption: "A curve", svg }],
  sheets: [{ name: "scores.csv", text: "a\n1\n" }],
  facts: { seed: 1, "training, seconds": 61 },
};

describe("a comparison", () => {
  test("knows the best value of each column in which rows compete; references and what is no number do not", () => {
    expect(bestValues(comparison)).toEqual([20.04, 0.25, null]);
    expect(bestValues({ ...comparison, rows: comparison.rows.slice(0, 1) })).toEqual([null, null, null]);
  });

  test("is a table with units, marks and escaped text", () => {
    const { document } = parseHTML(`<html><body>${comparisonTable(comparison).source}</body></html>`);
    const best = [...document.querySelectorAll("td.best")].map((cell) => cell.textContent);
    expect(best).toEqual(["20.0", "0.25"]);
    expect(document.querySelector("caption")?.textContent).toBe(comparison.title);
    expect(document.querySelector("tr.ours th")?.textContent).toBe("ours");
    expect([...document.querySelectorAll("tbody tr")][1].textContent).toBe("PCA19.00.25–");
  });
});

describe("the page of the uses", () => {
  const page = usesPage({
    title: "T",
    summary: "S",
    exhibits: [exhibit],
    command: "elbo report RUN",
    versions: { node: "20" },
  });

  test("shows each exhibit whole: words, tables, pictures, facts", () => {
    for (const part of ["Noise reduction", "A &amp; B", "A curve", svg, "1 min 1 s", "elbo report RUN", "node 20"])
      expect(page).toContain(part);
  });

  test("asks for nothing from outside and runs no script", () => {
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page).not.toMatch(/<script|<link|src="http/);
  });
});

describe("the files of an exhibit", () => {
  test("are its table, its sheets, and each drawing as SVG and PNG", async () => {
    const folder = join(scratch, "deep", "denoise");
    const written = await writeExhibit(folder, exhibit, { run: "r" });
    expect(written.map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      "curve.png",
      "curve.svg",
      "scores.csv",
      "table.json",
    ]);
    expect(readdirSync(folder).sort()).toEqual(["curve.png", "curve.svg", "scores.csv", "table.json"]);
    const table = JSON.parse(readFileSync(join(folder, "table.json"), "utf8")) as {
      comparisons: Comparison[];
      run: string;
    };
    expect(table.run).toBe("r");
    expect(table.comparisons[0].rows[0].values).toEqual([20.04, 0.5, 3]);
  });

  test("are not begun where a drawing cannot be drawn, and a folder that cannot be is one clear error", async () => {
    const broken = { ...exhibit, pictures: [{ name: "x", caption: "", svg: "<svg" }] };
    await expect(writeExhibit(join(scratch, "never"), broken, {})).rejects.toThrow();
    expect(readdirSync(scratch)).not.toContain("never");
    writeFileSync(join(scratch, "file"), "");
    await expect(writeExhibit(join(scratch, "file", "sub"), exhibit, {})).rejects.toThrow(/cannot write/);
  });
});

test("a drawing as pixels has two for each unit, and text leaves ink without a font of the system", async () => {
  const png = await rasterise(svg);
  expect(pngSize(png)).toEqual({ width: 60, height: 40 });
  expect((await rasterise(svg.replace("ab", ""))).length).toBeLessThan(png.length);
});
