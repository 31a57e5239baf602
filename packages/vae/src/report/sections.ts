// The sections of the report: each is a heading, one sentence on how to read it, and its picture or table.

import { architectureDrawing } from "./architecture/draw.js";
import { learningCurves } from "./curves.js";
import type { Metrics } from "../evaluation/metrics.js";
import type { Report } from "../training/report.js";
import type { ReportData, Setting } from "./data.js";
import { commandBlock, quiet, section, settingsList, versionsLine } from "./document.js";
import { activeDimensions, klChart } from "./kl.js";
import { latentChart } from "./latent.js";
import { type Child, element, Markup } from "./markup.js";
import { duration, fixed } from "./numbers.js";
import { pairs, pictures } from "./pictures.js";

/** A log of more epochs than this is folded away. */
const OPEN_TABLE = 12;

/** A code of more dimensions than this needs the whole width for its chart. */
const WIDE_CHART = 32;

/** A chart with its explanation to the right of it where there is room, below its heading where there is not. */
const beside = (words: Child, svg: string): Markup =>
  element(
    "div",
    { class: "beside" },
    element("div", { class: "words" }, words),
    element("div", { class: "chart" }, new Markup(svg)),
  );

/** The model from x to x̂. */
export function modelSection({ architecture }: ReportData): Markup {
  const reading =
    architecture.kind === "vae"
      ? "The encoder maps x to the mean μ and the standard deviation σ of q(z|x); a sample z = μ + σ ⊙ ε keeps the path from x differentiable; the decoder maps z to the parameters of p(x|z). Height grows with the logarithm of the number of units."
      : "The encoder maps x to a code z, and the decoder maps z back to x̂; all that x̂ knows of x has passed through the code. Height grows with the logarithm of the number of units.";
  return section(
    "Model",
    undefined,
    quiet(reading),
    element("div", { class: "drawing" }, new Markup(architectureDrawing(architecture))),
  );
}

/** How the terms of the objective moved. */
export function curvesSection({ log }: ReportData): Markup {
  const broken = log.find((entry) => !isFinite(entry.train) || !isFinite(entry.test));
  const lines = "Solid: test data, which training never saw. Dashed: training data.";
  const warning =
    broken === undefined
      ? null
      : element(
          "p",
          { class: "warn" },
          `Some values are not finite, the first of them at epoch ${broken.epoch}; the curves have gaps there.`,
        );
  const panels = learningCurves(log);
  const only = panels.length === 1 ? panels[0] : undefined;
  return section(
    "Learning curves",
    undefined,
    only !== undefined
      ? beside([quiet(lines), warning, quiet(only.reading)], only.svg)
      : [
          quiet(`${lines} Each panel has a scale of its own.`),
          warning,
          element(
            "div",
            { class: "panels" },
            panels.map((panel) =>
              element("figure", {}, new Markup(panel.svg), element("figcaption", {}, panel.reading)),
            ),
          ),
        ],
  );
}

const isFinite = (terms: Metrics): boolean =>
  [terms.reconstruction, terms.kl, terms.elbo ?? 0].every((value) => Number.isFinite(value));

/** Inputs beside what the model makes of them. */
export function reconstructionsSection(data: ReportData): Markup {
  const { inputs, reconstructions } = data;
  const reading =
    data.architecture.kind === "vae"
      ? "Test examples x, and below each the decoder's mean x̂ for its code. Detail that is missing in x̂ did not pass through the code; blur is the mean over everything that the code leaves open."
      : "Test examples x, and below each its reconstruction x̂. Detail that is missing in x̂ did not pass through the code.";
  const shown = inputs !== null && reconstructions !== null ? pairs(inputs, reconstructions) : null;
  return section("Reconstructions", undefined, shown === null ? quiet(noPictures(data)) : [quiet(reading), shown]);
}

/** What the decoder makes of codes that come from no example. */
export function samplesSection(data: ReportData): Markup {
  const reading =
    data.architecture.kind === "vae"
      ? "Decoder means of codes drawn from the prior, z ~ N(0, I). Those that look unlike the data come from regions to which the prior gives mass and the aggregate posterior, the mean of q(z|x) over the data, gives little."
      : "An autoencoder has no prior over z, so it defines no distribution to sample from. These are decodings of codes drawn from a Gaussian fitted to the codes of the training data.";
  const shown =
    data.samples === null
      ? null
      : pictures(data.samples, data.architecture.kind === "vae" ? "z ~ N(0, I)" : "Gaussian fit");
  return section("Samples", undefined, shown === null ? quiet(noPictures(data)) : [quiet(reading), shown]);
}

function noPictures({ architecture, inputs }: ReportData): string {
  const shape = `[${architecture.input.join(", ")}]`;
  return architecture.input.length < 2 && inputs === null
    ? `One example is a vector of shape ${shape}, not an image, so there is no picture to show.`
    : "No pictures were recorded for this run.";
}

/** Where the test examples lie in the latent space. */
export function latentSection({ latentMap, architecture }: ReportData): Markup {
  if (latentMap === null) return section("Latent space", undefined, quiet("No latent map was recorded for this run."));
  const what = architecture.kind === "vae" ? "the mean of q(z|x) for one test example" : "the code of one test example";
  const classes =
    latentMap.labels === null
      ? ""
      : "A disc with a number marks the median of its class. Training did not use the classes: where they separate, the code has found them by itself.";
  const projected = architecture.latent > 2 ? " This is a projection: dots may be closer than their codes are." : "";
  return section(
    "Latent space",
    undefined,
    beside(
      [
        quiet(`Each dot is ${what}; codes that are close decode to similar x̂.${projected}`),
        classes === "" ? null : quiet(classes),
      ],
      latentChart(latentMap),
    ),
  );
}

/** Which latent dimensions carry information; null for a model without a prior. */
export function klSection({ klPerDimension }: ReportData): Markup | null {
  if (klPerDimension === null) return null;
  const zj = ["z", element("sub", {}, "j")];
  const words = [
    quiet(
      "KL(q(",
      zj,
      "|x) ‖ p(",
      zj,
      ")) for each dimension j of the code. Where it is near 0, q(",
      zj,
      "|x) is the prior whatever x is, and ",
      zj,
      " tells the decoder nothing.",
    ),
    klPerDimension.length > 0 && activeDimensions(klPerDimension) === 0
      ? element("p", { class: "warn" }, "No dimension is active: the posterior has collapsed to the prior.")
      : null,
  ];
  const chart = klChart(klPerDimension);
  return section(
    "KL per dimension",
    undefined,
    klPerDimension.length > WIDE_CHART
      ? [words, element("div", { class: "scroll wide" }, new Markup(chart))]
      : beside(words, chart),
  );
}

/** The log as a table, folded away where it is long. */
export function epochsSection({ log, architecture }: ReportData): Markup {
  if (log.length === 0) return section("Epochs", undefined, quiet("No epoch was logged."));
  const columns: readonly (readonly [string, (terms: Metrics) => number | null])[] = [
    ["objective", (terms) => terms.objective],
    ...(architecture.kind === "vae" ? [["ELBO", (terms: Metrics) => terms.elbo] as const] : []),
    ["reconstruction", (terms) => terms.reconstruction],
    ...(architecture.kind === "vae" ? [["KL", (terms: Metrics) => terms.kl] as const] : []),
  ];
  const edge = (i: number): string | undefined => (i === 0 ? "split" : undefined);
  const cells = (terms: Metrics): Markup[] =>
    columns.map(([, of], i) => {
      const value = of(terms);
      return element("td", { class: edge(i) }, value === null ? "–" : fixed(value));
    });
  const row = (entry: Report): Markup =>
    element(
      "tr",
      {},
      element("td", {}, entry.epoch),
      element("td", {}, duration(entry.seconds)),
      cells(entry.train),
      cells(entry.test),
    );
  const table = element(
    "div",
    { class: "scroll" },
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { rowspan: 2, scope: "col" }, "epoch"),
          element("th", { rowspan: 2, scope: "col" }, "time"),
          ["train", "test"].map((part) =>
            element("th", { colspan: columns.length, scope: "colgroup", class: "split" }, part),
          ),
        ),
        element(
          "tr",
          {},
          [0, 1].map(() => columns.map(([name], i) => element("th", { scope: "col", class: edge(i) }, name))),
        ),
      ),
      element("tbody", {}, log.map(row)),
    ),
  );
  return section(
    "Epochs",
    "long",
    quiet("Means over the examples, in nats per example. The objective is what the optimizer minimised."),
    log.length > OPEN_TABLE ? element("details", {}, element("summary", {}, `All ${log.length} epochs`), table) : table,
  );
}

/** How to repeat the run: the command, every setting, and what it ran on. */
export function runSection({ command, settings, versions }: ReportData): Markup {
  return section(
    "Run",
    undefined,
    quiet("This command repeats the run."),
    commandBlock(command),
    settingsList(Object.entries(settings).map(([name, value]) => [name, settingText(value)])),
    versionsLine(versions),
  );
}

const settingText = (value: Setting): string =>
  value === null ? "–" : typeof value === "number" ? String(value).replace("-", "\u2212") : String(value);
