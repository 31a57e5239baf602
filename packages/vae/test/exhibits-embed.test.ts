// What an embedding shows: pictures that are well-formed whatever the data are, words that hold the figures, a CSV that reads back.

import { DOMParser } from "linkedom";
import { fromTypedArray, gather, type Tensor } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { parseTable } from "../src/data/csv.js";
import type { Dataset } from "../src/data/dataset.js";
import { rasterise } from "../src/node/rasterise.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { corners } from "../src/evaluation/ellipses.js";
import { embedExhibit } from "../src/report/exhibits/embed.js";
import { latentChart } from "../src/report/index.js";
import { legend } from "../src/report/legend.js";
import { fragment } from "../src/report/markup.js";
import { pngSize } from "../src/report/png.js";
import { trainingConfig } from "../src/training/fit.js";
import { embed, type EmbedOptions } from "../src/uses/embed.js";
import { numbers } from "./support/numbers.js";
import { noise } from "./support/tiny.js";

const training = trainingConfig({ epochs: 1, batch: 16 });

const show = async (model: Model, data: Dataset, options: EmbedOptions = {}) => {
  const result = await embed({ model, data, training }, options);
  return { result, exhibit: embedExhibit(result) };
};

const withLabels = (data: Dataset, classes?: readonly string[]): Dataset => {
  const give = (inputs: Tensor) => ({
    inputs,
    labels: fromTypedArray(Int32Array.from({ length: inputs.shape[0] }, (_, i) => i % 3)),
  });
  return { ...data, train: give(data.train.inputs), test: give(data.test.inputs), ...(classes && { classes }) };
};

/** The document, once it is sure that nothing in it is NaN, infinite or undefined. */
function parsed(svg: string) {
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  expect(root.tagName).toBe("svg");
  return root;
}

const textsOf = (svg: string): string[] =>
  [...parsed(svg).querySelectorAll("text")].map((node) => String(node.textContent));

const images = withLabels(noise(30, 24, [6, 5]), ["red", "green", "blue"]);
const planar = vae({ input: [6, 5], hidden: [8], latent: 2 });

describe("embedExhibit", () => {
  test("of a planar VAE on images: map, baselines and manifold, with classes by name and ellipses", async () => {
    const { result, exhibit } = await show(planar, images, { grid: 4 });
    expect(exhibit.pictures.map(({ name }) => name)).toEqual(["map", "baselines", "manifold"]);
    const [map, baselines, manifold] = exhibit.pictures;
    expect(textsOf(map.svg!)).toEqual(expect.arrayContaining(["z1 →", "↑ z2", "0 red", "1 green", "2 blue"]));
    const drawn = result.map.ellipses.length;
    expect(map.svg!.match(/<ellipse /g)).toHaveLength(drawn);
    expect(map.caption).toContain(`${drawn} ellipses`);
    const titles = ["PCA, 2 dimensions", "PC 1 →", "linear autoencoder, 2 dimensions", "z1 →"];
    expect(textsOf(baselines.svg!)).toEqual(expect.arrayContaining(titles));
    const { width, height } = pngSize(manifold.png!);
    expect(width / height).toBeCloseTo(5 / 6, 10);
    expect(manifold.caption).toContain("4 x 4 latent points: z1 grows to the right, z2 upwards");
    for (const { values } of result.comparison.rows.slice(0, 3)) {
      expect(exhibit.reading).toContain(`${values[1]!.toFixed(1)} %`);
    }
    expect(exhibit.reading).toContain("all 30 pixels");
  });

  test("names the winner of each column, be it ours or a baseline", async () => {
    const { result } = await show(planar, images);
    const rows = ["VAE, 2 dimensions", "PCA, 2 dimensions"].map((method, i) => ({
      method,
      ours: i === 0,
      values: [
        [0.9, 80, 12, 200],
        [0.8, 90, 13, null],
      ][i],
    }));
    const { reading } = embedExhibit({ ...result, reference: null, comparison: { ...result.comparison, rows } });
    expect(reading).toMatch(
      /^Best of these embeddings: VAE by trustworthiness; PCA by 5-NN accuracy and reconstruction\./,
    );
    expect(reading).not.toContain("ELBO");
  });

  test("the coordinates read back as the numbers they are", async () => {
    const { result, exhibit } = await show(planar, images, { part: "train" });
    const { names, rows, labels } = parseTable(exhibit.sheets[0].text, exhibit.sheets[0].name);
    expect(exhibit.sheets[0].name).toBe("coordinates.csv");
    expect(names).toEqual(["index", "z1", "z2", "sd1", "sd2"]);
    const column = (at: number) =>
      Float32Array.from(numbers(gather(rows, fromTypedArray(Int32Array.of(at)), { axis: 1 })));
    expect([...column(0)]).toEqual([...Array(30).keys()]);
    const { codes, deviations } = result.coordinates;
    for (const j of [0, 1]) {
      expect([...column(1 + j)]).toEqual(numbers(codes).filter((_, at) => at % 2 === j));
      expect([...column(3 + j)]).toEqual(numbers(deviations!).filter((_, at) => at % 2 === j));
    }
    expect(labels).toEqual(numbers(images.train.labels!).map((label) => images.classes?.[label] ?? String(label)));
  });

  test.each<[string, Model, Dataset, string[]]>([
    [
      "an autoencoder of a table",
      autoencoder({ input: [5], hidden: [], latent: 3 }),
      noise(20, 12, [5]),
      ["map", "baselines"],
    ],
    [
      "one dimension",
      vae({ input: [4, 4], hidden: [], latent: 1 }),
      withLabels(noise(20, 12, [4, 4])),
      ["map", "baselines", "manifold"],
    ],
    ["one column", vae({ input: [1], hidden: [], latent: 1 }), noise(20, 12, [1]), ["map"]],
    [
      "more dimensions than two",
      vae({ input: [4, 4], hidden: [], latent: 5 }),
      noise(20, 12, [4, 4]),
      ["map", "baselines", "manifold"],
    ],
  ])("of %s: the pictures that apply, all of them legible to the rasteriser", async (_, model, data, names) => {
    const { exhibit } = await show(model, data, { grid: 3 });
    expect(exhibit.pictures.map(({ name }) => name)).toEqual(names);
    expect(exhibit.sheets[0].text.includes("sd1")).toBe(model.kind === "vae");
    for (const { svg, caption } of exhibit.pictures) {
      expect(caption).toMatch(/\.$/);
      if (svg === undefined) continue;
      const root = parsed(svg);
      const png = pngSize(await rasterise(svg));
      expect([png.width, png.height]).toEqual(["width", "height"].map((side) => 2 * Number(root.getAttribute(side))));
    }
  });
});

describe("maps with ellipses", () => {
  const ellipse = { x: 1, y: 2, major: 2, minor: 1, angle: Math.PI / 6, label: null };

  test("the rectangle around an ellipse is the range of its points", () => {
    const points = Array.from({ length: 3600 }, (_, i) => {
      const [u, v] = [2 * Math.cos((i * Math.PI) / 1800), Math.sin((i * Math.PI) / 1800)];
      return [
        1 + u * Math.cos(Math.PI / 6) - v * Math.sin(Math.PI / 6),
        2 + u * Math.sin(Math.PI / 6) + v * Math.cos(Math.PI / 6),
      ];
    });
    const [low, high] = corners(ellipse);
    // Between neighbours of 3600 points the range is missed by 2 (1 - cos(pi / 3600)) at most.
    for (const [at, name] of [
      [0, "x"],
      [1, "y"],
    ] as const) {
      expect(Math.min(...points.map((point) => point[at]))).toBeCloseTo(low[name], 5);
      expect(Math.max(...points.map((point) => point[at]))).toBeCloseTo(high[name], 5);
    }
  });

  test("ellipses lie within the frame, under the dots, turned the way that pixels count; broken ones are left out", () => {
    const svg = latentChart({
      points: [[1, 2]],
      labels: null,
      axes: ["z1", "z2"],
      ellipses: [ellipse, { ...ellipse, major: NaN }],
    });
    const [drawn] = [...parsed(svg).querySelectorAll("ellipse")];
    expect(svg.match(/<ellipse /g)).toHaveLength(1);
    expect(drawn.getAttribute("transform")).toMatch(/rotate\(-30\.0\)/);
    expect(Number(drawn.getAttribute("rx")) / Number(drawn.getAttribute("ry"))).toBeCloseTo(2, 2);
    expect(svg.indexOf("<ellipse")).toBeLessThan(svg.indexOf("<circle"));
    // Its width, sqrt(4 cos^2 + sin^2) to either side, takes 1 / 1.04 of the frame's 480 pixels.
    expect(Number(drawn.getAttribute("rx"))).toBeCloseTo(
      (2 * 480) / 1.04 / (2 * Math.hypot(2 * Math.cos(Math.PI / 6), 0.5)),
      1,
    );
  });

  test("a legend says names where they fit, else numbers, else nothing", () => {
    const said = (room: number) =>
      [
        ...fragment(legend([0, 2], ["ant", "bee", "cat"], { right: 500, room })).source.matchAll(/>([^<>]+)<\/text>/g),
      ].map(([, text]) => text);
    expect([400, 60, 10].map(said)).toEqual([["0 ant", "2 cat"], ["0", "2"], []]);
  });
});
