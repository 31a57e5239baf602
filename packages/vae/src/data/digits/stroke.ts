// From control points to pen paths: cardinal splines, correlated wobble, and the ends that people miss.

import type { Draws } from "./draws.js";
import { cos } from "./scalar.js";
import type { ControlPoints } from "./skeletons.js";

const STEPS = 6;

/** A path of the pen's centre: points x[i], y[i] in the order of writing, digit height 1, y down. */
export interface Path {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * The cardinal spline through the points, STEPS samples a segment: Hermite cubics whose tangents are
 * `curvature * (p[i+1] - p[i-1]) / 2`, one-sided at the ends. curvature = 1 is Catmull and Rom's (1974) spline.
 */
export function spline(points: ControlPoints, curvature: number): Path {
  const count = points.length / 2;
  const size = (count - 1) * STEPS + 1;
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  for (let i = 0; i + 1 < count; i++) {
    const before = 2 * Math.max(0, i - 1);
    const a = 2 * i;
    const b = a + 2;
    const after = 2 * Math.min(count - 1, i + 2);
    const scaleA = curvature / (i === 0 ? 1 : 2);
    const scaleB = curvature / (i + 2 === count ? 1 : 2);
    for (let step = 0; step < STEPS; step++) {
      const s = step / STEPS;
      const r = 1 - s;
      const hA = r * r * (1 + 2 * s);
      const hB = s * s * (1 + 2 * r);
      const gA = s * r * r * scaleA;
      const gB = -s * s * r * scaleB;
      const at = i * STEPS + step;
      x[at] = hA * points[a] + hB * points[b] + gA * (points[b] - points[before]) + gB * (points[after] - points[a]);
      y[at] =
        hA * points[a + 1] +
        hB * points[b + 1] +
        gA * (points[b + 1] - points[before + 1]) +
        gB * (points[after + 1] - points[a + 1]);
    }
  }
  x[size - 1] = points[2 * count - 2];
  y[size - 1] = points[2 * count - 1];
  return { x, y };
}

/**
 * A random smooth function on 0 .. size - 1: sum over k < terms of n_k a_k cos(pi k i / (size - 1)) with n_k standard
 * normal and a_k = 1 / (1 + (k / length)^2): on a longer stroke, more waves have room.
 */
export function smoothNoise(draws: Draws, size: number, terms: number, length: number): Float64Array {
  const out = new Float64Array(size);
  for (let k = 0; k < terms; k++) {
    const amplitude = draws.normal() / (1 + (k * k) / (length * length));
    // cos(w (i + 1)) = 2 cos(w) cos(w i) - cos(w (i - 1)), Chebyshev's recurrence
    const c = cos((Math.PI * k) / Math.max(1, size - 1));
    let now = 1;
    let before = c;
    for (let i = 0; i < size; i++) {
      out[i] += amplitude * now;
      const next = 2 * c * now - before;
      before = now;
      now = next;
    }
  }
  return out;
}

/** The length of the path. */
export function arcLength({ x, y }: Path): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) {
    const dx = x[i] - x[i - 1];
    const dy = y[i] - y[i - 1];
    sum += Math.sqrt(dx * dx + dy * dy);
  }
  return sum;
}

/** Adds wobble: independent smooth displacements of x and y whose lowest order has standard deviation `amplitude`. */
export function wobble(path: Path, draws: Draws, amplitude: number): void {
  const size = path.x.length;
  const length = Math.max(0.5, arcLength(path));
  const dx = smoothNoise(draws, size, 7, length);
  const dy = smoothNoise(draws, size, 7, length);
  for (let i = 0; i < size; i++) {
    path.x[i] += amplitude * dx[i];
    path.y[i] += amplitude * dy[i];
  }
}

/** Lengthens (positive) or shortens (negative) the two ends along their tangents, by moving the outer few samples. */
export function overshoot(path: Path, start: number, end: number): void {
  const { x, y } = path;
  const last = x.length - 1;
  stretch(x, y, 0, 1, start);
  stretch(x, y, last, -1, end);
}

function stretch(x: Float64Array, y: Float64Array, from: number, step: number, by: number): void {
  const reach = Math.min(STEPS, x.length - 1);
  const inner = from + step * reach;
  const dx = x[from] - x[inner];
  const dy = y[from] - y[inner];
  const length = Math.sqrt(dx * dx + dy * dy);
  const factor = by / Math.max(length, 0.02);
  for (let i = 0; i < reach; i++) {
    const at = from + step * i;
    const share = 1 - i / reach;
    x[at] += share * factor * dx;
    y[at] += share * factor * dy;
  }
}
