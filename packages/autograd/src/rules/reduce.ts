// The reductions of the table, and what normalises along axes.

import * as t from "@elbo/tensor";
import type { Case, Draw, Interval, OpAttributes, OpRecord, Rule } from "../core/signatures.js";
import { type Operand, shapeOf, type Value } from "../core/traced.js";
import { div, equal, exp, greater, mul, sub, where } from "../ops/elementwise.js";
import { broadcastTo, reshape } from "../ops/shape.js";
import { cumsum as cumulate, softmax as shares, sum as total } from "../ops/reduce.js";
import { linear, reals, smallShape } from "./algebra.js";

type Reduction = OpAttributes["sum"];

/** A reduced value with its axes put back as length 1, so that it broadcasts against the operand. */
const keep = (value: Value, x: Operand, { axes }: Reduction): Value =>
  reshape(value, t.reducedShape(shapeOf(x), axes, true));

const drawAxes = (draw: Draw, shape: t.Shape): number[] =>
  shape.flatMap((_, axis) => (draw.integer(0, 1) === 0 ? [axis] : []));

const drawReduction =
  (interval: Interval, distinct = false) =>
  (draw: Draw): Case<Reduction> => {
    const shape = smallShape(draw);
    return {
      inputs: [{ shape, interval }],
      attributes: { axes: drawAxes(draw, shape), keepDims: draw.integer(0, 1) === 0 },
      distinct,
    };
  };

const options = ({ axes, keepDims }: Reduction) => ({ axis: axes, keepDims });
const reducedTo = ([shape]: readonly t.Shape[], { axes, keepDims }: Reduction) => t.reducedShape(shape, axes, keepDims);

/** The rule is the transpose: the cotangent goes to every element that was summed. */
export const sum: OpRecord<Reduction> = linear({
  evaluate: ([x], attributes: Reduction) => t.sum(x, options(attributes)),
  shape: reducedTo,
  transpose: (g, x, attributes) => broadcastTo(keep(g, x, attributes), shapeOf(x)),
  domain: drawReduction(reals()),
});

/** Elements that equal the extremum share the cotangent evenly. */
const extremum: Rule<Reduction> = (g, { y, x, attributes }) => {
  const winners = equal(x[0], keep(y, x[0], attributes));
  const count = total(winners, { axis: attributes.axes, keepDims: true });
  return mul(winners, div(keep(g, x[0], attributes), count));
};

export const max: OpRecord<Reduction> = {
  evaluate: ([x], attributes) => t.max(x, options(attributes)),
  shape: reducedTo,
  broadcasts: false,
  linear: false,
  derivative: { kind: "same", rule: extremum },
  domain: drawReduction(reals(), true),
};
export const min: OpRecord<Reduction> = { ...max, evaluate: ([x], attributes) => t.min(x, options(attributes)) };

/**
 * `g softmax(x)`, not `g e^(x - y)`, which loses to the rounding of y what y is large; 0 where all are -Infinity.
 */
export const logSumExp: OpRecord<Reduction> = {
  evaluate: ([x], attributes) => t.logSumExp(x, options(attributes)),
  shape: reducedTo,
  broadcasts: false,
  linear: false,
  derivative: {
    kind: "same",
    rule: (g, { y, x, attributes }) => {
      const some = keep(greater(y, -Infinity), x[0], attributes);
      return mul(keep(g, x[0], attributes), mul(some, shares(where(some, x[0], 0), { axis: attributes.axes })));
    },
  },
  domain: drawReduction(reals()),
};

const drawNormalised = (draw: Draw): Case<{ axes: number[] }> => {
  const shape = smallShape(draw, 1);
  return { inputs: [{ shape, interval: reals() }], attributes: { axes: [draw.integer(0, shape.length - 1)] } };
};

/** `y (g - sum(g y))`. */
export const softmax: OpRecord<OpAttributes["softmax"]> = {
  evaluate: ([x], { axes }) => t.softmax(x, { axis: axes }),
  shape: ([shape]) => shape,
  broadcasts: false,
  linear: false,
  derivative: {
    kind: "same",
    rule: (g, { y, attributes: { axes } }) => mul(y, sub(g, total(mul(g, y), { axis: axes, keepDims: true }))),
  },
  domain: drawNormalised,
};

/** `g - e^y sum(g)`. */
export const logSoftmax: OpRecord<OpAttributes["logSoftmax"]> = {
  evaluate: ([x], { axes }) => t.logSoftmax(x, { axis: axes }),
  shape: ([shape]) => shape,
  broadcasts: false,
  linear: false,
  derivative: {
    kind: "same",
    rule: (g, { y, attributes: { axes } }) => sub(g, mul(exp(y), total(g, { axis: axes, keepDims: true }))),
  },
  domain: drawNormalised,
};

/** A running sum's transpose runs the other way. */
export const cumsum: OpRecord<OpAttributes["cumsum"]> = linear({
  evaluate: ([x], attributes) => t.cumsum(x, attributes),
  shape: ([shape]) => shape,
  transpose: (g, _, { axis, reverse }) => cumulate(g, { axis, reverse: !reverse }),
  domain: (draw) => {
    const shape = smallShape(draw, 1);
    return {
      inputs: [{ shape, interval: reals() }],
      attributes: { axis: draw.integer(0, shape.length - 1), reverse: draw.integer(0, 1) === 0 },
    };
  },
});

const index = (evaluate: typeof t.argMax): OpRecord<OpAttributes["argMax"]> => ({
  evaluate: ([x], { axis }) => evaluate(x, { axis }),
  shape: ([shape], { axis }) => t.reducedShape(shape, [axis], false),
  broadcasts: false,
  linear: false,
  derivative: { kind: "none", reason: "its value is an index" },
  domain: (draw) => {
    const shape = smallShape(draw, 1);
    return {
      inputs: [{ shape, interval: reals() }],
      attributes: { axis: draw.integer(0, shape.length - 1) },
      distinct: true,
    };
  },
});
export const argMax = index(t.argMax);
export const argMin = index(t.argMin);
