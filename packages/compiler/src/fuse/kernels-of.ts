// Groups become kernels: which operands are steps, which come from memory, and what is stored.

import type { Graph, Node, NodeId } from "../graph/graph.js";
import type { LibraryOp } from "../graph/kinds.js";
import { type Group, inOrder } from "./group.js";
import type { Kernel, LoopKernel, Operand } from "./kernels.js";
import { type Reading, stretched } from "./layout.js";
import type { FoldAttributes } from "./lower.js";

/** A grouped graph. */
export interface Grouped {
  readonly graph: Graph;
  readonly readings: readonly Reading[];
  readonly groups: readonly Group[];
  /** The group that makes each node. */
  readonly groupOf: ReadonlyMap<NodeId, Group>;
}

/** The kernels, each after those that it needs. */
export function kernelsOf(grouped: Grouped): Kernel[] {
  const needed = neededOutside(grouped);
  return inOrder(grouped.groups).map((group) => kernelOf(grouped, group, needed));
}

/** The nodes that are read from memory: by another group, in another place, or by the caller. */
function neededOutside({ graph, readings, groups, groupOf }: Grouped): ReadonlySet<NodeId> {
  const needed = new Set<NodeId>();
  for (const group of groups) {
    for (const id of group.nodes) {
      for (const input of graph.nodes[id].inputs) {
        const { base } = readings[input];
        if (groupOf.get(base) !== group) needed.add(base);
      }
    }
  }
  for (const id of [...graph.outputs, ...graph.nextState]) needed.add(readings[id].base);
  return needed;
}

function kernelOf(grouped: Grouped, group: Group, needed: ReadonlySet<NodeId>): Kernel {
  const { graph, readings } = grouped;
  const [{ id: node, op, attributes, inputs, shape }] = group.nodes.map((id) => graph.nodes[id]);
  if (group.kind === "loop") return loopOf(grouped, group, needed);
  if (group.kind === "library") {
    return { kind: "library", node, op: op as LibraryOp, attributes, inputs: inputs.map((input) => readings[input]) };
  }
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  const matrix = (input: NodeId, flipped: boolean): Reading => (flipped ? swapped(readings[input]) : readings[input]);
  return {
    kind: "product",
    node,
    a: matrix(inputs[0], transposeA),
    b: matrix(inputs[1], transposeB),
    shape,
    epilogue: null,
    passing: false,
  };
}

function loopOf({ graph, readings, groupOf }: Grouped, group: Group, needed: ReadonlySet<NodeId>): LoopKernel {
  const nodes = group.nodes.map((id) => graph.nodes[id]);
  const operand = (input: NodeId): Operand => {
    const reading = readings[input];
    return groupOf.get(reading.base) === group
      ? { step: reading.base }
      : { ...reading, shape: group.space, strides: stretched(reading, group.space) };
  };
  const isFold = ({ op }: Node): boolean => op === "fold";
  const steps = nodes.filter((node) => !isFold(node));
  return {
    kind: "loop",
    space: group.space,
    fold: group.fold,
    boundary: group.boundary,
    steps: steps.map(({ id, op, attributes, inputs }) => ({ node: id, op, attributes, operands: inputs.map(operand) })),
    folds: nodes.filter(isFold).map(({ id, attributes, inputs }) => ({
      node: id,
      folding: (attributes as FoldAttributes).folding,
      source: operand(inputs[0]),
    })),
    stores: steps.filter(({ id }) => needed.has(id)).map(({ id }) => id),
  };
}

/** A matrix, or a batch of them, read transposed. */
function swapped(reading: Reading): Reading {
  const swap = (list: readonly number[]): number[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return { ...reading, shape: swap(reading.shape), strides: swap(reading.strides) };
}
