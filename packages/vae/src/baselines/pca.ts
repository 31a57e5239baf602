// Principal components: the axes along which rows vary most, and the rows seen along the first of them.

import {
  cast,
  cholesky,
  concat,
  div,
  eye,
  fromTypedArray,
  matmul,
  mul,
  slice,
  sqrt,
  sum,
  symmetricEigen,
  type Tensor,
  triangularSolve,
  zeros,
} from "@elbo/tensor";
import { checkCount, checkTable } from "../data/arguments.js";
import { centredColumns, columnProducts, COLUMNS, covariance, gram } from "./moments.js";
import { columnMeans, translate } from "./rows.js";

/**
 * The mean of a table `[count, dimensions]` and eigenvectors of its covariance. There are `rank` of them: as many as
 * dimensions, or fewer where those are many. Outside their span the variance is 0 as far as these rows tell.
 */
export interface Pca {
  /** `[dimensions]`, float64. */
  readonly mean: Tensor;
  /** `[dimensions, rank]`, float32: orthonormal columns, by falling variance. */
  readonly components: Tensor;
  /** The variance along each component, `[rank]`, float64; what rounding puts below 0 is 0. */
  readonly variances: Tensor;
  /** The rows that it was computed from. */
  readonly count: number;
}

/** The largest matrix whose eigenvectors are sought, which takes seconds: 9 n^3 operations. */
const LIMIT = 1024;
/** The unit roundoff of float32. */
const UNIT = 2 ** -24;

/**
 * The principal components of rows `[count, dimensions]`: `C = 1/(count - 1) sum (x - mean)(x - mean)^T = V diag(variances) V^T`.
 * The means and the sum over blocks of rows are double, the product within a block is float32. One row has variance 0.
 *
 * Up to 1024 dimensions V is a whole basis, `rank = dimensions`. Of more dimensions the first 1024 rows count, and V
 * spans what they span but for rounding: `rank` is below their number, and at least 1. See `componentsInSpan`.
 * @throws ShapeError where the rows are no table, ArgumentError where a number is not finite or its square overflows
 * @example principalComponents(tensor([[0, 0], [2, 2]])).variances.toArray() // [4, 0]
 */
export function principalComponents(rows: Tensor): Pca {
  checkTable("principalComponents", "rows", rows);
  if (rows.shape[1] > LIMIT) return componentsInSpan(slice(rows, [{ stop: LIMIT }]));
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

/**
 * The principal components of rows `[count, dimensions]` within their span, by the products of the centred rows X with
 * each other: where `X X^T / (count - 1) = U diag(lambda) U^T`, the variances are lambda and the components are
 * `v_i = X^T u_i / sqrt((count - 1) lambda_i)`. Components are kept whose variance is more than rounding can make, which
 * is `128 u` of the total variance with `u = 2^-24`: a float32 sum of 128 products is off by at most `128 u |x_j| |x_k|`,
 * and the norm of a matrix of such errors is at most `128 u sum |x_j|^2`; what underflows adds up to `2^-149` for each
 * product. Two components are off their right angle by as much over `sqrt(lambda_i lambda_j)`, so they are made orthonormal once more. Rows that are all equal have the first
 * axis, with variance 0. Memory: matrices `[count, count]`, blocks of columns, and three times the result.
 * @see Turk and Pentland (1991), Eigenfaces for recognition
 */
export function componentsInSpan(rows: Tensor): Pca {
  const [count, dimensions] = rows.shape;
  const mean = columnMeans(rows);
  const { values, vectors } = symmetricEigen(gram(rows, mean));
  const total = sum(values).item();
  const rounding = COLUMNS * UNIT * total + 2 * dimensions * 2 ** -149;
  const rank = values.data.filter((value) => value > rounding).length;
  if (rank === 0)
    return { mean, components: firstAxis(dimensions), variances: zeros([1], { dtype: "float64" }), count };
  const variances = slice(values, [{ stop: rank }]);
  const weights = cast(div(slice(vectors, [null, { stop: rank }]), sqrt(mul(variances, count - 1))), "float32");
  const axes = Array.from(centredColumns(rows, mean), (block) => matmul(block, weights, { transposeA: true }));
  return { mean, components: orthonormal(concat(axes)), variances, count };
}

const firstAxis = (dimensions: number): Tensor =>
  fromTypedArray(
    Float32Array.from({ length: dimensions }, (_, j) => Number(j === 0)),
    [dimensions, 1],
  );

/**
 * Columns that are nearly orthonormal made so, each moved only by those before it: `V L^-T` with `V^T V = L L^T`.
 * @see Yamamoto, Nakatsukasa, Yanagisawa and Fukaya (2015), Roundoff error analysis of the CholeskyQR2 algorithm
 */
function orthonormal(axes: Tensor): Tensor {
  const [, rank] = axes.shape;
  const inverse = triangularSolve(cholesky(columnProducts(axes)), eye(rank, { dtype: "float64" }));
  return matmul(axes, cast(inverse, "float32"), { transposeB: true });
}

/**
 * Rows `[count, dimensions]` along the first k components: `(x - mean) V_k`, `[count, k]`, float32.
 * @throws ShapeError where the rows do not suit the components, ArgumentError where k is not in 1..rank
 * @example project(pca, rows, 2)
 */
export function project(pca: Pca, rows: Tensor, k: number): Tensor {
  checkTable("project", "rows", rows, pca.mean.size);
  checkCount("project", "the number of components k", k, 1, pca.variances.size);
  return matmul(translate(rows, pca.mean, -1), slice(pca.components, [null, { stop: k }]));
}

/**
 * Codes `[count, k]` along the first k components as rows again: `mean + z V_k^T`, `[count, dimensions]`, float32. Of all
 * affine maps through k numbers and back, `restore` after `project` has the least squared error on the rows fitted to.
 * @throws ShapeError where the codes are no table, ArgumentError where they have more columns than there
 * are components
 * @example restore(pca, project(pca, rows, 2))
 */
export function restore(pca: Pca, codes: Tensor): Tensor {
  checkTable("restore", "codes", codes);
  const k = codes.shape[1];
  checkCount("restore", "the number of columns of codes", k, 1, pca.variances.size);
  const axes = slice(pca.components, [null, { stop: k }]);
  return translate(matmul(cast(codes, "float32"), axes, { transposeB: true }), pca.mean, 1);
}
