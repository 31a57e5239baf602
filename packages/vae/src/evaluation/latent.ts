// Latent points seen as a whole: their two main axes, and a Gaussian fitted to them.

import { concrete, matmul, mean, mul, sqrt, sub, transpose } from "@elbo/autograd";
import { add, type Key, maximum, normal, slice, symmetricEigen, type SymmetricEigen, type Tensor } from "@elbo/tensor";

/** The mean of points `[count, dimensions]` and the eigenvectors of their covariance, in float64. */
interface Principal extends SymmetricEigen {
  readonly mean: Tensor;
}

function principal(points: Tensor): Principal {
  const double = points.cast("float64");
  const centre = mean(double, { axis: 0 });
  const centred = sub(double, centre);
  const covariance = mul(matmul(centred, centred, { transposeA: true }), 1 / Math.max(1, points.shape[0] - 1));
  return { mean: centre, ...symmetricEigen(covariance) };
}

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
  const { mean: centre, values, vectors } = principal(points);
  const plane = matmul(sub(points.cast("float64"), centre), slice(vectors, [null, { stop: 2 }]));
  const total = values.sum().item();
  const share = (i: number): string => `${total > 0 ? Math.round((100 * values.data[i]) / total) : 0} % of variance`;
  return { points: rows(plane), axes: [`PC 1 (${share(0)})`, `PC 2 (${share(1)})`] };
}

/** Draws `[count, dimensions]` from the Gaussian with the mean and covariance of the points: `mean + V sqrt(diag) epsilon`. */
export function sampleFittedGaussian(points: Tensor, key: Key, count: number): Tensor {
  const { mean: centre, values, vectors } = principal(points);
  const epsilon = normal(key, [count, points.shape[1]]).cast("float64");
  const shaped = mul(vectors, sqrt(maximum(values, 0)));
  return concrete(add(centre, concrete(matmul(epsilon, transpose(shaped))))).cast("float32");
}
