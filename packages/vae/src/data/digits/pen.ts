// The pen: from an allograph and the factors to the inked strokes of one digit.

import { elastic, transform } from "./deform.js";
import type { Draws } from "./draws.js";
import type { DigitFactors } from "./factors.js";
import type { InkedPath } from "./scan.js";
import { clamp } from "./scalar.js";
import type { Allograph, ControlPoints } from "./skeletons.js";
import { overshoot, type Path, smoothNoise, spline, wobble } from "./stroke.js";

/** Standard deviations, in digit heights: ends missed along the stroke, and where a later stroke is set down. */
const END_JITTER = 0.04;
const PLACE_JITTER = 0.03;
/** Of the half-width along the stroke, relative. */
const PRESSURE = 0.07;
/** The thinnest line that any pen leaves, half of it, in final pixels. */
const HAIRLINE = 0.45;

/** The pen's path and half-width along every stroke. */
export function write(allograph: Allograph, factors: DigitFactors, d: Draws): InkedPath[] {
  const paths: Path[] = [];
  for (let stroke = 0; stroke < allograph.forms[0].length; stroke++) {
    const path = spline(blendStroke(allograph, stroke, factors.blend), factors.curvature);
    wobble(path, d, factors.wobble);
    overshoot(path, END_JITTER * d.normal(), END_JITTER * d.normal());
    if (stroke > 0) shift(path, PLACE_JITTER * d.normal(), PLACE_JITTER * d.normal());
    paths.push(path);
  }
  elastic(paths, d, factors.elastic);
  transform(paths, factors);
  const hurt = factors.damage === "gap" || factors.damage === "blob" ? d.uniform() : -1;
  return paths.map((path) => ({ ...path, radius: halfWidths(path.x.length, factors, hurt, d) }));
}

/** The weighted mean of a stroke's control points over the forms, in digit heights. */
function blendStroke(allograph: Allograph, stroke: number, blend: readonly number[]): ControlPoints {
  return allograph.forms[0][stroke].map((_, i) => {
    let sum = 0;
    for (let form = 0; form < blend.length; form++) sum += blend[form] * allograph.forms[form][stroke][i];
    return sum / 100;
  });
}

/**
 * Half the line's width at t = 0 .. 1 along a stroke, in final pixels:
 * `thickness / 2 * (1 - taper |2t - 1|^4) * (1 + pressure(t))`; around t = hurt the pen skips or blots.
 */
function halfWidths(size: number, { thickness, taper, damage }: DigitFactors, hurt: number, d: Draws): Float64Array {
  const pressure = smoothNoise(d, size, 5, 1);
  const radius = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const t = i / (size - 1);
    const end = (2 * t - 1) * (2 * t - 1);
    const press = clamp(1 + PRESSURE * pressure[i], 0.6, 1.5);
    radius[i] = Math.max(HAIRLINE, 0.5 * thickness * (1 - taper * end * end) * press);
    if (Math.abs(t - hurt) < 0.05) radius[i] = damage === "gap" ? 0 : radius[i] + 1;
  }
  return radius;
}

function shift({ x, y }: Path, dx: number, dy: number): void {
  for (let i = 0; i < x.length; i++) {
    x[i] += dx;
    y[i] += dy;
  }
}
