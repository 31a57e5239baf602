// The report's drawings: well-formed SVG, escaped labels, degenerate data, and the order of what a drawing says.

import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { activeDimensions, architectureDrawing, klChart, latentChart, learningCurves } from "../src/report/index.js";
import type { Architecture } from "../src/models/describe.js";
import type { Report } from "../src/training/report.js";

/** The texts of a drawing in the order in which they are drawn. */
function texts(svg: string): string[] {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  expect(root.tagName).toBe("svg");
  return [...root.querySelectorAll("text")].map((node) => String(node.textContent));
}

/** Every start tag has its end tag, in the right order, and every attribute is quoted. Drawings hold no comments. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end, name: string, __, empty) => {
      if (end) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#\d+);)/);
  const broken = [...svg.matchAll(/ ([\w-]+)="([^"]*)"/g)].filter(
    ([, name, value]) => name !== "aria-label" && /NaN|Infinity|undefined/.test(value!),
  );
  expect(broken).toEqual([]);
}

const layer = (units: number, activation = "tanh") => ({ units, activation });

const vae: Architecture = {
  kind: "vae",
  input: [28, 28],
  encoder: [layer(400, "relu")],
  latent: 20,
  decoder: [layer(200), layer(400, "relu")],
  likelihood: "bernoulli",
  parameters: 652_824,
};

const terms = (elbo: number | null, reconstruction: number, kl: number) => ({
  objective: kl - reconstruction,
  elbo,
  reconstruction,
  kl,
});

const entry = (epoch: number, variational = true): Report => ({
  epoch,
  seconds: 1,
  train: terms(variational ? -100 - 50 / epoch : null, -80 - 50 / epoch, variational ? 20 : 0),
  test: terms(variational ? -102 - 50 / epoch : null, -82 - 50 / epoch, variational ? 20 : 0),
});

const log = (count: number, variational = true): Report[] =>
  Array.from({ length: count }, (_, i) => entry(i + 1, variational));

describe("architectureDrawing", () => {
  it("says what a VAE is, from x to x̂", () => {
    const said = [
      ["encoder q(z|x)", "ε ~ N(0, I)", "ε", "decoder p(x|z)"],
      ["x", "28 × 28", "input"],
      ["400", "relu"],
      ["μ", "σ", "2 × 20"],
      ["z", "20", "z = μ + σ ⊙ ε"],
      ["200", "tanh"],
      ["400", "relu"],
      ["x̂", "28 × 28", "Bernoulli mean"],
      ["652,824 parameters"],
    ];
    expect(texts(architectureDrawing(vae))).toEqual(said.flat());
  });

  it("says what an autoencoder is, without any densities", () => {
    const said = [
      ["encoder", "decoder"],
      ["x", "13", "input"],
      ["400", "relu"],
      ["z", "2", "code"],
      ["400", "tanh"],
      ["x̂", "13", "squared error"],
      ["652,824 parameters"],
    ];
    const model: Architecture = {
      ...vae,
      kind: "autoencoder",
      input: [13],
      latent: 2,
      decoder: [layer(400)],
      likelihood: "gaussian",
    };
    expect(texts(architectureDrawing(model))).toEqual(said.flat());
  });

  it.each([0, 1, 2, 3, 4, 5])("keeps the texts of %i hidden layers per side apart", (depth) => {
    const hidden = Array.from({ length: depth }, (_, i) =>
      layer(2 ** (10 - i), i === 0 ? "leakyRelu(0.01)" : "softplus"),
    );
    for (const kind of ["vae", "autoencoder"] as const) {
      for (const input of [[28, 28], [3, 64, 64], [13], [1]]) {
        const svg = architectureDrawing({ ...vae, kind, input, encoder: hidden, decoder: hidden.toReversed() });
        expectWellFormed(svg);
        const labels = [...svg.matchAll(/<text x="([\d.]+)" y="247"[^>]*>([^<]*)</g)].map(([, x, text]) => ({
          x: Number(x),
          half: 3 * text!.length,
        }));
        for (let i = 1; i < labels.length; i++) {
          expect(labels[i]!.x - labels[i]!.half).toBeGreaterThan(labels[i - 1]!.x + labels[i - 1]!.half);
        }
      }
    }
  });

  it("escapes names", () => {
    const svg = architectureDrawing({ ...vae, encoder: [layer(3, `<script>"&'`)] });
    expectWellFormed(svg);
    expect(svg).not.toContain("<script");
    expect(texts(svg)).toContain(`<script>"&'`);
  });
});

describe("learningCurves", () => {
  it.each([1, 2, 16, 100])("draws ELBO, reconstruction and KL over %i epochs", (count) => {
    const panels = learningCurves(log(count));
    expect(panels.map((panel) => panel.name)).toEqual(["ELBO", "Reconstruction", "KL"]);
    for (const { svg } of panels) expectWellFormed(svg);
  });

  it("draws the reconstruction alone for a model without a prior", () => {
    expect(learningCurves(log(3, false)).map((panel) => panel.name)).toEqual(["Reconstruction"]);
  });

  it("writes the last values beside the names of the lines", () => {
    expect(texts(learningCurves(log(1))[0]!.svg).join(" ")).toContain("test −152.00 train −150.00");
  });

  it("labels whole epochs only", () => {
    const labels = texts(learningCurves(log(2))[2]!.svg);
    expect(labels.filter((text) => /^\d+$/.test(text) && Number(text) < 10)).toEqual(["1", "2"]);
  });

  it("leaves gaps where values are not finite, and a dot where a value stands alone", () => {
    const broken = terms(NaN, -Infinity, Infinity);
    const gappy = log(40).map((line, i) => (i % 2 === 0 ? line : { ...line, train: broken, test: broken }));
    for (const { svg } of learningCurves(gappy)) {
      expectWellFormed(svg);
      expect(svg.match(/<circle/g)).toHaveLength(40);
    }
  });

  it("says so where there is nothing to draw", () => {
    expect(texts(learningCurves([])[0]!.svg)).toContain("no epoch was logged");
    const broken = terms(NaN, NaN, NaN);
    const panels = learningCurves([{ epoch: 1, seconds: 0, train: broken, test: broken }]);
    for (const { svg } of panels) expect(texts(svg)).toContain("no finite values");
  });
});

describe("klChart", () => {
  it("sorts the dimensions, names them from 1, and counts the active ones", () => {
    const svg = klChart([0.5, 0.001, 2, 0.011]);
    expectWellFormed(svg);
    const said = texts(svg);
    expect(said).toContain("3 of 4 dimensions carry more than 0.01 nats");
    expect(said.filter((text) => /^[1-4]$/.test(text))).toEqual(["3", "1", "4", "2"]);
    expect(svg.match(/z\d: [\d.]+ nats/g)).toEqual([
      "z3: 2.0000 nats",
      "z1: 0.5000 nats",
      "z4: 0.0110 nats",
      "z2: 0.0010 nats",
    ]);
  });

  it("does not count the threshold itself, nor NaN", () => {
    expect(activeDimensions([0.01, NaN, 0.02, Infinity])).toBe(2);
  });

  it.each([0, 1, 64, 300])("draws %i dimensions", (count) => {
    expectWellFormed(klChart(Array.from({ length: count }, (_, j) => 1 / (j + 1))));
  });

  it("names every one of 64 dimensions", () => {
    const said = texts(klChart(Array.from({ length: 64 }, (_, j) => j / 1000)));
    const names = new Set(said.filter((text) => /^\d+$/.test(text)));
    for (let j = 1; j <= 64; j++) expect(names).toContain(String(j));
  });

  it("stands collapse and values that are not finite", () => {
    expectWellFormed(klChart([0, 0, 0]));
    expectWellFormed(klChart([NaN, Infinity, 1, -0.001]));
  });
});

describe("latentChart", () => {
  const points: [number, number][] = [
    [0, 0],
    [1, 2],
    [NaN, 1],
    [-1, 0.5],
  ];

  it("draws one dot per finite point, and a number per class at its median", () => {
    const svg = latentChart({ points, labels: [0, 1, 1, 1], axes: ["z1", "z2"] });
    expectWellFormed(svg);
    const dots = 3;
    const legend = 2;
    const discs = 2;
    expect(svg.match(/<circle/g)).toHaveLength(dots + legend + discs);
    expect(texts(svg)).toEqual(expect.arrayContaining(["z1 →", "↑ z2", "0", "1"]));
  });

  it("needs no classes, and stands one point and none", () => {
    for (const some of [points, [points[0]!], []]) {
      expectWellFormed(latentChart({ points: some, labels: null, axes: ["a < b", "c & d"] }));
    }
  });

  it("uses one scale for both axes", () => {
    const svg = latentChart({
      points: [
        [0, 0],
        [10, 0],
        [0, 1],
      ],
      labels: null,
      axes: ["z1", "z2"],
    });
    const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    const at = [...root.querySelectorAll("circle")].map(
      (dot) => [Number(dot.getAttribute("cx")), Number(dot.getAttribute("cy"))] as const,
    );
    expect((at[1]![0] - at[0]![0]) / 10).toBeCloseTo(at[0]![1] - at[2]![1], 1);
  });
});
