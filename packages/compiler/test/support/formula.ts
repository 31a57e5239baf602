// A graph as one line of text, for examples: its outputs as formulas, with the names of its inputs and states.

import type { Constant, Graph, NodeId, Source } from "../../src/graph/graph.js";

/** Such as `mul(relu(x), broadcastTo{"shape":[2,3]}(0.5))`; shared nodes are written out at each use. */
export function formula(graph: Graph, id: NodeId = graph.outputs[0]): string {
  const { op, attributes, inputs, shape } = graph.nodes[id];
  if (op === "input" || op === "state") return (attributes as Source).name;
  if (op === "constant") return shape.length > 0 ? `[${shape.join(",")}]` : number(attributes as Constant);
  const shown = Object.keys(attributes as object).length === 0 ? "" : JSON.stringify(attributes);
  return `${op}${shown}(${inputs.map((operand) => formula(graph, operand)).join(", ")})`;
}

function number({ tensor }: Constant): string {
  const value = tensor.item();
  return Object.is(value, -0) ? "-0" : `${value}`;
}
