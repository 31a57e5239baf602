// @elbo/tensor: n-dimensional arrays over Float32Array. It knows no gradients; @elbo/autograd does.

import "./methods.js";

export * from "./core/errors.js";
export { checkOptions } from "./core/options.js";
export { allocate, type DType, type Storage } from "./core/dtype.js";
export {
  type Axes,
  broadcastShapes,
  checkShape,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  resolveShape,
  sameShape,
  type Shape,
  sizeOf,
} from "./core/shape.js";
export { type Layout, Tensor } from "./core/tensor.js";
export type { NestedArray } from "./core/print.js";
export {
  arange,
  asTensor,
  type CreateOptions,
  eye,
  fromTypedArray,
  full,
  linspace,
  ones,
  tensor,
  type TensorLike,
  zeros,
} from "./core/create.js";
export * from "./views/views.js";
export * from "./elementwise/ops.js";
export { map } from "./elementwise/map.js";
export * from "./reduce/reduce.js";
export * from "./reduce/logsumexp.js";
export { treeDepth } from "./reduce/tree.js";
export { dot, matmul, type MatmulOptions, outer } from "./matmul/matmul.js";
export { matmulEngine, type MatmulEngine } from "./matmul/engine.js";
export { matmulMode, type MatmulMode, withMatmulMode } from "./matmul/mode.js";
export { naiveMatmul, type MatrixView } from "./matmul/blocked.js";
export { symmetricEigen, type SymmetricEigen } from "./linalg/eigen.js";
export { cholesky, choleskySolve, logDeterminant } from "./linalg/cholesky.js";
export { triangularSolve, type TriangularOptions } from "./linalg/substitution.js";
export { solve } from "./linalg/lu.js";
export * from "./indexing/join.js";
export * from "./indexing/gather.js";
export { col2im, columnsShape, im2col, type Windows } from "./indexing/columns.js";
export {
  bernoulliShape,
  checkFoldIndex,
  checkKeyCount,
  floatBelow,
  integerRange,
  uniformRange,
} from "./random/arguments.js";
export { checkKey, foldIn, key, type Key, split, splitAt } from "./random/key.js";
export { randomBits } from "./random/bits.js";
export { bernoulli, normal, permutation, randomInt, uniform } from "./random/distributions.js";
export { threefry2x32 } from "./random/threefry.js";
export { evaluate, type Precision } from "./meaning/evaluate.js";
export * as meaning from "./meaning/index.js";
