// Rules of arithmetic that hold for every float32 to the bit: both zeros, both infinities, NaN.

import type { OpName } from "@elbo/autograd";
import type { GraphBuilder } from "../graph/builder.js";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import { isNumber, scalarValue, stretch } from "./inspect.js";
import { rewrite, type Rule } from "./rewrite.js";

/** Cheaper operations with the same bits. */
export const algebra = (graph: Graph): Graph =>
  rewrite(graph, (node, operands, builder) => RULES[node.op]?.(node, operands, builder));

const RULES: Readonly<Record<string, Rule | undefined>> = {
  // x * 1 is x, and x * -1 changes the sign alone, of zeros and infinities too.
  mul(node, [a, b], builder) {
    for (const [x, factor] of [
      [a, b],
      [b, a],
    ] as const) {
      if (isNumber(builder, factor, 1)) return stretch(builder, x, node.shape);
      if (isNumber(builder, factor, -1)) return plain(builder, "neg", [x], node);
    }
    // (-x) * (-y) has the sign and the size of x * y.
    const [x, y] = [negated(builder, a), negated(builder, b)];
    return x === undefined || y === undefined ? undefined : plain(builder, "mul", [x, y], node);
  },

  // x / 1 is x. Where 1 / c is exact, x / c and x * (1 / c) are roundings of one number.
  div(node, [x, divisor], builder) {
    if (isNumber(builder, divisor, 1)) return stretch(builder, x, node.shape);
    const value = scalarValue(builder, divisor);
    if (value === undefined || !hasExactReciprocal(value)) return undefined;
    return plain(builder, "mul", [x, builder.scalar(1 / value)], node);
  },

  // x + -0 is x also where x is -0 (and x + 0 is not). x + (-y) is how IEEE 754 defines x - y.
  add(node, [a, b], builder) {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      if (isNumber(builder, y, -0)) return stretch(builder, x, node.shape);
      const opposite = negated(builder, y);
      if (opposite !== undefined) return plain(builder, "sub", [x, opposite], node);
    }
    return undefined;
  },

  // x - 0 is x also where x is -0 (and x - -0 is not).
  sub(node, [x, y], builder) {
    if (isNumber(builder, y, 0)) return stretch(builder, x, node.shape);
    const opposite = negated(builder, y);
    return opposite === undefined ? undefined : plain(builder, "add", [x, opposite], node);
  },

  // A sign changed twice.
  neg: (_, [x], builder) => negated(builder, x),

  where: (node, [, yes, no], builder) => (yes === no ? stretch(builder, yes, node.shape) : undefined),

  // relu(x) = max(x, 0) is positive exactly where x is, and NaN where x is: the gradient of relu need not keep x.
  greater(node, [x, bound], builder) {
    if (!isNumber(builder, bound, 0)) return undefined;
    const relu = builder.nodes.find((one) => one.op === "relu" && one.inputs[0] === x);
    return relu && plain(builder, "greater", [relu.id, bound], node);
  },
};

/** An operation without attributes, in the shape of the node that it replaces. */
const plain = (builder: GraphBuilder, op: OpName, operands: readonly NodeId[], { shape }: Node): NodeId =>
  stretch(builder, builder.op(op, {}, operands), shape);

/** x where the node is -x. */
const negated = (builder: GraphBuilder, id: NodeId): NodeId | undefined =>
  builder.nodes[id].op === "neg" ? builder.nodes[id].inputs[0] : undefined;

/** True for +-2^k whose reciprocal is a float32 too, be it subnormal. */
function hasExactReciprocal(c: number): boolean {
  const size = Math.abs(c);
  return size >= 2 ** -127 && size <= 2 ** 127 && size === 2 ** Math.round(Math.log2(size));
}
