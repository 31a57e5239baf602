// A map of the latent space: one dot per example, coloured and numbered by class.

import { axisX, axisY, dot, gridX, gridY } from "@observablehq/plot";
import type { LatentMap } from "./data.js";
import { element, type Markup } from "./markup.js";
import { classColour } from "./palette.js";
import { drawPlot } from "./plot.js";

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly label: number | null;
}

interface Square {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

const SIDE = 540;
const margin = { marginTop: 34, marginRight: 16, marginBottom: 44, marginLeft: 44 };
const HEIGHT = SIDE - margin.marginLeft - margin.marginRight + margin.marginTop + margin.marginBottom;

/** Above this many classes the legend would not fit in one line, and only the numbers in the map remain. */
const LEGEND_LIMIT = 16;

/**
 * Draws the points with one scale for both axes, so that distances can be compared. Where there are labels, each class has
 * its colour, and its number stands at its median. Points that are not finite are left out.
 */
export function latentChart(map: LatentMap): string {
  const dots = map.points
    .map(([x, y], i): Dot => ({ x, y, label: map.labels?.[i] ?? null }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const { x, y } = square(dots);
  const classes = [...new Set(dots.flatMap((point) => (point.label === null ? [] : [point.label])))].sort(
    (a, b) => a - b,
  );
  const px = (value: number): number =>
    margin.marginLeft + ((value - x[0]) / (x[1] - x[0])) * (SIDE - margin.marginLeft - margin.marginRight);
  const py = (value: number): number =>
    HEIGHT - margin.marginBottom - ((value - y[0]) / (y[1] - y[0])) * (HEIGHT - margin.marginTop - margin.marginBottom);
  const axis = { tickSize: 0, fontSize: 12, fillOpacity: 0.75, ticks: 7 };
  return drawPlot(
    {
      width: SIDE,
      height: HEIGHT,
      ...margin,
      x: { domain: [...x], label: null },
      y: { domain: [...y], label: null },
      marks: [
        gridX({ ticks: 7, strokeOpacity: 0.1 }),
        gridY({ ticks: 7, strokeOpacity: 0.1 }),
        axisX(axis),
        axisY(axis),
        dot(dots, {
          x: "x",
          y: "y",
          r: dots.length > 1000 ? 1.8 : 2.6,
          fill: (point: Dot) => (point.label === null ? "currentColor" : classColour(point.label)),
          fillOpacity: map.labels === null ? 0.45 : 0.8,
        }),
      ],
    },
    {
      description: `${dots.length} test examples in the latent space${classes.length > 0 ? `, ${classes.length} classes` : ""}`,
      overlay: [
        element(
          "text",
          { x: SIDE - margin.marginRight, y: HEIGHT - 6, "text-anchor": "end", "font-size": 12 },
          `${map.axes[0]} →`,
        ),
        element("text", { x: 8, y: 16, "text-anchor": "start", "font-size": 12 }, `↑ ${map.axes[1]}`),
        ...(classes.length <= LEGEND_LIMIT ? legend(classes) : []),
        ...classes.map((label) => {
          const own = dots.filter((point) => point.label === label);
          return numeral(label, px(median(own.map((point) => point.x))), py(median(own.map((point) => point.y))));
        }),
        ...(dots.length > 0
          ? []
          : [element("text", { x: SIDE / 2, y: HEIGHT / 2, "font-size": 12 }, "no finite points")]),
      ],
    },
  ).source;
}

/** Two ranges of the same length, so that the plot is undistorted, with a little air around the points. */
function square(dots: readonly Dot[]): Square {
  const range = (values: readonly number[]): readonly [number, number] =>
    values.reduce<readonly [number, number]>(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Infinity, -Infinity],
    );
  const [x0, x1] = range(dots.map((point) => point.x));
  const [y0, y1] = range(dots.map((point) => point.y));
  if (dots.length === 0) return { x: [-1, 1], y: [-1, 1] };
  const half = 0.52 * Math.max(x1 - x0, y1 - y0) || 1;
  const around = (low: number, high: number): readonly [number, number] => [
    (low + high) / 2 - half,
    (low + high) / 2 + half,
  ];
  return { x: around(x0, x1), y: around(y0, y1) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** The class's number in a disc of its colour, so that the map does not depend on colour vision. */
function numeral(label: number, x: number, y: number): Markup {
  return element(
    "g",
    { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` },
    element("circle", { r: 9, fill: "#fff", stroke: classColour(label), "stroke-width": 2.5 }),
    element("text", { y: 4, fill: "#1c1e21", "font-size": 12, "font-weight": 700 }, label),
  );
}

/** The classes and their colours, in one line at the upper right. */
function legend(classes: readonly number[]): Markup[] {
  const step = 30;
  const start = SIDE - margin.marginRight - step * classes.length + 8;
  return classes.map((label, i) =>
    element(
      "g",
      { transform: `translate(${start + i * step},12)` },
      element("circle", { r: 5, fill: classColour(label) }),
      element("text", { x: 9, y: 4, "text-anchor": "start" }, label),
    ),
  );
}
