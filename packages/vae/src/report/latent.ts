// A map of the latent space: one dot per example, coloured and numbered by class.

import { axisX, axisY, dot, gridX, gridY } from "@observablehq/plot";
import { corners } from "../evaluation/ellipses.js";
import type { LatentMap } from "./data.js";
import { ellipseMarks, isDrawable } from "./ellipses.js";
import { legend, textWidth } from "./legend.js";
import { element, type Markup } from "./markup.js";
import { median } from "./numbers.js";
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

/** How a map is drawn. */
export interface MapLook {
  /** Its width, 540 unless given; the height is 18 more. */
  readonly side?: number;
  /** Stands in place of the legend. */
  readonly title?: string;
}

const margin = { marginTop: 34, marginRight: 16, marginBottom: 44, marginLeft: 44 };

/** The height of a map of this width: the square of the points and its margins. */
export const mapHeight = (side: number): number =>
  side - margin.marginLeft - margin.marginRight + margin.marginTop + margin.marginBottom;

/**
 * Draws the points with one scale for both axes, so that distances can be compared. Where there are labels, each class has
 * its colour, and its number stands at its median. What is not finite is left out.
 */
export function latentChart(map: LatentMap, { side = 540, title }: MapLook = {}): string {
  const height = mapHeight(side);
  const dots = map.points
    .map(([x, y], i): Dot => ({ x, y, label: map.labels?.[i] ?? null }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const ellipses = (map.ellipses ?? []).filter(isDrawable);
  const { x, y } = square([...dots, ...ellipses.flatMap(corners)]);
  const classes = [...new Set(dots.flatMap((point) => (point.label === null ? [] : [point.label])))].sort(
    (a, b) => a - b,
  );
  const px = (value: number): number =>
    margin.marginLeft + ((value - x[0]) / (x[1] - x[0])) * (side - margin.marginLeft - margin.marginRight);
  const py = (value: number): number =>
    height - margin.marginBottom - ((value - y[0]) / (y[1] - y[0])) * (height - margin.marginTop - margin.marginBottom);
  const above = map.axes[1] === "" ? "" : `↑ ${map.axes[1]}`;
  const right = side - margin.marginRight;
  const room = right - 24 - textWidth(above);
  const axis = { tickSize: 0, fontSize: 12, fillOpacity: 0.75, ticks: 7 };
  return drawPlot(
    {
      width: side,
      height,
      ...margin,
      x: { domain: [...x], label: null },
      y: { domain: [...y], label: null },
      marks: [
        gridX({ ticks: 7, strokeOpacity: 0.1 }),
        gridY({ ticks: 7, strokeOpacity: 0.1 }),
        axisX(axis),
        axisY(axis),
        ellipseMarks(ellipses, { px, py }),
        dot(dots, {
          x: "x",
          y: "y",
          r: (dots.length > 1000 ? 1.8 : 2.6) * Math.min(1, side / 500),
          fill: (point: Dot) => (point.label === null ? "currentColor" : classColour(point.label)),
          fillOpacity: map.labels === null ? 0.45 : 0.8,
        }),
      ],
    },
    {
      description: `${dots.length} test examples ${title === undefined ? "in the latent space" : `by ${title}`}${classes.length > 0 ? `, ${classes.length} classes` : ""}`,
      overlay: [
        element("text", { x: right, y: height - 6, "text-anchor": "end", "font-size": 12 }, `${map.axes[0]} →`),
        ...(above === "" ? [] : [element("text", { x: 8, y: 16, "text-anchor": "start", "font-size": 12 }, above)]),
        ...(title === undefined ? legend(classes, map.classes ?? null, { right, room }) : [heading(title, right)]),
        ...classes.map((label) => {
          const own = dots.filter((point) => point.label === label);
          return numeral(label, px(median(own.map((point) => point.x))), py(median(own.map((point) => point.y))));
        }),
        ...(dots.length > 0
          ? []
          : [element("text", { x: side / 2, y: height / 2, "font-size": 12 }, "no finite points")]),
      ],
    },
  ).source;
}

/** Two ranges of the same length, so that the plot is undistorted, with a little air around the points. */
function square(dots: readonly Pick<Dot, "x" | "y">[]): Square {
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

/** The class's number in a disc of its colour, so that the map does not depend on colour vision. */
function numeral(label: number, x: number, y: number): Markup {
  return element(
    "g",
    { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` },
    element("circle", { r: 9, fill: "#fff", stroke: classColour(label), "stroke-width": 2.5 }),
    element("text", { y: 4, fill: "#1c1e21", "font-size": 12, "font-weight": 700 }, label),
  );
}

/** In place of the legend, at the upper right. */
const heading = (title: string, right: number): Markup =>
  element("text", { x: right, y: 16, "text-anchor": "end", "font-size": 12, "font-weight": 700 }, title);
