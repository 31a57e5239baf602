// Ellipses on a map, each in the colour of its class.

import type { RenderFunction } from "@observablehq/plot";
import type { Ellipse } from "../evaluation/ellipses.js";
import { element, fragment, type Markup } from "./markup.js";
import { classColour } from "./palette.js";

/** From units of the map to pixels: one scale for both axes, the vertical one upwards. */
export interface Scale {
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
}

/** Whether it can be drawn. */
export const isDrawable = ({ x, y, major, minor, angle }: Ellipse): boolean =>
  [x, y, major, minor, angle].every(Number.isFinite);

/** Ellipses as a mark of a chart, to lie under its dots. */
export const ellipseMarks =
  (ellipses: readonly Ellipse[], scale: Scale): RenderFunction =>
  (_index, _scales, _values, _dimensions, { document }) => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    group.innerHTML = fragment(ellipses.map((ellipse) => ellipseMark(ellipse, scale))).source;
    return group;
  };

/** Pixels count downwards, so that an angle turns the other way. */
function ellipseMark({ x, y, major, minor, angle, label }: Ellipse, { px, py }: Scale): Markup {
  const unit = px(1) - px(0);
  const degrees = (-180 / Math.PI) * angle;
  const colour = label === null ? "currentColor" : classColour(label);
  return element("ellipse", {
    rx: (unit * major).toFixed(2),
    ry: (unit * minor).toFixed(2),
    transform: `translate(${px(x).toFixed(2)},${py(y).toFixed(2)}) rotate(${degrees.toFixed(1)})`,
    fill: colour,
    "fill-opacity": 0.07,
    stroke: colour,
    "stroke-opacity": 0.6,
  });
}
