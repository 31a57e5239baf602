// A writer: the habits that all digits of one hand share.

import { foldIn, type Key } from "@elbo/tensor";
import { Draws } from "./draws.js";
import { clamp, exp } from "./scalar.js";
import { skeletons } from "./skeletons.js";

/** How many hands write each part; train has writers 0 .. 1023, test has 1024 .. 2047. */
export const WRITERS_PER_PART = 1024;

/** The habits of a hand. Lengths are in units of the digit's height unless said otherwise. */
export interface Writer {
  readonly id: number;
  /** Shear: dx = slant * (height above the middle); positive leans right. */
  readonly slant: number;
  /** Baseline rotation in radians; positive turns clockwise on the page. */
  readonly rotation: number;
  /** Factor on the width. */
  readonly width: number;
  /** Width of the pen's line in pixels of the final image. */
  readonly thickness: number;
  /** Factor on the spline's tangents: 0 would draw polygons, 1 is Catmull-Rom. */
  readonly curvature: number;
  /** By how much the line thins towards the ends of a stroke, 0 .. 1. */
  readonly taper: number;
  /** Standard deviation of the wobble along a stroke. */
  readonly wobble: number;
  /** The allograph this hand prefers, for each class. */
  readonly preferred: readonly number[];
  /** Seeds the writer's leaning among the forms of each allograph. */
  readonly formKey: Key;
}

/** Writer `id` of the writers under `root`. */
export function writer(root: Key, id: number): Writer {
  const own = foldIn(root, id);
  const d = new Draws(foldIn(own, 0));
  return {
    id,
    slant: clamp(0.1 + 0.2 * d.normal(), -0.6, 0.9),
    rotation: clamp(0.06 * d.normal(), -0.25, 0.25),
    width: clamp(exp(0.14 * d.normal()), 0.6, 1.6),
    thickness: clamp(2.55 * exp(0.22 * d.normal()), 1.4, 5),
    curvature: clamp(1.04 + 0.07 * d.normal(), 0.75, 1.3),
    taper: clamp(0.2 * Math.abs(d.normal()), 0, 0.6),
    wobble: clamp(0.037 * exp(0.3 * d.normal()), 0.01, 0.06),
    preferred: skeletons.map((allographs) => d.weighted(allographs.map((a) => a.frequency))),
    formKey: foldIn(own, 1),
  };
}
