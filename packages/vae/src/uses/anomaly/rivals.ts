// The baselines of anomaly detection: what rows say about each other without a model that is trained.

import { sub, type Tensor } from "@elbo/tensor";
import { mahalanobisAlong } from "../../baselines/mahalanobis.js";
import { nearest } from "../../baselines/neighbours.js";
import { type Pca, principalComponents, project, restore } from "../../baselines/pca.js";
import { squaredLengths } from "../../baselines/rows.js";

/** A baseline: fitted to normal rows `[n, dimensions]`, it scores others, `[count]`; the higher, the stranger. */
export interface Rival {
  readonly name: string;
  /** Those that need the principal components of the normal rows share them. */
  readonly fit: (normal: Tensor, pca: () => Pca) => (rows: Tensor) => Float64Array;
}

/** The ridge of the covariance: the variance of a tenth of a gray level or of a standard unit. */
const RIDGE = 0.01;

/** The neighbour whose distance counts. */
const NEIGHBOUR = 5;

/** As many dimensions as this are an image, of which 32 principal components keep the gist. */
const MANY = 64;
const KEPT = 32;

/**
 * `|x - P x|^2`, P the projection on so many principal components; `(x - mu)^T (Sigma + ridge I)^-1 (x - mu)`; and the
 * Euclidean distance to the fifth-nearest normal row.
 *
 * @param count normal rows
 * @param latent the model's latent size, which PCA gets too where rows have fewer than 64 dimensions; at least one
 *   component is left out, for with all of them nothing is strange
 */
export function rivals(count: number, dimensions: number, latent: number): Rival[] {
  const components = dimensions < MANY ? Math.min(latent, Math.max(1, dimensions - 1)) : KEPT;
  const neighbour = Math.min(NEIGHBOUR, count);
  return [
    { name: `PCA-${components}`, fit: (_, pca) => residualOf(pca(), components) },
    { name: "Mahalanobis", fit: (_, pca) => mahalanobisAlong(pca(), RIDGE) },
    { name: `${neighbour}-NN distance`, fit: (normal) => distanceTo(normal, neighbour) },
  ];
}

function residualOf(pca: Pca, components: number): (rows: Tensor) => Float64Array {
  return (rows) => {
    const restored = restore(pca, project(pca, rows, components));
    return squaredLengths(sub(rows, restored));
  };
}

/** The principal components of rows, computed once they are asked for. */
export function componentsOf(rows: Tensor): () => Pca {
  let found: Pca | undefined;
  return () => (found ??= principalComponents(rows));
}

const distanceTo =
  (normal: Tensor, k: number) =>
  (rows: Tensor): Float64Array => {
    const { distances } = nearest(rows, normal, k);
    return Float64Array.from({ length: rows.shape[0] }, (_, i) => distances[(i + 1) * k - 1]);
  };
