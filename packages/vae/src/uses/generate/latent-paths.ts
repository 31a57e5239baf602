// Paths through latent space: straight lines, arcs of great circles, one coordinate at a time, and closed loops.

import { ArgumentError, formatShape, fromTypedArray, ShapeError, type Tensor } from "@elbo/tensor";
import { checkCount, checkFinite } from "../../data/arguments.js";

/** A point of latent space, in double. */
type Point = Float64Array;

/** The path at time t: 0 is its beginning, 1 its end. */
type Path = (t: number) => Point;

/** Below this sine of their angle, two directions count as parallel or opposite. */
const SMALL = 1e-9;

/**
 * The straight line from a to b, both `[latent]`, at equal distances: `(1 - t) a + t b` for `t = i / (steps - 1)`,
 * `[steps, latent]` in float32. The ends are a and b exactly.
 * @throws ShapeError where a and b are no vectors of one length, ArgumentError for fewer than 2 steps or what is not finite
 * @example lerp(tensor([0, 0]), tensor([2, 4]), 3) // [[0, 0], [1, 2], [2, 4]]
 */
export function lerp(a: Tensor, b: Tensor, steps: number): Tensor {
  const [from, to] = checkEnds("lerp", a, b, steps);
  return sampled(line(from, to), steps);
}

/**
 * The arc from a to b, both `[latent]`, at equal angles: the direction turns along the great circle through a/|a| and
 * b/|b|, which draws from `N(0, I)` in many dimensions lie near, and the length goes linearly from |a| to |b|, so that
 * the ends are a and b exactly; `[steps, latent]` in float32. With `theta` the angle between a and b:
 *
 *     direction(t) = (sin((1 - t) theta) a/|a| + sin(t theta) b/|b|) / sin(theta)
 *
 * Where that says nothing, it is decided: parallel vectors and a vector of length 0 give the straight line. Opposite ones
 * turn through the coordinate axis farthest from them; in a single dimension, where there is no way around, the line.
 * @throws as `lerp`
 * @see Shoemake 1985, "Animating Rotation with Quaternion Curves"; White 2016, "Sampling Generative Networks", section 2
 * @example slerp(tensor([1, 0]), tensor([0, 2]), 3) // [[1, 0], [1.06, 1.06], [0, 2]]
 */
export function slerp(a: Tensor, b: Tensor, steps: number): Tensor {
  const [from, to] = checkEnds("slerp", a, b, steps);
  return sampled(arc(from, to), steps);
}

/**
 * The points that differ from a centre `[latent]` in one dimension, counted from 0, which goes from `low` to `high` in
 * equal steps: `[steps, latent]` in float32.
 * @throws ShapeError where the centre is no vector, ArgumentError for a dimension that it does not have, fewer than 2
 *   steps, or what is not finite
 * @example traverse(tensor([5, 5]), 1, -1, 1, 3) // [[5, -1], [5, 0], [5, 1]]
 */
export function traverse(centre: Tensor, dimension: number, low: number, high: number, steps: number): Tensor {
  const op = "traverse";
  const middle = pointOf(op, "the centre", centre);
  checkCount(op, "dimension", dimension, 0, middle.length - 1);
  checkSteps(op, steps);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new ArgumentError(`low and high are finite numbers, got ${low} and ${high}`, { op });
  return sampled(line(middle.with(dimension, low), middle.with(dimension, high)), steps);
}

/**
 * A closed loop through stations `[stations, latent]`: arcs as of `slerp` from each to the next and from the last to the
 * first, `steps` points a leg of which the first is the station itself; `[stations * steps, latent]` in float32.
 * @throws ShapeError where the stations are no table, ArgumentError for no stations, no steps or what is not finite
 * @example loop(tensor([[1, 0], [0, 1]]), 2) // [[1, 0], [0.71, 0.71], [0, 1], [0.71, 0.71]]
 */
export function loop(stations: Tensor, steps: number): Tensor {
  const op = "loop";
  if (stations.ndim !== 2 || stations.size === 0)
    throw new ShapeError(`stations have shape [count, latent], got ${formatShape(stations.shape)}`, { op });
  checkCount(op, "steps", steps, 1, Infinity);
  checkFinite(op, "stations", stations);
  const [count, latent] = stations.shape;
  const all = Float64Array.from(stations.data);
  const station = (i: number): Point => all.slice((i % count) * latent, (i % count) * latent + latent);
  const legs = Array.from({ length: count }, (_, i) => arc(station(i), station(i + 1)));
  return rows(legs.flatMap((leg) => Array.from({ length: steps }, (_, i) => leg(i / steps))));
}

const line =
  (a: Point, b: Point): Path =>
  (t) =>
    a.map((x, j) => (1 - t) * x + t * b[j]);

/** With w the unit vector at a right angle to u = a/|a| on the side of b, the direction is `cos(t theta) u + sin(t theta) w`. */
function arc(a: Point, b: Point): Path {
  const [lengthA, lengthB] = [length(a), length(b)];
  if (lengthA === 0 || lengthB === 0) return line(a, b);
  const u = a.map((x) => x / lengthA);
  const v = b.map((x) => x / lengthB);
  const cosine = dot(u, v);
  const across = rejected(v, u);
  const sine = length(across);
  const opposite = sine < SMALL && cosine < 0;
  if (sine < SMALL && (!opposite || u.length === 1)) return line(a, b);
  const side = opposite ? rejected(farthestAxis(u), u) : across;
  const width = length(side);
  const angle = opposite ? Math.PI : Math.atan2(sine, cosine);
  return (t) => {
    if (t === 0) return a;
    if (t === 1) return b;
    const radius = (1 - t) * lengthA + t * lengthB;
    const [c, s] = [radius * Math.cos(t * angle), (radius * Math.sin(t * angle)) / width];
    return u.map((x, j) => c * x + s * side[j]);
  };
}

/** What is left of v without its part along the unit vector u. Taken twice, for the first time leaves a rounding error along u. */
function rejected(v: Point, u: Point): Point {
  const once = (w: Point): Point => {
    const along = dot(w, u);
    return w.map((x, j) => x - along * u[j]);
  };
  return once(once(v));
}

/** The coordinate axis whose angle with u is nearest to a right one. */
function farthestAxis(u: Point): Point {
  const sizes = Array.from(u, Math.abs);
  return new Float64Array(u.length).with(sizes.indexOf(Math.min(...sizes)), 1);
}

const dot = (a: Point, b: Point): number => a.reduce((total, x, j) => total + x * b[j], 0);

const length = (a: Point): number => Math.sqrt(dot(a, a));

const sampled = (path: Path, steps: number): Tensor =>
  rows(Array.from({ length: steps }, (_, i) => path(i / (steps - 1))));

/** Points as `[count, latent]`, each number rounded once to float32. */
function rows(points: readonly Point[]): Tensor {
  const latent = points[0].length;
  const out = new Float32Array(points.length * latent);
  for (const [i, point] of points.entries()) out.set(point, i * latent);
  return fromTypedArray(out, [points.length, latent]);
}

function checkEnds(op: string, a: Tensor, b: Tensor, steps: number): [Point, Point] {
  const ends: [Point, Point] = [pointOf(op, "the beginning", a), pointOf(op, "the end", b)];
  if (a.size !== b.size)
    throw new ShapeError(
      `goes between vectors of one length, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      {
        op,
        shapes: [a.shape, b.shape],
      },
    );
  checkSteps(op, steps);
  return ends;
}

const checkSteps = (op: string, steps: number): void => checkCount(op, "steps", steps, 2, Infinity);

function pointOf(op: string, name: string, x: Tensor): Point {
  if (x.ndim !== 1 || x.size === 0)
    throw new ShapeError(`${name} is a vector [latent], got ${formatShape(x.shape)}`, { op, shapes: [x.shape] });
  checkFinite(op, name, x);
  return Float64Array.from(x.data);
}
