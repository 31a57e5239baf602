// @elbo/autograd: the operations of @elbo/tensor, differentiable to any order.

import "./install.js";
import "./methods.js";

export * from "./ops/index.js";
export { grad, type GradOptions, valueAndGrad, valueAndGradOf } from "./transforms/grad.js";
export { vjp } from "./transforms/vjp.js";
export { jvp } from "./transforms/jvp.js";
export { hessian, hvp, jacobian } from "./transforms/jacobian.js";
export { customVjp } from "./transforms/custom.js";
export { concrete, isTraced, NotDifferentiableError, type Operand, Traced, type Value } from "./core/traced.js";
export { ConcreteReadError, isSymbolic, type Recorder, Symbolic, userLine } from "./core/symbolic.js";
export { isSymbolicKey, SymbolicKey } from "./core/symbolic-key.js";
export { keyOf, wordsOf } from "./core/key-words.js";
export { leaves, leavesWithPaths, mapTree, rebuild, type Tree } from "./core/tree.js";
export type {
  Case,
  Derivative,
  Draw,
  Interval,
  OpAttributes,
  OpName,
  OpRecord,
  OpTable,
  Rule,
} from "./core/signatures.js";
export { table } from "./table.js";
