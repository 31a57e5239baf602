// Walks a graph in order and builds a new one: what every pass of `simplify` is made of.

import type { Graph, Node, NodeId } from "../graph/graph.js";
import { GraphBuilder } from "../graph/builder.js";

/** What a node becomes, given its operands in the new graph; undefined where it stays what it is. */
export type Rule = (node: Node, operands: readonly NodeId[], builder: GraphBuilder) => NodeId | undefined;

/** The graph with every node replaced by what the rule makes of it. What nobody uses any more is left standing. */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const builder = new GraphBuilder();
  const places: NodeId[] = [];
  const placeOf = (id: NodeId): NodeId => places[id];
  for (const node of graph.nodes) {
    const operands = node.inputs.map(placeOf);
    places.push(rule(node, operands, builder) ?? copy(node, operands, builder));
  }
  return builder.graph(graph.outputs.map(placeOf), graph.nextState.map(placeOf));
}

/** The same node on other operands. Its attributes are the same object: so one can tell that nothing has changed. */
export const copy = ({ op, attributes, shape, dtype }: Node, operands: readonly NodeId[], builder: GraphBuilder) =>
  builder.add(op, attributes, operands, shape, dtype);
