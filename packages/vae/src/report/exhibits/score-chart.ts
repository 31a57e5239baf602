// Scores against the level of noise: a panel for each kind of noise, a line for each method, one legend for all.

import { axisX, axisY, dot, gridY, line, type Markish } from "@observablehq/plot";
import type { NoiseResult } from "../../uses/denoise.js";
import { levelWord, noiseWords } from "../../uses/denoise/noises.js";
import { drawing } from "../drawing.js";
import { element, type Markup } from "../markup.js";
import { ACCENT, CLASSES } from "../palette.js";
import { drawPlot } from "../plot.js";

/** How a method is drawn: colour, dashes and symbol each tell it from the others. */
interface Look {
  readonly stroke: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "cross" | "star";
  readonly dashes?: string;
  readonly width: number;
}

const looks: Readonly<Record<string, Look>> = {
  noisy: { stroke: "currentColor", symbol: "circle", dashes: "1 3", width: 1.5 },
  median: { stroke: CLASSES[5], symbol: "square", dashes: "2 3", width: 1.5 },
  blur: { stroke: CLASSES[1], symbol: "triangle", dashes: "5 3", width: 1.5 },
  Wiener: { stroke: CLASSES[2], symbol: "diamond", dashes: "9 3", width: 1.5 },
  denoiser: { stroke: ACCENT, symbol: "circle", width: 2.5 },
};
const otherModel: Look = { stroke: CLASSES[4], symbol: "star", dashes: "9 3 2 3", width: 1.5 };

interface Point {
  readonly level: number;
  readonly score: number;
}

const PANEL = { width: 300, height: 270 };
const margin = { marginTop: 46, marginRight: 14, marginBottom: 42, marginLeft: 44 };
const LEGEND = 128;

/** The first measure of each result, which is a column for each level: PSNR in dB, or RMSE. Infinite scores have no dot. */
export function scoreChart(results: readonly NoiseResult[]): string {
  const panels = results.map((result) => ({ result, lines: linesOf(result) }));
  const scores = panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ score }) => score)));
  const domain = widened(scores, 0.06);
  const shorts = [...new Set(results.flatMap((result) => result.shorts))];
  const size = { width: results.length * PANEL.width + LEGEND, height: PANEL.height };
  return drawing(
    { ...size, description: `${unitOf(results[0])} against the level of noise, by method` },
    panels.map(({ result, lines }, at) =>
      element("g", { transform: `translate(${at * PANEL.width},0)` }, panel(result, lines, domain)),
    ),
    element("g", { transform: `translate(${results.length * PANEL.width},0)` }, legend(shorts)),
  ).source;
}

interface Line {
  readonly short: string;
  readonly points: readonly Point[];
}

const linesOf = ({ levels, shorts, comparison }: NoiseResult): Line[] =>
  comparison.rows.map(({ values }, row) => ({
    short: shorts[row],
    points: levels
      .map((level, at): Point => ({ level, score: values[at] ?? NaN }))
      .filter(({ score }) => Number.isFinite(score)),
  }));

/** `PSNR, dB` */
const unitOf = ({ comparison }: NoiseResult): string => {
  const [{ name, unit }] = comparison.columns;
  return `${name.split(",")[0]}${unit === "" ? "" : `, ${unit}`}`;
};

const faint = { "fill-opacity": 0.7 };
const leftAt = (x: number, y: number) => ({ x, y, "text-anchor": "start" });

function panel(result: NoiseResult, lines: readonly Line[], domain: readonly [number, number]): Markup {
  const { kind, levels, comparison } = result;
  const axis = { tickSize: 0, fontSize: 11, fillOpacity: 0.75 };
  const right = { x: PANEL.width - margin.marginRight, y: PANEL.height - 8, "text-anchor": "end" };
  return drawPlot(
    {
      ...PANEL,
      ...margin,
      x: { domain: [...widened(levels, 0.08)], label: null },
      y: { domain: [...domain], label: null },
      marks: [
        gridY({ ticks: 5, strokeOpacity: 0.12 }),
        axisY({ ...axis, ticks: 5 }),
        apart(levels) ? axisX([...levels], { ...axis, tickFormat: String }) : axisX({ ...axis, ticks: 5 }),
        ...lines.flatMap(({ short, points }) => curve(short, points)),
      ],
    },
    {
      description: `${comparison.title}: ${unitOf(result)} by method, at ${levelWord(kind)} ${levels.join(", ")}`,
      overlay: [
        element("text", { ...leftAt(8, 16), "font-size": 13, "font-weight": 600 }, `${noiseWords[kind]} noise`),
        element("text", { ...leftAt(8, 32), ...faint }, `${unitOf(result)}: ${comparison.columns[0].better} is better`),
        element("text", { ...right, ...faint }, kind === "gaussian" ? "sigma of the noise" : "share of the values hit"),
      ],
    },
  );
}

/** The names of the methods, each beside a piece of its line. */
function legend(shorts: readonly string[]): Markup {
  const at = (row: number): number => margin.marginTop + 10 + 22 * row;
  return drawPlot(
    {
      width: LEGEND,
      height: PANEL.height,
      margin: 0,
      x: { type: "identity", axis: null },
      y: { type: "identity", axis: null },
      marks: shorts.flatMap((short, row) =>
        curve(
          short,
          [6, 20, 34].map((x) => ({ level: x, score: at(row) })),
        ),
      ),
    },
    {
      description: `methods: ${shorts.join(", ")}`,
      overlay: shorts.map((short, row) => element("text", leftAt(44, at(row) + 4), short)),
    },
  );
}

function curve(short: string, points: readonly Point[]): Markish[] {
  const { stroke, symbol, dashes, width } = looks[short] ?? otherModel;
  const place = { x: "level", y: "score" };
  return [
    line(points, { ...place, stroke, strokeWidth: width, strokeDasharray: dashes }),
    dot(points, { ...place, symbol, r: 3.5, fill: stroke }),
  ];
}

/** The range of the values with a share of air on both sides; a single value stands in the middle. */
function widened(values: readonly number[], air: number): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return [0, 1];
  const margin = air * (high - low) || Math.abs(low) / 2 || 1;
  return [low - margin, high + margin];
}

/** Whether levels in rising order are far enough from each other to stand below the axis themselves. */
const apart = (levels: readonly number[]): boolean =>
  levels.every((level, at) => at === 0 || level - levels[at - 1] >= (levels.at(-1)! - levels[0]) / 8);
