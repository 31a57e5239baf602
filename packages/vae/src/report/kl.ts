// KL per latent dimension as a bar chart: which dimensions of the code are used.

import { axisX, axisY, barY, type CompoundMark, gridY, ruleY } from "@observablehq/plot";
import { type Attributes, element, type Markup } from "./markup.js";
import { fixed } from "./numbers.js";
import { ACCENT } from "./palette.js";
import { drawPlot } from "./plot.js";

/** A dimension that carries less than this many nats, on average over the data, counts as inactive. */
export const ACTIVE_KL = 0.01;

/** The dimensions whose KL exceeds `ACTIVE_KL`. NaN does not. */
export const activeDimensions = (klPerDimension: readonly number[]): number =>
  klPerDimension.filter((kl) => kl > ACTIVE_KL).length;

/** `18 of 20 dimensions carry more than 0.01 nats`. */
export const activeSentence = (klPerDimension: readonly number[]): string =>
  `${activeDimensions(klPerDimension)} of ${klPerDimension.length} dimensions carry more than ${ACTIVE_KL} nats`;

interface Bar {
  /** The index of the dimension in z, counted from 1. */
  readonly dimension: string;
  readonly kl: number;
}

const HEIGHT = 296;
const margin = { marginTop: 48, marginRight: 4, marginBottom: 54, marginLeft: 36 };

/** The widths between which a chart grows with its number of bars, and how far its bars may stand apart. */
const NARROWEST = 540;
const WIDEST = 1000;
const SPACIOUS_STEP = 44;
const TIGHT_STEP = 14;

/**
 * KL(q(z_j|x) || p(z_j)) for each latent dimension j, averaged over the data, largest first, in nats. Dimensions are
 * counted from 1; one that is not finite has no bar, and NaN stands last.
 */
export function klChart(klPerDimension: readonly number[]): string {
  const bars = klPerDimension
    .map((kl, j): Bar => ({ dimension: String(j + 1), kl }))
    .sort((a, b) => order(b.kl) - order(a.kl));
  const active = bars.filter((bar) => bar.kl > ACTIVE_KL);
  const inactive = bars.filter((bar) => !(bar.kl > ACTIVE_KL));
  const top = bars.reduce((max, bar) => (Number.isFinite(bar.kl) ? Math.max(max, bar.kl) : max), 0);
  const chart = layOut(bars.length);
  const rows = Array.from({ length: chart.labelRows }, (_, row) => row);
  const names = (some: readonly Bar[], row: number): string[] =>
    some
      .filter((bar) => bars.indexOf(bar) % (chart.labelEvery * chart.labelRows) === row * chart.labelEvery)
      .map((bar) => bar.dimension);
  const labels = (some: readonly Bar[], fillOpacity: number): CompoundMark[] =>
    rows.map((row) =>
      axisX(names(some, row), { fontSize: chart.fontSize, tickSize: 0, tickPadding: 4 + 12 * row, fillOpacity }),
    );
  return drawPlot(
    {
      width: chart.width,
      height: HEIGHT,
      ...margin,
      x: { domain: bars.map((bar) => bar.dimension), range: chart.range, label: null, padding: 0.25 },
      y: { domain: [0, top > 0 ? 1.05 * top : 1], label: null },
      marks: [
        gridY({ ticks: 5, strokeOpacity: 0.12 }),
        axisY({ ticks: 5, tickSize: 0, fontSize: 12, fillOpacity: 0.75 }),
        barY(
          active.filter((bar) => Number.isFinite(bar.kl)),
          { x: "dimension", y: "kl", fill: ACCENT, title: tip },
        ),
        barY(inactive, {
          x: "dimension",
          y1: 0,
          y2: STUB * (top || 1),
          fill: "currentColor",
          fillOpacity: 0.35,
          title: tip,
        }),
        ruleY([0], { strokeOpacity: 0.4 }),
        ...labels(active, 1),
        ...labels(inactive, 0.6),
      ],
    },
    {
      description: `KL per latent dimension: ${activeSentence(klPerDimension)}`,
      overlay: [
        label(4, 14, activeSentence(klPerDimension)),
        label(4, 34, "KL, nats", { "fill-opacity": 0.7 }),
        swatch(chart.width - 146, { fill: ACCENT }),
        label(chart.width - 131, 34, "active"),
        swatch(chart.width - 72, { "fill-opacity": 0.35 }),
        label(chart.width - 57, 34, "inactive"),
        label(margin.marginLeft, HEIGHT - 6, "index of the latent dimension, sorted by KL", { "fill-opacity": 0.7 }),
      ],
    },
  ).source;
}

/** How high the mark of an inactive dimension is, as a part of the tallest bar: visible, and clearly no quantity. */
const STUB = 0.012;

const order = (kl: number): number => (Number.isNaN(kl) ? -Infinity : kl);

const tip = (bar: Bar): string => `z${bar.dimension}: ${fixed(bar.kl, 4)} nats`;

interface Layout {
  readonly width: number;
  readonly range: [number, number];
  readonly fontSize: number;
  /** Indices that do not fit side by side stand in two rows in turn. */
  readonly labelRows: 1 | 2;
  /** Where two rows do not help, every second index is written, every third, ... */
  readonly labelEvery: number;
}

function layOut(count: number): Layout {
  const sides = margin.marginLeft + margin.marginRight;
  const width = Math.min(WIDEST, Math.max(NARROWEST, count * TIGHT_STEP + sides));
  const used = Math.min(width - sides, count * SPACIOUS_STEP);
  const step = used / Math.max(1, count);
  const fontSize = step < 18 ? 10 : 12;
  const needed = fontSize * (0.65 * String(count).length + 0.4);
  const labelRows = needed <= step ? 1 : 2;
  return {
    width,
    range: [margin.marginLeft, margin.marginLeft + used],
    fontSize,
    labelRows,
    labelEvery: Math.max(1, Math.ceil(needed / (labelRows * step))),
  };
}

const label = (x: number, y: number, text: string, attributes: Attributes = {}): Markup =>
  element("text", { x, y, "text-anchor": "start", ...attributes }, text);

const swatch = (x: number, attributes: Attributes): Markup =>
  element("rect", { x, y: 25, width: 10, height: 10, rx: 2, ...attributes });
