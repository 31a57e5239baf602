// The baselines of anomaly detection: what rows say about each other without a model that is trained.

import { sub, sum, type Tensor } from "@elbo/tensor";
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

/** The neighbours whose distance counts, one by one. */
const NEIGHBOURS = [1, 5];

/** As many dimensions as this are an image, of which 32 principal components keep the gist. */
const MANY = 64;
const KEPT = 32;

/** The share of the variance that components keep of fewer dimensions. */
const SHARE = 0.95;

/**
 * `|x - P x|^2`, P the projection on some principal components; `(x - mu)^T (Sigma + ridge I)^-1 (x - mu)`; and the
 * Euclidean distances to the nearest and to the fifth-nearest normal row, which is the farthest where there are fewer.
 *
 * P keeps 32 components of 64 dimensions or more. Of fewer it keeps as many as explain 95 % of the variance of the
 * normal training rows, but not all, for with all of them nothing is strange: one dimension has no such row. No rule
 * looks at anything but these rows. Whatever they are, rows of as many dimensions have the same rivals.
 */
export function rivals(dimensions: number): Rival[] {
  return [
    ...(dimensions > 1 ? [pcaRival(dimensions)] : []),
    { name: "Mahalanobis", fit: (_, pca) => mahalanobisAlong(pca(), RIDGE) },
    ...NEIGHBOURS.map((k): Rival => ({ name: `${k}-NN distance`, fit: (normal) => distanceTo(normal, k) })),
  ];
}

const pcaRival = (dimensions: number): Rival =>
  dimensions < MANY
    ? { name: `PCA, ${100 * SHARE} % of variance`, fit: (_, pca) => residualOf(pca(), explaining(pca(), SHARE)) }
    : { name: `PCA-${KEPT}`, fit: (_, pca) => residualOf(pca(), Math.min(KEPT, pca().variances.size)) };

/** The fewest components that explain a share of the variance, at least one and not all of two or more. */
export function explaining({ variances }: Pca, share: number): number {
  const { data } = variances;
  const wanted = share * sum(variances).item();
  let [k, explained] = [1, data[0]];
  while (k < data.length - 1 && explained < wanted) explained += data[k++];
  return k;
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

function distanceTo(normal: Tensor, neighbour: number): (rows: Tensor) => Float64Array {
  const k = Math.min(neighbour, normal.shape[0]);
  return (rows) => {
    const { distances } = nearest(rows, normal, k);
    return Float64Array.from({ length: rows.shape[0] }, (_, i) => distances[(i + 1) * k - 1]);
  };
}
