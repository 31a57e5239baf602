// Common subexpressions: what is computed twice from the same operands is one node.

import type { Tensor } from "@elbo/tensor";
import type { Constant, Graph, Node, NodeId } from "../graph/graph.js";
import { copy, rewrite } from "./rewrite.js";

/**
 * Value numbering: nodes of the same operation, attributes and operands join. Random draws do so too, being functions
 * of their keys. Values from outside stay apart.
 */
export function joinCommon(graph: Graph): Graph {
  const seen = new Map<string, NodeId>();
  const tensors = new Map<Tensor, number>();
  return rewrite(graph, (node, operands, builder) => {
    if (node.op === "input" || node.op === "state") return undefined;
    const name = node.op === "constant" ? nameOfConstant(node, tensors) : nameOf(node, operands);
    const id = seen.get(name) ?? copy(node, operands, builder);
    seen.set(name, id);
    return id;
  });
}

/** In IEEE 754 these give the same bits with their operands exchanged. */
const COMMUTATIVE = new Set(["add", "mul", "maximum", "minimum", "equal", "notEqual"]);

function nameOf({ op, attributes }: Node, operands: readonly NodeId[]): string {
  const order = COMMUTATIVE.has(op) ? operands.toSorted((a, b) => a - b) : operands;
  return `${op} ${nameOfAttributes(attributes as object)} ${order.join(" ")}`;
}

/** Attributes never change, and most of them are met again in the next round. */
const names = new WeakMap<object, string>();

function nameOfAttributes(attributes: object): string {
  const name = names.get(attributes) ?? canonical(attributes);
  names.set(attributes, name);
  return name;
}

/** So few numbers are compared bit by bit; of larger tensors the same object must be meant. */
const FEW = 64;

function nameOfConstant({ attributes, shape, dtype }: Node, tensors: Map<Tensor, number>): string {
  const { tensor } = attributes as Constant;
  if (tensor.size <= FEW) return `constant ${dtype} ${canonical(shape)} ${canonical([...tensor.data])}`;
  const number = tensors.get(tensor) ?? tensors.size;
  tensors.set(tensor, number);
  return `constant #${number}`;
}

/** One text for equal attributes. JSON with its keys in order, and with all numbers: JSON has no -0, NaN, Infinity. */
function canonical(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .map(([key, one]) => `${key}:${canonical(one)}`)
    .toSorted()
    .join(",")}}`;
}
