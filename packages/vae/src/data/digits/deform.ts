// Deformations of the whole digit: width, slant, rotation, and a low-frequency elastic field.

import type { Draws } from "./draws.js";
import { cos, sin } from "./scalar.js";
import type { Path } from "./stroke.js";

/** The linear part: widen, then shear (positive slant leans right), then rotate (positive is clockwise on the page). */
export interface Affine {
  readonly width: number;
  readonly slant: number;
  readonly rotation: number;
}

/** Applies the affine map to the paths in place. */
export function transform(paths: readonly Path[], affine: Affine): void {
  const c = cos(affine.rotation);
  const s = sin(affine.rotation);
  for (const { x, y } of paths) {
    for (let i = 0; i < x.length; i++) {
      const u = affine.width * x[i] - affine.slant * y[i];
      const v = y[i];
      x[i] = c * u - s * v;
      y[i] = s * u + c * v;
    }
  }
}

/**
 * Moves every point by a smooth random field with standard deviation about `amplitude`: each component is a sum of
 * plane waves of random phase whose wave vectors are normal with 3.3 radians per digit height a component, so that
 * most wavelengths are 1 to 4 heights.
 */
export function elastic(paths: readonly Path[], draws: Draws, amplitude: number): void {
  const waves = 3;
  const size = amplitude * Math.sqrt(2 / waves);
  for (let component = 0; component < 2; component++) {
    for (let k = 0; k < waves; k++) {
      const fx = 3.3 * draws.normal();
      const fy = 3.3 * draws.normal();
      const phase = draws.between(0, 2 * Math.PI);
      for (const { x, y } of paths) {
        const target = component === 0 ? x : y;
        for (let i = 0; i < x.length; i++) target[i] += size * sin(fx * x[i] + fy * y[i] + phase);
      }
    }
  }
}
