// Draws a planned model as SVG: funnels between layers, the reparameterisation in the middle, brackets above.

import type { Architecture } from "../../models/describe.js";
import { drawing } from "../drawing.js";
import { type Attributes, element, type Markup } from "../markup.js";
import { whole } from "../numbers.js";
import { DECODER, ENCODER } from "../palette.js";
import { type Column, type Line, planArchitecture } from "./plan.js";

/** The centre line, the noise above it, and the rows of text above and below. */
const MIDDLE = 142;
const NOISE = 64;
const BRACKET = 54;
const FIRST_LINE = 230;
const LINE = 17;
const TOP = 22;
const BOTTOM = 288;

const MOMENT_OFFSET = 25;
const NOISE_RADIUS = 15;

const MATH: Attributes = {
  "font-family": "'STIX Two Text', Cambria, Georgia, 'Times New Roman', 'DejaVu Serif', serif",
  "font-style": "italic",
};

/**
 * The model from x to x̂ as an SVG document. The height of a layer grows with the logarithm of its number of units; text
 * and outlines take the colour of the text around the drawing.
 */
export function architectureDrawing(model: Architecture): string {
  const { columns, width } = planArchitecture(model);
  const variational = model.kind === "vae";
  return drawing(
    { width, height: BOTTOM - TOP, top: TOP, description: describe(model), anchor: "middle" },
    columns.slice(1).map((column, i) => funnel(columns[i]!, column)),
    bracket("encoder", columns, variational ? "q(z|x)" : null),
    variational ? noise(columns.find((column) => column.kind === "latent")!) : null,
    bracket("decoder", columns, variational ? "p(x|z)" : null),
    columns.map((column) => [glyph(column), below(column)]),
    element("text", { x: n(width / 2), y: BOTTOM - 8, "fill-opacity": 0.75 }, `${whole(model.parameters)} parameters`),
  ).source;
}

function describe(model: Architecture): string {
  const widths = [
    ...model.encoder.map((layer) => layer.units),
    model.latent,
    ...model.decoder.map((layer) => layer.units),
  ];
  const name = model.kind === "vae" ? "Variational autoencoder" : "Autoencoder";
  return `${name}: ${[model.input.join(" × "), ...widths, model.input.join(" × ")].join(" to ")}`;
}

/** What a glyph's neighbours see of it: where its sides are and how tall they are. */
const left = (column: Column): number => column.x - column.width / 2;
const right = (column: Column): number => column.x + column.width / 2;

const colourOf = (column: Column): string => (column.side === "decoder" ? DECODER : ENCODER);

/** The weights between two columns, as a band that narrows or widens with them; from μ and σ to z there are none. */
function funnel(from: Column, to: Column): Markup[] {
  if (from.kind === "moments") {
    return [-1, 1].map((sign) => arrow(right(from), MIDDLE + sign * MOMENT_OFFSET, left(to) + 2, MIDDLE + sign * 7));
  }
  const half = (column: Column): number => column.height * (column.kind === "latent" ? 0.3 : 0.5);
  const [a, b] = [half(from), half(to)];
  return [
    element("path", {
      d: `M${n(right(from))},${n(MIDDLE - a)}L${n(left(to))},${n(MIDDLE - b)}v${n(2 * b)}L${n(right(from))},${n(MIDDLE + a)}Z`,
      fill: colourOf(to),
      "fill-opacity": 0.16,
    }),
  ];
}

function glyph(column: Column): Markup[] {
  const box = {
    x: n(left(column)),
    y: n(MIDDLE - column.height / 2),
    width: n(column.width),
    height: n(column.height),
  };
  const outline = { stroke: "currentColor", "stroke-opacity": 0.75, "stroke-width": 1.25 };
  switch (column.kind) {
    case "input":
    case "output": {
      const tint = column.kind === "input" ? ENCODER : DECODER;
      const symbol = column.kind === "input" ? "x" : "x\u0302";
      return [
        element("rect", { ...box, rx: 2, fill: tint, "fill-opacity": 0.1, ...outline }),
        grid(column),
        mathText(symbol, column.x, MIDDLE + 8, column.width > 40 ? 27 : 22),
      ];
    }
    case "layer":
      return [element("rect", { ...box, rx: 3, fill: colourOf(column), "fill-opacity": 0.75, ...outline })];
    case "moments":
      return ["μ", "σ"].flatMap((symbol, i) => {
        const y = MIDDLE + (2 * i - 1) * MOMENT_OFFSET;
        const side = column.width;
        return [
          element("rect", {
            x: n(left(column)),
            y: n(y - side / 2),
            width: side,
            height: side,
            rx: 5,
            fill: ENCODER,
            "fill-opacity": 0.22,
            ...outline,
          }),
          mathText(symbol, column.x, y + 7, 21),
        ];
      });
    case "latent":
      return [
        element("circle", {
          cx: n(column.x),
          cy: MIDDLE,
          r: column.width / 2,
          fill: "none",
          ...outline,
          "stroke-width": 1.75,
        }),
        mathText("z", column.x, MIDDLE + 7, 23),
      ];
  }
}

/** The lines between the cells of x and x̂. */
function grid(column: Column): Markup {
  const [rows, columns] = column.cells;
  const top = MIDDLE - column.height / 2;
  let d = "";
  for (let i = 1; i < rows; i++) d += `M${n(left(column))},${n(top + (i * column.height) / rows)}h${n(column.width)}`;
  for (let j = 1; j < columns; j++)
    d += `M${n(left(column) + (j * column.width) / columns)},${n(top)}v${n(column.height)}`;
  return element("path", { d, stroke: "currentColor", "stroke-opacity": 0.14, fill: "none" });
}

/** The noise of the reparameterisation, feeding into z from above. */
function noise(latent: Column): Markup[] {
  return [
    mathText("ε ~ N(0, I)", latent.x, NOISE - NOISE_RADIUS - 9, 15),
    element("circle", {
      cx: n(latent.x),
      cy: NOISE,
      r: NOISE_RADIUS,
      fill: "none",
      stroke: "currentColor",
      "stroke-opacity": 0.75,
      "stroke-dasharray": "3 2.5",
    }),
    mathText("ε", latent.x, NOISE + 5, 18),
    arrow(latent.x, NOISE + NOISE_RADIUS, latent.x, MIDDLE - latent.height / 2),
  ];
}

/** Names the columns of one side, and the density that they compute. */
function bracket(side: "encoder" | "decoder", columns: readonly Column[], density: string | null): Markup[] {
  const own = columns.filter((column) => column.side === side);
  const all = own.length > 0 ? own : columns.filter((column) => column.kind === "latent");
  const from = left(all[0]!) - 4;
  const to = right(all[all.length - 1]!) + 4;
  return [
    element("path", {
      d: `M${n(from)},${BRACKET + 7}V${BRACKET}H${n(to)}V${BRACKET + 7}`,
      fill: "none",
      stroke: side === "encoder" ? ENCODER : DECODER,
      "stroke-width": 1.5,
    }),
    element(
      "text",
      { x: n((from + to) / 2), y: BRACKET - 10, "font-size": 13 },
      `${side}${density === null ? "" : " "}`,
      density === null ? null : element("tspan", { ...MATH, "font-size": 15 }, density),
    ),
  ];
}

/** The sizes and names under a glyph. */
const below = (column: Column): Markup[] =>
  column.lines.map(({ text, style }, i) =>
    element("text", { x: n(column.x), y: FIRST_LINE + i * LINE, ...lineStyles[style] }, text),
  );

const lineStyles: Readonly<Record<Line["style"], Attributes>> = {
  size: { "font-weight": 600 },
  name: { "fill-opacity": 0.75 },
  formula: { ...MATH, "font-size": 15 },
};

const mathText = (symbol: string, x: number, y: number, size: number): Markup =>
  element("text", { x: n(x), y: n(y), ...MATH, "font-size": size }, symbol);

/** A line with a small head at its end. */
function arrow(x0: number, y0: number, x1: number, y1: number): Markup {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const wing = (sign: number): string => `${n(x1 - 6 * ux + sign * 3.5 * uy)},${n(y1 - 6 * uy - sign * 3.5 * ux)}`;
  return element("path", {
    d: `M${n(x0)},${n(y0)}L${n(x1)},${n(y1)}M${wing(1)}L${n(x1)},${n(y1)}L${wing(-1)}`,
    fill: "none",
    stroke: "currentColor",
    "stroke-opacity": 0.75,
    "stroke-width": 1.25,
  });
}

/** A coordinate with two decimals at most. */
const n = (value: number): number => Math.round(value * 100) / 100;
