// Dead code: what neither an output nor the next state needs goes.

import type { Graph, Node, NodeId } from "../graph/graph.js";

/** The graph without unneeded nodes, renumbered, in the same order. All inputs and states stay. */
export function removeDead(graph: Graph): Graph {
  const needed = new Set<NodeId>([...graph.outputs, ...graph.nextState]);
  for (const node of graph.nodes.toReversed()) {
    if (node.op === "input" || node.op === "state") needed.add(node.id);
    if (needed.has(node.id)) for (const operand of node.inputs) needed.add(operand);
  }
  const places = new Map<NodeId, NodeId>();
  const placeOf = (id: NodeId): NodeId => places.get(id)!;
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (!needed.has(node.id)) continue;
    places.set(node.id, nodes.length);
    nodes.push({ ...node, id: nodes.length, inputs: node.inputs.map(placeOf) });
  }
  return { nodes, outputs: graph.outputs.map(placeOf), nextState: graph.nextState.map(placeOf) };
}
