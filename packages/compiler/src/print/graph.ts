// A graph as text: where its values come from, its operations, what it gives and what its state becomes.

import type { Graph, Node } from "../graph/graph.js";
import type { FoldAttributes } from "../fuse/lower.js";
import { labelled, listing } from "./columns.js";
import { attributesText } from "./formulas.js";
import { goesWithoutLine, type Names, namesOf, typeText } from "./names.js";
import { foldText } from "./words.js";

/**
 * A graph, one operation a line: `%12 = matmul(x, weight)  [128, 400]`. Stages 1 and 2 and the lowered graph print so.
 * @example printGraph(simplify(traceExample(f, [x]).graph))
 */
export function printGraph(graph: Graph): string {
  const names = namesOf(graph);
  const sources = (kind: string): string[] =>
    graph.nodes.filter(({ op }) => op === kind).map((node) => `${names(node.id)} ${typeText(node)}`);
  const changes = graph.nextState.flatMap((id, leaf) => {
    const state = graph.nodes.find(
      ({ op, attributes }) => op === "state" && (attributes as { index: number }).index === leaf,
    );
    return state === undefined || state.id === id ? [] : [`${names(state.id)} = ${names(id)}`];
  });
  const operations = graph.nodes.filter((node) => !goesWithoutLine(node));
  const parts = [
    ...section("input", sources("input")),
    ...section("state", sources("state")),
    ...(operations.length === 0
      ? []
      : [
          listing(
            operations.map((node) => ({ depth: 0, text: operationText(node, graph, names), note: typeText(node) })),
          ),
        ]),
    ...section("output", graph.outputs.map(names)),
    ...section("next state", changes),
  ];
  return parts.join("\n");
}

const section = (label: string, words: readonly string[]): string[] =>
  words.length === 0 ? [] : [labelled(label, words)];

function operationText({ id, op, attributes, inputs }: Node, graph: Graph, names: Names): string {
  const operands = inputs.map(names);
  if (op === "fold") {
    const { folding, kind, boundary } = attributes as FoldAttributes;
    return `%${id} = ${foldText(folding, kind, boundary, graph.nodes[inputs[0]].shape.length)} of ${operands.join()}`;
  }
  if (op === "constant") return `%${id} = constant`;
  if (op === "matmul") {
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const [a, b] = operands;
    return `%${id} = matmul(${a}${transposeA ? "^T" : ""}, ${b}${transposeB ? "^T" : ""})`;
  }
  return `%${id} = ${op}(${[...operands, ...attributesText(attributes)].join(", ")})`;
}
