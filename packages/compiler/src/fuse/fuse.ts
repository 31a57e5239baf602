// The stage `fuse`: groups the operations of a lowered graph into few passes over memory.

import { type Shape, sizeOf } from "@elbo/tensor";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import { kindOf } from "../graph/kinds.js";
import { type Group, reaches } from "./group.js";
import { type Kernel, SMALL_LOOP } from "./kernels.js";
import { kernelsOf } from "./kernels-of.js";
import { isDense, type Reading, readings, stretched } from "./layout.js";
import { instructionsOf, MOST_INSTRUCTIONS } from "./length.js";
import type { FoldAttributes } from "./lower.js";
import { rectangleOf } from "./merge.js";
import { findWaiting } from "./waiting.js";

/** The kernels of a graph in an order in which they can run. */
export interface Fused {
  readonly kernels: readonly Kernel[];
  /** How each node is read. */
  readonly readings: readonly Reading[];
}

/**
 * Grows loops greedily, in the order of the graph. An elementwise operation or a fold joins a loop over the same space
 * if what it reads is a step of that loop in the same place, or comes from kernels that do not need that loop. It
 * prefers the loop that makes one of its operands, then one that reads the same memory. So a loss and its gradient, or
 * the two moments of Adam and the new weights, become one pass with no rule of their own.
 *
 * An operation whose value is used once, by another operation in the same place, waits for that one and goes where it
 * goes: what is stored is then what several need.
 */
export function fuse(graph: Graph): Fused {
  const grouping = new Grouping(graph);
  for (const node of graph.nodes) if (!grouping.waits(node)) grouping.place(node);
  return { kernels: grouping.kernels(), readings: grouping.readings };
}

/** Rows of which so few are folded cannot be shared among threads. */
const FEW_ROWS = 8;

/** A fold of a large space to few numbers: a loop that shares its other work must not take it in. */
function isOneThreads(node: Node, space: Shape): boolean {
  if (node.op !== "fold" || sizeOf(space) < SMALL_LOOP) return false;
  const { kind, boundary } = node.attributes as FoldAttributes;
  return kind === "rows" && sizeOf(space.slice(0, boundary)) < FEW_ROWS;
}

class Grouping {
  readonly readings: readonly Reading[];
  readonly #graph: Graph;
  readonly #groups: Group[] = [];
  readonly #groupOf = new Map<NodeId, Group>();
  readonly #waiting: Set<NodeId>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.readings = readings(graph);
    this.#waiting = findWaiting(graph, this.readings);
  }

  /** True for an operation that goes where its one user goes, and that does not make two values of one. */
  waits(node: Node): boolean {
    return this.#waiting.has(node.id);
  }

  /** A node after those that have waited for it. */
  #withWaiting(node: Node): Node[] {
    const found = new Set([node.id]);
    // A set gives what is added while it is gone through.
    for (const id of found) {
      for (const input of this.#graph.nodes[id].inputs) if (this.#waiting.has(input)) found.add(input);
    }
    return [...found].sort((a, b) => a - b).map((id) => this.#graph.nodes[id]);
  }

  place(node: Node): void {
    const kind = kindOf(node.op);
    if (kind === "source" || (kind === "view" && this.readings[node.id].base !== node.id)) return;
    if (kind === "product" || kind === "library") {
      this.#join(this.#open(node, kind, node.shape), node);
      return;
    }
    const space = this.#spaceOf(node);
    const unit = this.#withWaiting(node);
    if (unit.length > 1 && !this.#hasRectangle(undefined, unit, space)) {
      // What has waited for a fold reads memory in a way that the fold cannot go: it is stored first.
      for (const { id } of unit) this.#waiting.delete(id);
      for (const one of unit) this.place(one);
      return;
    }
    const group = this.#candidates(unit, space).find((one) => this.#fits(one, unit)) ?? this.#open(node, "loop", space);
    for (const one of unit) this.#join(group, one);
  }

  #open(node: Node, kind: Group["kind"], space: Shape): Group {
    const group: Group = {
      id: this.#groups.length,
      kind,
      nodes: [],
      space,
      fold: null,
      boundary: space.length,
      length: 0,
      closed: false,
      needs: new Set(),
    };
    this.#groups.push(group);
    this.#setFold(group, node);
    return group;
  }

  #join(group: Group, node: Node): void {
    group.nodes.push(node.id);
    group.length += instructionsOf(node.op);
    this.#groupOf.set(node.id, group);
    this.#setFold(group, node);
    for (const input of node.inputs) {
      const from = this.#groupOf.get(this.readings[input].base);
      if (from !== undefined && from !== group) group.needs.add(from.id);
    }
  }

  #setFold(group: Group, node: Node): void {
    if (node.op !== "fold") return;
    const { kind, boundary } = node.attributes as FoldAttributes;
    Object.assign(group, { fold: kind, boundary, closed: isOneThreads(node, group.space) });
  }

  #spaceOf(node: Node): Shape {
    return node.op === "fold" ? this.#graph.nodes[node.inputs[0]].shape : node.shape;
  }

  /** The loops over the space that make an operand, the latest first, then those that read the same memory. */
  #candidates(unit: readonly Node[], space: Shape): Group[] {
    const sameSpace = this.#groups.filter((one) => one.kind === "loop" && String(one.space) === String(space));
    const bases = new Set(unit.flatMap((node) => node.inputs.map((id) => this.readings[id].base)));
    const makers = sameSpace.filter((one) => one.nodes.some((id) => bases.has(id)));
    const wide = new Set([...bases].filter((id) => this.#graph.nodes[id].shape.length > 0));
    const sharers = sameSpace.filter(
      (one) =>
        !makers.includes(one) &&
        one.nodes.some((id) => this.#graph.nodes[id].inputs.some((input) => wide.has(this.readings[input].base))),
    );
    return [...makers.reverse(), ...sharers.reverse()];
  }

  #fits(group: Group, unit: readonly Node[]): boolean {
    if (group.closed || unit.some((node) => isOneThreads(node, group.space))) return false;
    const length = unit.reduce((sum, { op }) => sum + instructionsOf(op), group.length);
    if (length > MOST_INSTRUCTIONS) return false;
    const own = new Set(unit.map(({ id }) => id));
    for (const node of unit) {
      if (node.op === "fold" && group.fold !== null) {
        const { kind, boundary } = node.attributes as FoldAttributes;
        if (group.fold !== kind || group.boundary !== boundary) return false;
      }
      for (const input of node.inputs) {
        const from = this.#groupOf.get(this.readings[input].base);
        if (from === undefined || own.has(input)) continue;
        if (from === group ? !this.#isStepOf(group, input) : reaches(this.#groups, group, from)) return false;
      }
    }
    return this.#hasRectangle(group, unit, group.space);
  }

  /** True where an operand is a step of the loop in the same place. */
  #isStepOf(group: Group, input: NodeId): boolean {
    const reading = this.readings[input];
    const maker = this.#graph.nodes[reading.base];
    return (
      maker.op !== "fold" &&
      isDense(reading) &&
      String(reading.shape) === String(group.space) &&
      String(maker.shape) === String(group.space)
    );
  }

  /** Whether the loop, or a new one, keeps or finds a form in which its folds go along one axis. */
  #hasRectangle(group: Group | undefined, unit: readonly Node[], space: Shape): boolean {
    const fold = unit.find(({ op }) => op === "fold")?.attributes as FoldAttributes | undefined;
    const kind = fold?.kind ?? group?.fold ?? null;
    if (kind === null) return true;
    const nodes = [...(group?.nodes ?? []).map((id) => this.#graph.nodes[id]), ...unit];
    const inside = new Set(nodes.map(({ id }) => id));
    const strides = nodes
      .flatMap(({ inputs }) => inputs.map((input) => this.readings[input]))
      .flatMap((reading) => (inside.has(reading.base) ? [] : [stretched(reading, space)]));
    return rectangleOf(space, strides, kind, fold?.boundary ?? group!.boundary) !== undefined;
  }

  kernels(): Kernel[] {
    const [graph, readings, groups, groupOf] = [this.#graph, this.readings, this.#groups, this.#groupOf];
    return kernelsOf({ graph, readings, groups, groupOf });
  }
}
