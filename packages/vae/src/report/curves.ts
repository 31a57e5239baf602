// Learning curves: ELBO, reconstruction and KL over the epochs, each in a panel with a scale of its own.

import { axisX, axisY, dot, gridY, line } from "@observablehq/plot";
import type { Metrics } from "../evaluation/metrics.js";
import type { Report } from "../training/report.js";
import { element, type Markup } from "./markup.js";
import { fixed } from "./numbers.js";
import { ACCENT } from "./palette.js";
import { drawPlot } from "./plot.js";

/** One panel of the learning curves. */
export interface CurvePanel {
  readonly name: string;
  /** One sentence on how to read it. */
  readonly reading: string;
  /** The chart, an SVG document. */
  readonly svg: string;
}

interface Quantity {
  readonly name: string;
  readonly reading: string;
  readonly of: (terms: Metrics) => number | null;
}

const elbo: Quantity = {
  name: "ELBO",
  reading:
    "ELBO = reconstruction − KL, a lower bound on log p(x): higher is better, and a test line that falls while the train line rises is overfitting.",
  of: (terms) => terms.elbo,
};

const reconstruction: Quantity = {
  name: "Reconstruction",
  reading: "E[log p(x|z)] with z drawn from q(z|x): the higher it is, the better the decoder explains x from its code.",
  of: (terms) => terms.reconstruction,
};

const codeReconstruction: Quantity = {
  name: "Reconstruction",
  reading:
    "log p(x|z) at the code z of x: higher is better, and a test line that falls while the train line rises is overfitting.",
  of: (terms) => terms.reconstruction,
};

const kl: Quantity = {
  name: "KL",
  reading:
    "KL(q(z|x) ‖ p(z)) bounds from above the information that z carries about x; near 0 the decoder ignores z (posterior collapse).",
  of: (terms) => terms.kl,
};

interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** Three panels stand side by side; one alone has more room. */
const NARROW = 360;
const WIDE = 540;
const HEIGHT = 250;
const margin = { marginTop: 52, marginRight: 16, marginBottom: 38, marginLeft: 52 };

/**
 * The learning curves of a log, in nats per example: three panels for a model with an ELBO, one without. Values that are
 * not finite leave a gap in their line.
 */
export function learningCurves(log: readonly Report[]): CurvePanel[] {
  const variational = log.some((entry) => entry.train.elbo !== null || entry.test.elbo !== null);
  const quantities = variational ? [elbo, reconstruction, kl] : [codeReconstruction];
  const width = variational ? NARROW : WIDE;
  return quantities.map((quantity) => ({
    name: quantity.name,
    reading: quantity.reading,
    svg: panel(quantity, log, width).source,
  }));
}

function panel(quantity: Quantity, log: readonly Report[], width: number): Markup {
  const series = (part: "train" | "test"): Point[] =>
    log.map((entry) => ({ epoch: entry.epoch, value: finiteOrNaN(quantity.of(entry[part])) }));
  const train = series("train");
  const test = series("test");
  const values = [...train, ...test].map((point) => point.value).filter(Number.isFinite);
  const epochs = log.map((entry) => entry.epoch).filter(Number.isFinite);
  const dots = log.length <= 16;
  const ticks = epochTicks(epochs);
  const domain = valueDomain(values);
  return drawPlot(
    {
      width,
      height: HEIGHT,
      ...margin,
      x: { domain: epochDomain(epochs), label: null },
      y: { domain, label: null },
      marks: [
        gridY({ ticks: 5, strokeOpacity: 0.12 }),
        axisY({ ticks: 5, tickSize: 0, tickFormat: tickLabel(domain), fontSize: 11, fillOpacity: 0.75 }),
        axisX(ticks, { tickSize: 4, tickFormat: String, fontSize: 11, fillOpacity: 0.75, strokeOpacity: 0.4 }),
        line(train, {
          x: "epoch",
          y: "value",
          stroke: "currentColor",
          strokeOpacity: 0.6,
          strokeWidth: 1.5,
          strokeDasharray: "4 3",
        }),
        line(test, { x: "epoch", y: "value", stroke: ACCENT, strokeWidth: 2.25 }),
        ...isolated(train, dots).map((points) =>
          dot(points, { x: "epoch", y: "value", r: 2, fill: "currentColor", fillOpacity: 0.6 }),
        ),
        ...isolated(test, dots).map((points) => dot(points, { x: "epoch", y: "value", r: 3, fill: ACCENT })),
      ],
    },
    {
      description: `${quantity.name} in nats per example over ${log.length} epochs; at the end, train ${last(train)}, test ${last(test)}`,
      overlay: [
        element("text", { x: 8, y: 16, "text-anchor": "start", "font-size": 13, "font-weight": 600 }, quantity.name),
        element("text", { x: 8, y: 32, "text-anchor": "start", "fill-opacity": 0.7 }, "nats per example"),
        ...legend(width, 16, "test", last(test), { stroke: ACCENT, "stroke-width": 2.25 }),
        ...legend(width, 32, "train", last(train), {
          stroke: "currentColor",
          "stroke-opacity": 0.6,
          "stroke-width": 1.5,
          "stroke-dasharray": "4 3",
        }),
        element(
          "text",
          { x: width - margin.marginRight, y: HEIGHT - 4, "text-anchor": "end", "fill-opacity": 0.7 },
          "epoch",
        ),
        ...(values.length > 0
          ? []
          : [
              element(
                "text",
                { x: width / 2, y: HEIGHT / 2 + 8, "font-size": 12 },
                log.length === 0 ? "no epoch was logged" : "no finite values",
              ),
            ]),
      ],
    },
  );
}

/** A log that went through JSON may hold null where it was NaN. */
const finiteOrNaN = (value: number | null): number =>
  typeof value === "number" && Number.isFinite(value) ? value : NaN;

/** The value at the end of the log, as it stands in the legend. */
const last = (points: readonly Point[]): string => (points.length === 0 ? "–" : fixed(points[points.length - 1].value));

/** A line shows nothing where a value has no finite neighbour, so such points get a dot; short logs get dots throughout. */
function isolated(points: readonly Point[], all: boolean): Point[][] {
  const finite = (i: number): boolean => Number.isFinite(points[i]?.value);
  const chosen = points.filter((_, i) => finite(i) && (all || (!finite(i - 1) && !finite(i + 1))));
  return chosen.length === 0 ? [] : [chosen];
}

/** A sample of the line at the right edge, with its name and its last value. */
function legend(
  width: number,
  y: number,
  name: string,
  value: string,
  stroke: Readonly<Record<string, string | number>>,
): Markup[] {
  const right = width - margin.marginRight;
  return [
    element("line", { x1: right - 124, x2: right - 100, y1: y - 4, y2: y - 4, ...stroke }),
    element("text", { x: right - 94, y, "text-anchor": "start" }, name),
    element("text", { x: right, y, "text-anchor": "end", "font-variant-numeric": "tabular-nums" }, value),
  ];
}

/** One epoch stands in the middle; more of them fill the width. */
function epochDomain(epochs: readonly number[]): [number, number] {
  if (epochs.length === 0) return [0, 1];
  const low = Math.min(...epochs);
  const high = Math.max(...epochs);
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Whole epochs only: at most eight, at steps of 1, 2 or 5 times a power of ten. */
function epochTicks(epochs: readonly number[]): number[] {
  if (epochs.length === 0) return [];
  const low = Math.min(...epochs);
  const high = Math.max(...epochs);
  let step = 1;
  for (let k = 0; (high - low) / step > 7; k++) step = [2, 5, 10][k % 3] * 10 ** Math.floor(k / 3);
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  return ticks;
}

/** The range of the values with a little air; what hardly moves is not blown up: they span a fiftieth of their size at least. */
function valueDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const least = Math.max(0.02 * Math.max(Math.abs(low), Math.abs(high)), 1e-3);
  const air = Math.max(0.06 * (high - low), (least - (high - low)) / 2);
  return [low - air, high + air];
}

/** Writes ticks with as many decimals as their step needs: about five of them stand in the domain. */
function tickLabel([low, high]: readonly [number, number]): (value: number) => string {
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10((high - low) / 5))));
  return (value) => (Math.abs(value) >= 1e6 ? value.toExponential(1) : fixed(value, decimals));
}
