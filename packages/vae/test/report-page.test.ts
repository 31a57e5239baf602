// The report page: self-contained, escaped, and whole for every kind of model and data.

import { full, type Tensor } from "@elbo/tensor";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { bitsPerDimension } from "../src/evaluation/metrics.js";
import type { Report } from "../src/training/report.js";
import { type ReportData, reportPage } from "../src/report/index.js";

const images = (count: number): Tensor => full([count, 4, 5], 0.25);

const entry = (epoch: number): Report => ({
  epoch,
  seconds: 2,
  train: { objective: 10, elbo: -10, reconstruction: -8, kl: 2 },
  test: { objective: 11, elbo: -11, reconstruction: -8.5, kl: 2.5 },
});

const vae: ReportData = {
  title: "A small VAE",
  architecture: {
    kind: "vae",
    input: [4, 5],
    encoder: [{ units: 8, activation: "tanh" }],
    latent: 2,
    decoder: [{ units: 8, activation: "tanh" }],
    likelihood: "bernoulli",
    parameters: 1234,
  },
  log: [entry(1)],
  inputs: images(12),
  reconstructions: images(12),
  samples: images(20),
  latentMap: {
    points: [
      [0, 1],
      [1, 0],
    ],
    labels: [3, 4],
    axes: ["z1", "z2"],
  },
  klPerDimension: [1.25, 0.001],
  settings: { beta: 1, "learning rate": 0.001, clip: null, shuffle: true, data: "digits" },
  command: "elbo train --seed 1",
  versions: { elbo: "0.1.0", node: "20.20.2" },
};

const autoencoder: ReportData = {
  ...vae,
  architecture: { ...vae.architecture, kind: "autoencoder" },
  log: vae.log.map((line) => ({
    ...line,
    train: { ...line.train, elbo: null, kl: 0 },
    test: { ...line.test, elbo: null, kl: 0 },
  })),
  klPerDimension: null,
};

const table: ReportData = {
  ...vae,
  architecture: { ...vae.architecture, input: [13] },
  inputs: null,
  reconstructions: null,
  samples: null,
  latentMap: null,
};

const parse = (html: string) => parseHTML(html).document;

const headings = (html: string): string[] =>
  [...parse(html).querySelectorAll("h2")].map((node) => String(node.textContent));

/** The text that a reader sees, with spaces run together. */
const textOf = (html: string): string => String(parse(html).querySelector("body")!.textContent).replace(/\s+/g, " ");

describe("reportPage", () => {
  it("shows all of a VAE", () => {
    const html = reportPage(vae);
    expect(headings(html)).toEqual([
      "Model",
      "Learning curves",
      "Reconstructions",
      "Samples",
      "Latent space",
      "KL per dimension",
      "Epochs",
      "Run",
    ]);
    const document = parse(html);
    expect(document.title).toBe("A small VAE");
    expect(document.querySelectorAll("img")).toHaveLength(3);
    expect(document.querySelectorAll("svg")).toHaveLength(6);
    const text = textOf(html);
    expect(text).toContain("After 1 epoch the test ELBO is −11.00 nats per example, or 0.793 bits per dimension.");
    expect(text).toContain("z ~ N(0, I)");
    expect(text).toContain("elbo train --seed 1");
    expect(text).toContain("elbo 0.1.0 · node 20.20.2");
    for (const [name, value] of [
      ["beta", "1"],
      ["learning rate", "0.001"],
      ["clip", "–"],
      ["shuffle", "true"],
      ["data", "digits"],
    ]) {
      expect(text).toContain(`${name}${value}`);
    }
  });

  it("judges an autoencoder by its reconstruction, and says that it has no prior", () => {
    const html = reportPage(autoencoder);
    expect(headings(html)).not.toContain("KL per dimension");
    const text = textOf(html);
    expect(text).toContain("the test reconstruction, log p(x|z), is −8.50 nats per example");
    expect(text).toContain("An autoencoder has no prior over z");
    expect(text).toContain("Gaussian fitted to the codes");
    expect(parse(html).querySelectorAll("svg")).toHaveLength(3);
  });

  it("says in a sentence why a table has no pictures", () => {
    const html = reportPage(table);
    expect(parse(html).querySelectorAll("img")).toHaveLength(0);
    expect(textOf(html).match(/One example is a vector of shape \[13\], not an image/g)).toHaveLength(2);
    expect(textOf(html)).toContain("No latent map was recorded for this run.");
  });

  it("asks for nothing outside of itself", () => {
    for (const data of [vae, autoencoder, table]) {
      const html = reportPage(data);
      const document = parse(html);
      for (const node of document.querySelectorAll("[src], [href], script, link, iframe, object, form")) {
        expect(node.tagName).toBe("IMG");
        expect(node.getAttribute("src")).toMatch(/^data:image\/png;base64,/);
      }
      expect(html.replaceAll("http://www.w3.org/2000/svg", "").replaceAll("http-equiv", "")).not.toMatch(
        /https?:|http|url\(|@import|\son\w+=/,
      );
      expect(document.querySelector("meta[http-equiv]")!.getAttribute("content")).toContain("default-src 'none'");
    }
  });

  it("escapes every text that a caller gives", () => {
    const evil = `</title><script>alert("1")</script>'&`;
    const html = reportPage({
      ...vae,
      title: evil,
      architecture: { ...vae.architecture, encoder: [{ units: 2, activation: evil }] },
      latentMap: { ...vae.latentMap!, axes: [evil, evil] },
      settings: { [evil]: evil },
      command: `-${evil} ${evil}`,
      versions: { [evil]: evil },
    });
    expect(html).not.toContain("<script");
    expect(parse(html).querySelector("h1")!.textContent).toBe(evil);
    expect(parse(html).querySelector("pre")!.textContent).toBe(`-${evil} ${evil}`);
  });

  it("folds a long log away, and shows a short one", () => {
    expect(parse(reportPage(vae)).querySelector("details")).toBeNull();
    const long = parse(reportPage({ ...vae, log: Array.from({ length: 100 }, (_, i) => entry(i + 1)) }));
    expect(long.querySelector("summary")!.textContent).toBe("All 100 epochs");
    expect(long.querySelectorAll("tbody tr")).toHaveLength(100);
  });

  it("survives values that are not finite, and names them", () => {
    const terms = { objective: NaN, elbo: NaN, reconstruction: -Infinity, kl: Infinity };
    const html = reportPage({
      ...vae,
      log: [entry(1), { epoch: 2, seconds: NaN, train: terms, test: terms }],
      klPerDimension: [NaN, Infinity],
    });
    const text = textOf(html);
    expect(text).toContain("the first of them at epoch 2");
    expect(text).toContain("the test ELBO is NaN nats per example");
    expect(text).toContain("−∞");
    expect(html.match(/ (?:[xyd]|cx|cy|[xy][12]|r|transform|width|height)="[^"]*(?:NaN|Infinity)/)).toBeNull();
  });

  it("has a form for an empty log, no images and a collapsed posterior", () => {
    const text = textOf(reportPage({ ...vae, log: [], samples: images(0), klPerDimension: [0, 0] }));
    expect(text).toContain("No epoch was logged");
    expect(text).toContain("No pictures were recorded");
    expect(text).toContain("the posterior has collapsed to the prior");
  });
});

describe("bitsPerDimension", () => {
  it("is 1 for a fair coin per dimension", () => {
    expect(bitsPerDimension(784 * Math.LN2, 784)).toBeCloseTo(1, 12);
  });
});
