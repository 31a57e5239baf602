// Operations that steer differentiation itself: stopGradient, and functions with a rule of their own.

import { asTensor, formatShape, full, sameShape, ShapeError, type Tensor, zeros } from "@elbo/tensor";
import type { CustomAttributes, None, OpRecord } from "../core/signatures.js";
import { isSymbolic } from "../core/symbolic.js";
import { isTraced, shapeOf, type Value } from "../core/traced.js";
import { mul, sin, square, cos } from "../ops/elementwise.js";
import { reals, smallShape } from "./algebra.js";

/** The identity, declared constant. */
export const stopGradient: OpRecord<None> = {
  evaluate: ([x]) => asTensor("stopGradient", x),
  shape: ([shape]) => shape,
  broadcasts: false,
  linear: true,
  derivative: { kind: "each", rules: [null] },
  domain: (draw) => ({ inputs: [{ shape: smallShape(draw), interval: reals() }], attributes: {} }),
};

/** Operands as tensors: a number takes the dtype of the tensors beside it. */
function asValues<T extends Value>(x: readonly (T | number)[]): (T | Tensor)[] {
  const double = x.some((one) => typeof one !== "number" && one.dtype === "float64");
  return x.map((one) => (typeof one === "number" ? full([], one, { dtype: double ? "float64" : "float32" }) : one));
}

/** Calls the user's function for the value and the user's rule for the derivative. */
export const custom: OpRecord<CustomAttributes> = {
  evaluate: (x, { f }) => {
    const y = f(...asValues(x));
    // Its arguments are tensors; what else it computes with, its rule would miss.
    if (isTraced(y) || isSymbolic(y)) {
      const found = isTraced(y) ? "a traced value" : "a value that is being compiled";
      throw new ShapeError(`the function computes with ${found} from outside; pass it as an argument`, {
        op: "customVjp",
      });
    }
    return y;
  },
  shape: (shapes, { f }) => f(...shapes.map((shape) => zeros(shape))).shape,
  broadcasts: false,
  linear: false,
  derivative: {
    kind: "joint",
    rule: (g, { y, x, attributes }) => {
      const values = asValues(x);
      const cotangents = attributes.pullback(g, y, ...values);
      const fits =
        Array.isArray(cotangents) &&
        cotangents.length === x.length &&
        cotangents.every((one, i) => sameShape(shapeOf(one), values[i].shape));
      if (!fits) {
        const wanted = values.map((one) => formatShape(one.shape)).join(", ");
        const got = Array.isArray(cotangents)
          ? cotangents.map((one) => formatShape(shapeOf(one))).join(", ")
          : typeof cotangents;
        throw new ShapeError(`the rule must give a list of cotangents of shapes ${wanted}; it gave ${got || "none"}`, {
          op: "customVjp",
        });
      }
      return cotangents;
    },
  },
  domain: (draw) => ({
    inputs: [{ shape: smallShape(draw), interval: reals() }],
    attributes: { f: (x) => sin(square(x)), pullback: (g, _, x) => [mul(g, mul(2, mul(x, cos(square(x)))))] },
  }),
};
