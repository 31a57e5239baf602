// ROC curves of several methods in one chart, with the area under each.

import { axisX, axisY, gridX, gridY, line } from "@observablehq/plot";
import { element, type Markup } from "./markup.js";
import { fixed } from "./numbers.js";
import { ACCENT, CLASSES } from "./palette.js";
import { drawPlot } from "./plot.js";

/** One curve, its rates 0..1. */
export interface RocLine {
  readonly method: string;
  readonly ours: boolean;
  readonly auroc: number;
  readonly falsePositive: readonly number[];
  readonly truePositive: readonly number[];
}

const SIZE = { width: 560, height: 460 };
const margin = { marginTop: 30, marginRight: 18, marginBottom: 46, marginLeft: 50 };
const LINE = 20;
/** The legend lies below the diagonal, where no curve goes that is better than chance. */
const LEGEND = {
  left: 232,
  right: SIZE.width - margin.marginRight - 10,
  bottom: SIZE.height - margin.marginBottom - 14,
};

/** Strokes of baselines, told apart by colour and by dashes. */
const strokes = [
  { stroke: CLASSES[2], dashes: "7 3" },
  { stroke: CLASSES[1], dashes: "2 3" },
  { stroke: CLASSES[4], dashes: "9 3 2 3" },
] as const;

interface Look {
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly strokeDasharray?: string;
}

/** A model of the run is a solid line; baselines have dashes. */
function lookOf(ours: boolean, baseline: number): Look {
  if (ours) return { stroke: ACCENT, strokeWidth: 2.5 };
  const { stroke, dashes } = strokes[baseline % strokes.length];
  return { stroke, strokeWidth: 1.75, strokeDasharray: dashes };
}

/** True-positive rate against false-positive rate, in percent, as `<svg>` text; the thin diagonal is chance. */
export function rocChart(curves: readonly RocLine[]): string {
  const looks = curves.map(({ ours }, i) => lookOf(ours, curves.slice(0, i).filter((before) => !before.ours).length));
  const axis = { tickSize: 0, fontSize: 12, fillOpacity: 0.75, ticks: 6 };
  const chance = [
    [0, 0],
    [100, 100],
  ];
  return drawPlot(
    {
      ...SIZE,
      ...margin,
      x: { domain: [0, 100], label: null },
      y: { domain: [0, 100], label: null },
      marks: [
        gridX({ ticks: 6, strokeOpacity: 0.1 }),
        gridY({ ticks: 6, strokeOpacity: 0.1 }),
        axisX(axis),
        axisY(axis),
        line(chance, { stroke: "currentColor", strokeOpacity: 0.35, strokeWidth: 1 }),
        // The first curve is drawn last, over the others.
        ...curves.map((curve, i) => line(pointsOf(curve), looks[i])).reverse(),
      ],
    },
    {
      description: `ROC curves: ${curves.map(({ method, auroc }) => `${method}, AUROC ${percent(auroc)} %`).join("; ")}`,
      overlay: [
        element("text", { x: 8, y: 16, "text-anchor": "start" }, "↑ true-positive rate, %"),
        element(
          "text",
          { x: SIZE.width - margin.marginRight, y: SIZE.height - 8, "text-anchor": "end" },
          "false-positive rate, % →",
        ),
        ...legend(curves, looks),
      ],
    },
  ).source;
}

const percent = (share: number): string => fixed(100 * share);

const pointsOf = ({ falsePositive, truePositive }: RocLine): [number, number][] =>
  falsePositive.map((rate, i) => [100 * rate, 100 * truePositive[i]]);

function legend(curves: readonly RocLine[], looks: readonly Look[]): Markup[] {
  const top = LEGEND.bottom - LINE * curves.length;
  return [
    element("text", { x: LEGEND.right, y: top, "text-anchor": "end", "fill-opacity": 0.75 }, "AUROC, %"),
    ...curves.flatMap(({ method, auroc, ours }, i) => {
      const y = top + LINE * (i + 1);
      const { stroke, strokeWidth, strokeDasharray } = looks[i];
      const weight = ours ? 600 : undefined;
      return [
        element("line", {
          x1: LEGEND.left,
          x2: LEGEND.left + 30,
          y1: y - 4,
          y2: y - 4,
          stroke,
          "stroke-width": strokeWidth,
          "stroke-dasharray": strokeDasharray,
        }),
        element("text", { x: LEGEND.left + 38, y, "text-anchor": "start", "font-weight": weight }, method),
        element("text", { x: LEGEND.right, y, "text-anchor": "end", "font-weight": weight }, percent(auroc)),
      ];
    }),
  ];
}
