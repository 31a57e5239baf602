// Latent points seen as a whole: their two main axes, and a Gaussian fitted to them.

import { type Key, mul, normal, sqrt, sum, type Tensor } from "@elbo/tensor";
import { principalComponents, project, restore } from "../baselines/pca.js";

/** Points of the plane and what its axes are. */
export interface Projection {
  readonly points: readonly (readonly [number, number])[];
  readonly axes: readonly [string, string];
}

/**
 * Points `[count, dimensions]` in the plane: as they are where they have two dimensions, else along the first two
 * principal components. One dimension is drawn along the first axis.
 */
export function projectToPlane(points: Tensor): Projection {
  const [count, dimensions] = points.shape;
  const rows = (table: Tensor): [number, number][] =>
    Array.from({ length: count }, (_, i) => [
      table.data[i * table.shape[1]],
      table.shape[1] > 1 ? table.data[i * table.shape[1] + 1] : 0,
    ]);
  if (dimensions <= 2) return { points: rows(points), axes: ["z1", dimensions === 2 ? "z2" : ""] };
  const pca = principalComponents(points);
  const variances = pca.variances.data;
  const total = sum(pca.variances).item();
  const share = (i: number): string => `${total > 0 ? Math.round((100 * variances[i]) / total) : 0} % of variance`;
  return { points: rows(project(pca, points, 2)), axes: [`PC 1 (${share(0)})`, `PC 2 (${share(1)})`] };
}

/** Draws `[count, dimensions]` from the Gaussian with the mean and covariance of the points: `mean + V sqrt(diag) epsilon`. */
export function sampleFittedGaussian(points: Tensor, key: Key, count: number): Tensor {
  const pca = principalComponents(points);
  return restore(pca, mul(normal(key, [count, pca.variances.size]), sqrt(pca.variances)));
}
