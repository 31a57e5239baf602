// What anomaly detection shows: heat where the score comes from, well-formed drawings, sheets that read back, honest words.

import { key, ones, slice, tensor, uniform, zeros } from "@elbo/tensor";
import { decode } from "fast-png";
import * as fc from "fast-check";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import { parseTable } from "../src/data/csv.js";
import type { Dataset, Split } from "../src/data/dataset.js";
import { sensors } from "../src/data/sensors/sensors.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { anomalyExhibit, detectionExhibit } from "../src/report/exhibits/anomaly.js";
import type { Exhibit } from "../src/report/exhibits/exhibit.js";
import { fullHeat, heatStrip, significant } from "../src/report/heat.js";
import { heatTable } from "../src/report/heat-table.js";
import { pngSize } from "../src/report/png.js";
import { rocChart } from "../src/report/roc-chart.js";
import { trainingConfig } from "../src/training/fit.js";
import { anomaly, detect } from "../src/uses/anomaly.js";
import type { Study } from "../src/uses/study.js";

/** The texts of a drawing that is well-formed, and holds no number that is none. */
function texts(svg: string): string[] {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  expect(root.tagName).toBe("svg");
  expect(/NaN|Infinity|undefined/.test(svg.replace(/(aria-label|href)="[^"]*"/g, ""))).toBe(false);
  for (const attribute of ["width", "height"]) expect(Number(root.getAttribute(attribute))).toBeGreaterThan(0);
  return [...root.querySelectorAll("text")].map((node) => String(node.textContent));
}

const pictures = ({ pictures }: Exhibit): Record<string, string> =>
  Object.fromEntries(pictures.map(({ name, svg }) => [name, svg!]));

const studyOf = (model: Model, data: Dataset): Study => ({
  model,
  data,
  training: trainingConfig({ epochs: 1 }),
  train: async (_, companion) => ({ model: companion, seconds: 1 }),
});

describe("heatStrip", () => {
  const paint = (value: number, ink = 0) =>
    decode(heatStrip(tensor([[[ink]]]), tensor([[[value]]]), { full: 2, scale: 1, gap: 0 })).data;

  test("is the paled picture without heat, and full red from full heat on", () => {
    expect([...paint(0)]).toEqual([255, 255, 255, 255]);
    expect([...paint(0, 1)]).toEqual([140, 140, 140, 255]);
    expect([...paint(2)]).toEqual([...paint(9, 1)]);
  });

  test("grows redder with the value, and takes what is no number for none", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (value, share) => {
          const [more, less] = [paint(value), paint(share * value)];
          expect(more[0] - more[1]).toBeGreaterThanOrEqual(less[0] - less[1]);
        },
      ),
    );
    expect([...paint(NaN)]).toEqual([...paint(0)]);
  });

  test("has each pixel `scale` wide, and transparent gaps", () => {
    const png = heatStrip(ones([3, 2, 4]), zeros([3, 2, 4]), { full: 1, scale: 2, gap: 3 });
    expect(pngSize(png)).toEqual({ width: 3 * 8 + 2 * 3, height: 4 });
    const row = decode(png)
      .data.filter((_, i) => i % 4 === 3)
      .slice(0, 30);
    expect([...row].map((opacity, x) => (x % 11 >= 8 ? opacity === 0 : opacity === 255))).not.toContain(false);
  });

  test("refuses values that are not one for each pixel, and no images", () => {
    const layout = { full: 1, scale: 1, gap: 0 };
    expect(() => heatStrip(ones([1, 2, 2]), ones([1, 2, 3]), layout)).toThrow(/\[1, 2, 2\] and \[1, 2, 3\]/);
    expect(() => heatStrip(ones([0, 2, 2]), ones([0, 2, 2]), layout)).toThrow(/at least one image/);
  });
});

test("full heat lies above all but one in two hundred values, and is positive", () => {
  expect(fullHeat([tensor(Array.from({ length: 1000 }, (_, i) => i))])).toBe(995);
  expect(fullHeat([zeros([3])])).toBe(1);
  expect(fullHeat([tensor([NaN, 2, Infinity])])).toBe(2);
});

test.each([
  [1234.5, "1,235"],
  [31.24, "31.2"],
  [0.04561, "0.0456"],
  [0, "0"],
  [Infinity, "∞"],
])("%d has the digits %s", (value, text) => expect(significant(value)).toBe(text));

test("a heat table holds every number under its name, red by its share of the row", () => {
  const rows = [{ heads: ["7"], values: [3, 1], bold: true }];
  const svg = heatTable(["left", "a < b"], ["row"], rows);
  expect(texts(svg)).toEqual(["row", "left", "a < b", "7", "3.00", "1.00"]);
  expect([...svg.matchAll(/fill-opacity="(0\.\d+)" stroke/g)].map(([, share]) => Number(share))).toEqual([0.64, 0.21]);
  expect(() => heatTable([], [], [])).toThrow(/at least one row/);
});

test("ROC curves have a legend of methods with their areas", () => {
  const rates = { falsePositive: [0, 0, 1], truePositive: [0, 1, 1] };
  const words = texts(
    rocChart([
      { method: "ours", ours: true, auroc: 1, ...rates },
      { method: "theirs", ours: false, auroc: 0.5, ...rates },
    ]),
  );
  expect(words).toEqual(
    expect.arrayContaining(
      ["ours", "100.00", "theirs", "50.00", "true-positive rate, %"].map((word) => expect.stringContaining(word)),
    ),
  );
});

/** Images of noise, of three classes. */
const part = (count: number, seed: number): Split => ({
  inputs: uniform(key(seed), [count, 9, 8]),
  labels: tensor(
    Array.from({ length: count }, (_, i) => i % 3),
    { dtype: "int32" },
  ),
});

describe("the exhibit", () => {
  const data: Dataset = { name: "noise", train: part(60, 1), test: part(40, 2) };
  const study = studyOf(vae({ input: [9, 8], hidden: [8], latent: 2 }), data);

  test("of images: curves, a gallery and scores that read back", async () => {
    const result = await anomaly(study, { normal: [1, 0] });
    const exhibit = anomalyExhibit(result, data);
    expect(exhibit.comparisons).toHaveLength(2);
    expect(Object.keys(pictures(exhibit))).toEqual(["roc", "gallery"]);
    const gallery = pictures(exhibit)["gallery"];
    expect(texts(gallery)).toEqual(expect.arrayContaining(["the highest scores", "input", "reconstruction", "heat"]));
    expect(gallery.match(/<image /g)).toHaveLength(6);
    const [sheet] = exhibit.sheets;
    const table = parseTable(sheet.text, sheet.name);
    expect([table.names, table.labels?.length]).toEqual([["index", "score", "flagged"], 40]);
    expect(Array.from(slice(table.rows, [null, 1]).data)).toEqual([...result.first.scores]);
    expect(exhibit.reading).toMatch(/class 1 is normal/);
    expect(exhibit.reading).toMatch(/a rate of 5 % takes 19: nothing is flagged/);
    expect(JSON.stringify(exhibit.facts)).not.toMatch(/null/);
  });

  test("of other images: what is flagged, with the threshold, and no class", async () => {
    const found = await detect(study, data.test.inputs, { normal: [0], fpr: 0.5 });
    const exhibit = detectionExhibit(found, "new.png", data);
    const count = found.scores.filter((score) => score > found.detector.threshold).length;
    expect(exhibit.reading.startsWith(`new.png: ${count} of 40 examples`)).toBe(true);
    expect(parseTable(exhibit.sheets[0].text, "").names).toEqual(["index", "score", "threshold", "flagged"]);
    expect(texts(pictures(exhibit)["gallery"])).not.toContain("class");
  });

  test("of a table: a heat table with the names of columns and classes", async () => {
    const table = sensors({ train: 40, test: 20 });
    const model = autoencoder({ input: [12], hidden: [8], latent: 2, likelihood: "gaussian" });
    const exhibit = anomalyExhibit(await anomaly(studyOf(model, table), { fpr: 0.3 }), table);
    const words = texts(pictures(exhibit)["heat-table"]);
    expect(words).toEqual(expect.arrayContaining(["index", "class", "score", "normal", ...table.columns!.names]));
  });

  test("of wide examples without names or labels: the columns that add most", async () => {
    const inputs = uniform(key(0), [12, 5, 2, 2]);
    const free = { inputs, labels: null };
    const model = autoencoder({ input: [5, 2, 2], hidden: [], latent: 2 });
    const exhibit = anomalyExhibit(await anomaly(studyOf(model, { name: "n", train: free, test: free })));
    const words = texts(pictures(exhibit)["heat-table"]);
    expect(words.filter((word) => /^x\d+$/.test(word))).toHaveLength(16);
    expect(exhibit.pictures[0].caption).toMatch(/The 16 of 20 columns/);
    expect(exhibit.reading).toMatch(/is not known here/);
  });
});
