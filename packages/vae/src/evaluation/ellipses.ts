// Posteriors as ellipses of the plane: where one standard deviation of q(z|x) lies on a map of the latent space.

import { ArgumentError, type Tensor } from "@elbo/tensor";
import { checkTable } from "../data/arguments.js";

/** The points at distance 1 from the centre in the metric of a covariance. */
export interface Ellipse {
  readonly x: number;
  readonly y: number;
  /** The longer half-axis: a standard deviation, in units of the map. */
  readonly major: number;
  /** The shorter half-axis. */
  readonly minor: number;
  /** From the x axis to the longer half-axis, counterclockwise, in radians from -pi/2 to pi/2. */
  readonly angle: number;
  /** The class of the example; null where it has none. */
  readonly label: number | null;
}

/** Half-axes and direction. */
export type Axes = Pick<Ellipse, "major" | "minor" | "angle">;

/**
 * The axes of the covariance `[[a, b], [b, c]]`: half-axes are the roots of its eigenvalues
 * `(a + c) / 2 +- sqrt(((a - c) / 2)^2 + b^2)`, and the longer one points along `1/2 atan2(2 b, a - c)`. Of a circle the
 * angle is 0.
 * @throws ArgumentError where the matrix is no covariance
 * @example ellipseAxes(4, 0, 1) // { major: 2, minor: 1, angle: 0 }
 */
export function ellipseAxes(a: number, b: number, c: number): Axes {
  const middle = (a + c) / 2;
  const half = Math.hypot((a - c) / 2, b);
  // Rounding may put the smaller eigenvalue below 0, by a few units in the last place of the larger one.
  if (!(a >= 0 && c >= 0 && middle - half >= -1e-6 * middle))
    throw new ArgumentError(`[[${a}, ${b}], [${b}, ${c}]] is no covariance`, { op: "ellipseAxes" });
  const major = Math.sqrt(middle + half);
  return { major, minor: Math.sqrt(Math.max(0, middle - half)), angle: Math.atan2(2 * b, a - c) / 2 };
}

/**
 * One ellipse for each posterior `N(mean, diag(deviations^2))` seen along the two columns of P: its covariance on the
 * map is `P^T diag(deviations^2) P`.
 *
 * @param deviations `[count, latent]`, the standard deviations of `q(z|x)`
 * @param along P, `[latent, 2]`
 * @throws ShapeError where the tables do not fit each other, ArgumentError where a number is not finite
 * @example posteriorAxes(tensor([[2, 1]]), eye(2)) // [{ major: 2, minor: 1, angle: 0 }]
 */
export function posteriorAxes(deviations: Tensor, along: Tensor): Axes[] {
  checkTable("posteriorAxes", "the table of axes", along, 2);
  const latent = along.shape[0];
  checkTable("posteriorAxes", "the table of deviations", deviations, latent);
  const [spread, p] = [deviations.data, along.data];
  return Array.from({ length: deviations.shape[0] }, (_, i) => {
    let [a, b, c] = [0, 0, 0];
    for (let j = 0; j < latent; j++) {
      const variance = spread[i * latent + j] ** 2;
      a += variance * p[2 * j] ** 2;
      b += variance * p[2 * j] * p[2 * j + 1];
      c += variance * p[2 * j + 1] ** 2;
    }
    return ellipseAxes(a, b, c);
  });
}

/** Two opposite corners of the rectangle around an ellipse, `sqrt((major cos)^2 + (minor sin)^2)` to either side. */
export function corners({ x, y, major, minor, angle }: Ellipse): Pick<Ellipse, "x" | "y">[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const width = Math.hypot(major * cos, minor * sin);
  const height = Math.hypot(major * sin, minor * cos);
  return [
    { x: x - width, y: y - height },
    { x: x + width, y: y + height },
  ];
}
