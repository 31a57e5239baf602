// Operations on constants alone are computed now, by the eager functions themselves.

import { sizeOf, type Tensor } from "@elbo/tensor";
import type { GraphBuilder } from "../graph/builder.js";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import { constantTensor, recordOf } from "./inspect.js";
import { rewrite } from "./rewrite.js";

/** Larger results stay operations: they would bloat the program. */
const MOST_ELEMENTS = 2 ** 16;
/** Larger operands would hold up the compiler. */
const MOST_READ = 2 ** 20;

/** Not a stretch, which a constant has for free, nor a product, whose multiply-add is the program's choice. */
const STAYS = new Set(["broadcastTo", "matmul"]);

/** The operations that have constants as operands, replaced by their values. */
export const fold = (graph: Graph): Graph =>
  rewrite(graph, (node, operands, builder) => {
    const record = recordOf(node.op);
    if (record === undefined || STAYS.has(node.op) || !isSmall(node, operands, builder)) return undefined;
    const tensors = operands.map((id) => constantTensor(builder, id));
    if (tensors.length === 0 || !tensors.every((one): one is Tensor => one !== undefined)) return undefined;
    return builder.constant(record.evaluate(tensors, node.attributes));
  });

function isSmall(node: Node, operands: readonly NodeId[], builder: GraphBuilder): boolean {
  const read = operands.reduce((total, id) => total + sizeOf(builder.nodes[id].shape), 0);
  return sizeOf(node.shape) <= MOST_ELEMENTS && read <= MOST_READ;
}
