// What listings call a value: arguments and state by their paths, captured numbers as numbers, all others %12.

import { formatShape } from "@elbo/tensor";
import type { Constant, Graph, Node, NodeId, ProgramDType, Source } from "../graph/graph.js";
import { floatText } from "./quantities.js";

/** The name of each node. Nodes beyond the graph, the last copies of a schedule, have names too. */
export type Names = (id: NodeId) => string;

/** A leaf of the state goes without `state.` in front, unless an argument has that name. */
export function namesOf(graph: Graph): Names {
  const sources = graph.nodes.filter(({ op }) => op === "input").map((node) => (node.attributes as Source).name);
  const inputs = new Set(sources);
  return (id) => {
    const node = graph.nodes.at(id);
    if (node?.op === "input") return (node.attributes as Source).name;
    if (node?.op === "state") {
      const { name } = node.attributes as Source;
      const short = name.replace(/^state\./, "");
      return inputs.has(short) ? name : short;
    }
    return node !== undefined && isNumber(node) ? numberOf(node) : `%${id}`;
  };
}

/** True for a captured number: it stands in the code itself. */
const isNumber = ({ op, shape }: Node): boolean => op === "constant" && shape.length === 0;

const numberOf = ({ attributes, dtype }: Node): string => {
  const value = (attributes as Constant).tensor.item();
  return dtype === "int32" ? String(value) : floatText(value);
};

/** `[128, 784]`, or `[2] int32`: float32 goes without saying. */
export const typeText = ({
  shape,
  dtype,
}: {
  readonly shape: readonly number[];
  readonly dtype: ProgramDType;
}): string => `${formatShape(shape)}${dtype === "float32" ? "" : ` ${dtype}`}`;

/** True for what a listing of operations leaves out, since it is named where it is used. */
export const goesWithoutLine = (node: Node): boolean => node.op === "input" || node.op === "state" || isNumber(node);
