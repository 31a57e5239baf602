// What generation has to show: every picture is well-formed and has its words, for images and for tables, at the edges too.

import { fromTypedArray, key, slice, uniform } from "@elbo/tensor";
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import type { Exhibit } from "../src/report/exhibits/exhibit.js";
import { generateExhibit, traversalRows } from "../src/report/exhibits/generate.js";
import { panels } from "../src/report/panels.js";
import { dataUri, imageGrid, pngSize } from "../src/report/png.js";
import { trainingConfig } from "../src/training/fit.js";
import { generate, type GenerateResult } from "../src/uses/generate.js";
import type { Study } from "../src/uses/study.js";
import { pick } from "../src/uses/generate/walks.js";
import { readGif } from "./support/gif.js";
import { noise } from "./support/tiny.js";

const training = trainingConfig({ epochs: 1, batch: 10, lr: 0.01 });

const labelled = (data: Dataset, classes?: readonly string[]): Dataset => {
  const part = ({ inputs }: Dataset["train"]): Dataset["train"] => {
    const [count] = inputs.shape;
    return {
      inputs,
      labels: fromTypedArray(
        Int32Array.from({ length: count }, (_, i) => i % 2),
        [count],
      ),
    };
  };
  return { name: data.name, train: part(data.train), test: part(data.test), ...(classes && { classes }) };
};

async function exhibitOf(model: Model, data: Dataset, count: number): Promise<Exhibit> {
  const study: Study = { model, data, training, seconds: 2 };
  return generateExhibit(await generate(study, { count }), study);
}

const texts = (svg: string): string[] => {
  const { document } = parseHTML(svg);
  return [...document.querySelectorAll("text")].map((node) => node.textContent);
};

/** Everything in an exhibit that people read. */
const words = ({ reading, pictures, comparisons, facts }: Exhibit): string =>
  [reading, ...pictures.map(({ caption }) => caption), JSON.stringify(comparisons), JSON.stringify(facts)].join("\n");

function expectWhole(exhibit: Exhibit): void {
  expect(words(exhibit)).not.toMatch(/NaN|undefined|Infinity|∞/);
  expect(new Set(exhibit.pictures.map(({ name }) => name)).size).toBe(exhibit.pictures.length);
  for (const { name, caption, svg, png, gif } of exhibit.pictures) {
    expect(name).toMatch(/^[a-z-]+$/);
    expect(caption).toMatch(/\.$/);
    expect([svg, png, gif].filter((content) => content !== undefined)).toHaveLength(1);
    if (svg !== undefined) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(texts(svg).every((text) => text.length > 0)).toBe(true);
    }
    if (png !== undefined) expect(pngSize(png).width).toBeGreaterThan(0);
    if (gif !== undefined) expect(readGif(gif).frames.length).toBeGreaterThan(0);
  }
}

describe("of images with classes", () => {
  const data = labelled(noise(40, 12, [7, 5]), ["cats", "dogs & <foxes>"]);
  let exhibit: Exhibit;
  let result: GenerateResult;
  beforeAll(async () => {
    const study: Study = { model: vae({ input: [7, 5], hidden: [6], latent: 4 }), data, training, seconds: 2 };
    result = await generate(study, { count: 70 });
    exhibit = generateExhibit(result, study);
  });
  const picture = (name: string): Exhibit["pictures"][number] =>
    exhibit.pictures.find((candidate) => candidate.name === name)!;

  test("there are all the pictures, each with its words", () => {
    expectWhole(exhibit);
    const names = ["samples", "neighbours", "ae-and-vae", "interpolation", "traversal", "animation"];
    expect(exhibit.pictures.map(({ name }) => name)).toEqual(names);
    expect(exhibit.sheets).toEqual([]);
  });

  test("sixty samples in rows of ten, each pixel enlarged nine times", () => {
    expect(pngSize(picture("samples").png!)).toEqual({ width: 10 * (5 * 9 + 4) - 4, height: 6 * (7 * 9 + 4) - 4 });
  });

  test("twenty samples above their neighbours, with the median distances in the caption", () => {
    expect(texts(picture("neighbours").svg!)).toEqual([
      "samples",
      "nearest in training",
      "samples",
      "nearest in training",
    ]);
    for (const [start, stop] of [
      [0, 10],
      [10, 20],
    ]) {
      const drawn = slice(result.vae.examples, [{ start, stop }]);
      for (const images of [drawn, pick(data.train.inputs, result.vae.nearest.subarray(start, stop))]) {
        expect(picture("neighbours").svg).toContain(dataUri(imageGrid(images, { columns: 10, scale: 8, gap: 4 })));
      }
    }
    expect(picture("neighbours").caption).toMatch(/median distance is \d+\.\d\d, .* training examples \d+\.\d\d/);
  });

  test("three grids side by side, each under the name of its decoder", () => {
    expect(texts(picture("ae-and-vae").svg!)).toEqual([
      "VAE, z ~ N(0, I)",
      "autoencoder, z ~ N(0, I)",
      "autoencoder, z fitted to its codes",
    ]);
  });

  test("five pairs by line, arc and fade, named by their classes", () => {
    const names = texts(picture("interpolation").svg!);
    expect(names).toHaveLength(15);
    expect(names.slice(0, 3)).toEqual(["cats to dogs & <foxes>: lerp", "slerp", "cross-fade"]);
  });

  test("a row for each dimension with its KL, and sixty frames", () => {
    const names = texts(picture("traversal").svg!);
    expect(names.map((name) => /^z\d: [\d.]+ nats$/.test(name))).toEqual([true, true, true, true]);
    const gif = readGif(picture("animation").gif!);
    expect([gif.frames.length, gif.width, gif.height]).toEqual([60, 5 * 24, 7 * 24]);
  });

  test("the reading tells the figures of the table", () => {
    for (const [at, decimals] of [
      [0, 1],
      [2, 2],
    ]) {
      for (const { values } of exhibit.comparisons[0].rows)
        expect(exhibit.reading).toContain(values[at]!.toFixed(decimals));
    }
    expect(exhibit.facts["training seconds"]).toBe(2);
  });
});

describe("at the edges", () => {
  test("few samples, one test example, no labels, an autoencoder: fewer pictures, all whole", async () => {
    const model = autoencoder({ input: [3, 3], hidden: [], latent: 1 });
    const exhibit = await exhibitOf(model, noise(5, 1, [3, 3]), 3);
    expectWhole(exhibit);
    expect(exhibit.pictures.map(({ name }) => name)).toEqual(["samples", "neighbours", "ae-and-vae", "traversal"]);
    expect(texts(exhibit.pictures[3].svg!)[0]).toMatch(/^z1: sd [\d.]+$/);
  });

  test("images larger than a tile are not shrunk", async () => {
    expectWhole(await exhibitOf(vae({ input: [70, 80], hidden: [2], latent: 1 }), noise(4, 2, [70, 80]), 2));
  });

  test("a table has no pictures but its samples as a sheet, in the units of its columns", async () => {
    const model = vae({ input: [2], hidden: [4], latent: 1, likelihood: "gaussian" });
    const columns = { names: ["a", "b, c"], mean: [1000, -1000], scale: [1e-3, 1e-3] };
    const exhibit = await exhibitOf(model, { ...noise(20, 5, [2]), columns }, 30);
    expectWhole(exhibit);
    expect(exhibit.pictures).toEqual([]);
    const [sheet] = exhibit.sheets;
    expect(sheet.name).toBe("samples.csv");
    const [head, ...rows] = sheet.text.trim().split("\n");
    expect(head).toBe('a,"b, c"');
    expect(rows).toHaveLength(30);
    for (const row of rows) {
      const [a, b] = row.split(",").map(Number);
      expect([Math.round(a), Math.round(b)]).toEqual([1000, -1000]);
    }
  });

  test("panels say what they need", () => {
    expect(() => panels([], 5)).toThrow("panels: needs at least one grid of images");
    expect(texts(panels([{ name: "a < b", images: uniform(key(1), [3, 2, 2]) }], 2))).toEqual(["a < b"]);
  });

  test("dimensions are counted from 1", () => {
    const axis = { dimension: 0, centre: 0, reach: 3, weight: 1.234 };
    const [{ name }] = traversalRows([{ axis, images: uniform(key(1), [3, 2, 2]) }], "vae");
    expect(name).toBe("z1: 1.23 nats");
  });
});
