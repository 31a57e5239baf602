// Elementwise operations are computed before their operands are stretched, not after: on fewer elements.

import { sameShape } from "@elbo/tensor";
import { type GraphBuilder, commonShape } from "../graph/builder.js";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import { addsLeadingOnes, isElementwise, stretch } from "./inspect.js";
import { rewrite } from "./rewrite.js";

/**
 * An elementwise operation gives the same number at every place to which its operands' elements are stretched. So it
 * reads what its operands were before, and its result is stretched where nothing else has the full shape; a reshape
 * that all operands share comes after it as well.
 */
export const hoist = (graph: Graph): Graph =>
  rewrite(graph, (node, operands, builder) =>
    isElementwise(node.op)
      ? (beforeStretch(node, operands, builder) ?? beforeReshape(node, operands, builder))
      : undefined,
  );

function beforeStretch(node: Node, operands: readonly NodeId[], builder: GraphBuilder): NodeId | undefined {
  const cores = operands.map((id) => unstretched(builder, id));
  if (cores.every((id, i) => id === operands[i])) return undefined;
  return stretch(builder, apply(node, cores, builder), node.shape);
}

/** What broadcasting stretches to this node by itself. */
function unstretched(builder: GraphBuilder, id: NodeId): NodeId {
  const node = builder.nodes[id];
  const implied =
    node.op === "broadcastTo" ||
    (node.op === "reshape" && addsLeadingOnes(builder.nodes[node.inputs[0]].shape, node.shape));
  return implied ? unstretched(builder, node.inputs[0]) : id;
}

/** Operands that are the same reshape of one shape, beside scalars. */
function beforeReshape(node: Node, operands: readonly NodeId[], builder: GraphBuilder): NodeId | undefined {
  const large = operands.map((id) => builder.nodes[id]).filter((one) => one.shape.length > 0);
  const reshaped = large.every((one) => one.op === "reshape" && sameShape(one.shape, node.shape));
  if (large.length === 0 || !reshaped) return undefined;
  const from = builder.nodes[large[0].inputs[0]].shape;
  if (!large.every((one) => sameShape(builder.nodes[one.inputs[0]].shape, from))) return undefined;
  const sources = operands.map((id) => (builder.nodes[id].shape.length > 0 ? builder.nodes[id].inputs[0] : id));
  return builder.op("reshape", { shape: node.shape }, [apply(node, sources, builder)]);
}

/** The node's operation on smaller operands. */
function apply(node: Node, operands: readonly NodeId[], builder: GraphBuilder): NodeId {
  const shape = commonShape(
    node.op,
    operands.map((id) => builder.nodes[id]),
  );
  return builder.add(node.op, node.attributes, operands, shape, node.dtype);
}
