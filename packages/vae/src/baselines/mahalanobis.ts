// The Mahalanobis distance: how far a row lies from others, measured by how they spread.

import { ArgumentError, fromTypedArray, matmul, mul, sub, type Tensor } from "@elbo/tensor";
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

/**
 * The same from principal components that are known already. Where they are fewer than dimensions, the variance outside
 * their span is 0, so that what a row has there, `|x - mu|^2 - |V^T (x - mu)|^2`, counts over the ridge alone.
 */
export function mahalanobisAlong(pca: Pca, ridge = 0.01): (queries: Tensor) => Float64Array {
  checkRidge(ridge);
  const { mean, components, variances } = pca;
  const scales = Float32Array.from(variances.data, (variance) => 1 / Math.sqrt(variance + ridge));
  const whitener = mul(components, fromTypedArray(scales, variances.shape));
  return (queries) => {
    checkTable("mahalanobis", "queries", queries, mean.size);
    const centred = translate(queries, mean, -1);
    const within = squaredLengths(matmul(centred, whitener));
    if (variances.size === mean.size) return within;
    const outside = squaredLengths(sub(centred, onto(components, centred)));
    return within.map((length, i) => length + outside[i] / ridge);
  };
}

/** Rows projected on the span of orthonormal columns V: `V V^T x`. */
const onto = (components: Tensor, rows: Tensor): Tensor =>
  matmul(matmul(rows, components), components, { transposeB: true });

function checkRidge(ridge: number): void {
  if (!(ridge > 0 && ridge < Infinity))
    throw new ArgumentError(`ridge is a positive number, got ${ridge}`, { op: "mahalanobis" });
}
