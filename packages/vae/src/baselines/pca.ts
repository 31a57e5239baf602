// Principal components: the axes along which rows vary most, and the rows seen along the first of them.

import { ArgumentError, cast, fromTypedArray, matmul, slice, symmetricEigen, type Tensor } from "@elbo/tensor";
import { checkCount, checkTable } from "../data/arguments.js";
import { columnMeans, rowBlocks, translate } from "./rows.js";

/** The mean of a table `[count, dimensions]` and the eigenvectors of its covariance. */
export interface Pca {
  /** `[dimensions]`, float64. */
  readonly mean: Tensor;
  /** `[dimensions, dimensions]`, float32: orthonormal columns, by falling variance. */
  readonly components: Tensor;
  /** The variance along each component, `[dimensions]`, float64; what rounding puts below 0 is 0. */
  readonly variances: Tensor;
  /** The rows that it was computed from. */
  readonly count: number;
}

/** Rows of one float32 product: the products are added up in double, so that rounding does not grow with the count. */
const BLOCK = 1024;

/**
 * The principal components of rows `[count, dimensions]`: `C = 1/(count - 1) sum (x - mean)(x - mean)^T = V diag(variances) V^T`.
 * The means and the sum over blocks of rows are double, the product within a block is float32. One row has variance 0.
 * @throws ShapeError where the rows are no table, ArgumentError where a number is not finite or its square overflows
 * @example principalComponents(tensor([[0, 0], [2, 2]])).variances.toArray() // [4, 0]
 */
export function principalComponents(rows: Tensor): Pca {
  checkTable("principalComponents", "rows", rows);
  const mean = columnMeans(rows);
  const { values, vectors } = symmetricEigen(covariance(rows, mean));
  return {
    mean,
    components: cast(vectors, "float32"),
    variances: fromTypedArray(
      Float64Array.from(values.data, (value) => Math.max(0, value)),
      values.shape,
    ),
    count: rows.shape[0],
  };
}

function covariance(rows: Tensor, mean: Tensor): Tensor {
  const [count, dimensions] = rows.shape;
  const total = new Float64Array(dimensions * dimensions);
  for (const block of rowBlocks(count, BLOCK)) {
    const centred = translate(slice(rows, [block]), mean, -1);
    const { data } = matmul(centred, centred, { transposeA: true });
    for (let at = 0; at < total.length; at++) total[at] += data[at];
  }
  for (let at = 0; at < total.length; at++) total[at] /= Math.max(1, count - 1);
  if (!total.every(Number.isFinite))
    throw new ArgumentError("the squares of the rows overflow float32; rescale them", { op: "principalComponents" });
  return fromTypedArray(total, [dimensions, dimensions]);
}

/**
 * Rows `[count, dimensions]` along the first k components: `(x - mean) V_k`, `[count, k]`, float32.
 * @throws ShapeError where the rows do not suit the components, ArgumentError where k is not in 1..dimensions
 * @example project(pca, rows, 2)
 */
export function project(pca: Pca, rows: Tensor, k: number): Tensor {
  const dimensions = pca.mean.size;
  checkTable("project", "rows", rows, dimensions);
  checkCount("project", "k", k, 1, dimensions);
  return matmul(translate(rows, pca.mean, -1), slice(pca.components, [null, { stop: k }]));
}

/**
 * Codes `[count, k]` along the first k components as rows again: `mean + z V_k^T`, `[count, dimensions]`, float32. Of all
 * affine maps through k numbers and back, `restore` after `project` has the least squared error on the rows fitted to.
 * @throws ShapeError where the codes are no table, ArgumentError where they have more than `dimensions` columns
 * @example restore(pca, project(pca, rows, 2))
 */
export function restore(pca: Pca, codes: Tensor): Tensor {
  checkTable("restore", "codes", codes);
  const k = codes.shape[1];
  checkCount("restore", "the number of columns of codes", k, 1, pca.mean.size);
  const axes = slice(pca.components, [null, { stop: k }]);
  return translate(matmul(cast(codes, "float32"), axes, { transposeB: true }), pca.mean, 1);
}
