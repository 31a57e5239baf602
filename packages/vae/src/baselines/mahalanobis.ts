// The Mahalanobis distance: how far a row lies from others, measured by how they spread.

import { ArgumentError, fromTypedArray, matmul, mul, type Tensor } from "@elbo/tensor";
import { checkTable } from "../data/arguments.js";
import { type Pca, principalComponents } from "./pca.js";
import { squaredLengths, translate } from "./rows.js";

/**
 * The squared distance of queries `[count, dimensions]` to the mean of rows `[n, dimensions]`:
 * `(x - mu)^T (Sigma + ridge I)^-1 (x - mu)`, `[count]`, with the covariance Sigma of the rows. It is the squared
 * length of the row whitened along the principal components, `z_k = v_k^T (x - mu) / sqrt(variance_k + ridge)`, which
 * equals that of `L^-1 (x - mu)` with the Cholesky factor `L L^T = Sigma + ridge I`.
 * @throws ShapeError where the tables do not fit each other, ArgumentError where a number is not finite or the ridge is
 *   not positive
 * @example mahalanobis(normalRows)(queries)
 */
export function mahalanobis(rows: Tensor, ridge = 0.01): (queries: Tensor) => Float64Array {
  checkTable("mahalanobis", "rows", rows);
  checkRidge(ridge);
  return mahalanobisAlong(principalComponents(rows), ridge);
}

/** The same from principal components that are known already. */
export function mahalanobisAlong(pca: Pca, ridge = 0.01): (queries: Tensor) => Float64Array {
  checkRidge(ridge);
  const { mean, components, variances } = pca;
  const scales = Float32Array.from(variances.data, (variance) => 1 / Math.sqrt(variance + ridge));
  const whitener = mul(components, fromTypedArray(scales, variances.shape));
  return (queries) => {
    checkTable("mahalanobis", "queries", queries, mean.size);
    return squaredLengths(matmul(translate(queries, mean, -1), whitener));
  };
}

function checkRidge(ridge: number): void {
  if (!(ridge > 0 && ridge < Infinity))
    throw new ArgumentError(`ridge is a positive number, got ${ridge}`, { op: "mahalanobis" });
}
