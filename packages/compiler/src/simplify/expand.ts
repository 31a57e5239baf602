// Composites become the primitives that the eager functions are made of, in the same order: the bits are the same.

import { type StableSums, stableSums } from "@elbo/tensor/kernels";
import type { OpName } from "@elbo/autograd";
import type { GraphBuilder } from "../graph/builder.js";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import { attributesOf } from "./inspect.js";
import { rewrite } from "./rewrite.js";

/** The stable sums, on nodes. */
function sumsOn(builder: GraphBuilder): StableSums<Node> {
  const node = (id: NodeId): Node => builder.nodes[id];
  const plain =
    (op: OpName) =>
    (...x: (Node | number)[]): Node =>
      node(
        builder.op(
          op,
          {},
          x.map((one) => (typeof one === "number" ? builder.scalar(one) : one.id)),
        ),
      );
  const kept =
    (op: "max" | "sum") =>
    (x: Node, axes: readonly number[]): Node =>
      node(builder.op(op, { axes, keepDims: true }, [x.id]));
  return stableSums<Node>({
    abs: plain("abs"),
    exp: plain("exp"),
    log: plain("log"),
    add: plain("add"),
    sub: plain("sub"),
    div: plain("div"),
    less: plain("less"),
    where: plain("where"),
    reshape: (x, shape) => node(builder.op("reshape", { shape }, [x.id])),
    max: kept("max"),
    sum: kept("sum"),
  });
}

/** `softmax`, `logSoftmax` and `logSumExp` in primitives; without differentiation, `stopGradient` is its operand. */
export const expand = (graph: Graph): Graph =>
  rewrite(graph, (node, operands, builder) => {
    const [x] = operands.map((id) => builder.nodes[id]);
    if (node.op === "stopGradient") return x.id;
    if (node.op === "softmax") return sumsOn(builder).softmax(x, attributesOf(node, "softmax").axes).id;
    if (node.op === "logSoftmax") return sumsOn(builder).logSoftmax(x, attributesOf(node, "logSoftmax").axes).id;
    if (node.op !== "logSumExp") return undefined;
    const { axes, keepDims } = attributesOf(node, "logSumExp");
    return sumsOn(builder).logSumExp(x, axes, keepDims).id;
  });
