// Stage 3, fuse: groups the operations of a lowered graph into few passes over memory.

import type { Shape } from "@elbo/tensor";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import type { Kernel, LoopKernel, Operand } from "./kernels.js";
import { isDense, type Reading, readings, stretched, VIEWS } from "./layout.js";
import { instructionsOf, MOST_INSTRUCTIONS } from "./length.js";
import { type FoldAttributes, isElementwise, isSource, LIBRARY } from "./lower.js";
import { type FoldKind, rectangleOf } from "./merge.js";

/** A kernel in the making. */
interface Group {
  readonly id: number;
  readonly kind: Kernel["kind"];
  readonly nodes: NodeId[];
  readonly space: Shape;
  fold: FoldKind;
  boundary: number;
  /** Its vector instructions. */
  length: number;
  /** Groups whose results this one reads. */
  readonly needs: Set<number>;
}

/** The kernels of a graph in an order in which they can run, and which of them makes each node. */
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

class Grouping {
  readonly readings: readonly Reading[];
  readonly #graph: Graph;
  readonly #groups: Group[] = [];
  readonly #groupOf = new Map<NodeId, Group>();
  readonly #waiting: Set<NodeId>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.readings = readings(graph);
    this.#waiting = this.#findWaiting();
  }

  /** True for an operation that goes where its one user goes, and that does not make two values of one. */
  waits(node: Node): boolean {
    return this.#waiting.has(node.id);
  }

  #findWaiting(): Set<NodeId> {
    const users = new Map<NodeId, NodeId[]>();
    const { nodes, outputs, nextState } = this.#graph;
    for (const { id, inputs } of nodes) {
      for (const input of inputs)
        users.set(this.readings[input].base, [...(users.get(this.readings[input].base) ?? []), id]);
    }
    const kept = new Set([...outputs, ...nextState].map((id) => this.readings[id].base));
    const waiting = new Set<NodeId>();
    /** The instructions of a node and of those that have waited for it. */
    const lengths: number[] = [];
    for (const node of nodes) {
      lengths.push(
        node.inputs.reduce((sum, id) => sum + (waiting.has(id) ? lengths[id] : 0), instructionsOf(node.op)),
      );
      const [user, ...others] = users.get(node.id) ?? [];
      if (!isElementwise(node.op) || kept.has(node.id) || user === undefined || others.length > 0) continue;
      const takes = isElementwise(nodes[user].op) || nodes[user].op === "fold";
      const made = node.inputs.filter((id) => {
        const base = nodes[this.readings[id].base];
        return !isSource(base.op) && !waiting.has(base.id) && String(base.shape) === String(node.shape);
      });
      if (
        takes &&
        made.length <= 1 &&
        // No operation has more than three operands that have waited: with them it fits into one loop.
        lengths[node.id] + instructionsOf(nodes[user].op) <= MOST_INSTRUCTIONS / 3 &&
        String(this.#spaceOf(nodes[user])) === String(node.shape) &&
        nodes[user].inputs.includes(node.id)
      ) {
        waiting.add(node.id);
      }
    }
    return waiting;
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
    if (isSource(node.op) || (VIEWS.has(node.op) && this.readings[node.id].base !== node.id)) return;
    if (node.op === "matmul" || LIBRARY.has(node.op)) {
      this.#join(this.#open(node, node.op === "matmul" ? "product" : "library", node.shape), node);
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
    Object.assign(group, { fold: kind, boundary });
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
        if (from === group ? !this.#isStepOf(group, input) : this.#reaches(group, from)) return false;
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

  /** Whether `late` needs `early`, by way of any number of others. */
  #reaches(early: Group, late: Group): boolean {
    const open = [late];
    const seen = new Set<number>([late.id]);
    for (let group = open.pop(); group !== undefined; group = open.pop()) {
      if (group === early) return true;
      for (const id of group.needs) {
        if (!seen.has(id)) open.push(this.#groups[id]);
        seen.add(id);
      }
    }
    return false;
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

  /** The kernels, each after those that it needs. */
  kernels(): Kernel[] {
    const needed = this.#neededOutside();
    return inOrder(this.#groups).map((group) => this.#kernel(group, needed));
  }

  /** The nodes that are read from memory: by another group, in another place, or by the caller. */
  #neededOutside(): ReadonlySet<NodeId> {
    const needed = new Set<NodeId>();
    for (const group of this.#groups) {
      for (const id of group.nodes) {
        for (const input of this.#graph.nodes[id].inputs) {
          const { base } = this.readings[input];
          if (this.#groupOf.get(base) !== group) needed.add(base);
        }
      }
    }
    for (const id of [...this.#graph.outputs, ...this.#graph.nextState]) needed.add(this.readings[id].base);
    return needed;
  }

  #kernel(group: Group, needed: ReadonlySet<NodeId>): Kernel {
    const nodes = group.nodes.map((id) => this.#graph.nodes[id]);
    const [{ id: node, op, attributes, inputs, shape }] = nodes;
    if (group.kind === "library") {
      return { kind: "library", node, op, attributes, inputs: inputs.map((input) => this.readings[input]) };
    }
    if (group.kind === "product") {
      const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
      const [a, b] = [[inputs[0], transposeA] as const, [inputs[1], transposeB] as const].map(([input, flipped]) =>
        flipped ? swapped(this.readings[input]) : this.readings[input],
      );
      return { kind: "product", node, a, b, shape, epilogue: null };
    }
    const operand = (input: NodeId): Operand => {
      const reading = this.readings[input];
      return this.#groupOf.get(reading.base) === group
        ? { step: reading.base }
        : { ...reading, shape: group.space, strides: stretched(reading, group.space) };
    };
    const steps = nodes.filter((one) => one.op !== "fold");
    const folds = nodes.filter((one) => one.op === "fold");
    const loop: LoopKernel = {
      kind: "loop",
      space: group.space,
      fold: group.fold,
      boundary: group.boundary,
      steps: steps.map((one) => ({
        node: one.id,
        op: one.op,
        attributes: one.attributes,
        operands: one.inputs.map(operand),
      })),
      folds: folds.map((one) => ({
        node: one.id,
        folding: (one.attributes as FoldAttributes).folding,
        source: operand(one.inputs[0]),
      })),
      stores: steps.filter((one) => needed.has(one.id)).map((one) => one.id),
    };
    return loop;
  }
}

/** A matrix, or a batch of them, read transposed. */
function swapped(reading: Reading): Reading {
  const swap = (list: readonly number[]): number[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return { ...reading, shape: swap(reading.shape), strides: swap(reading.strides) };
}

/** Groups after those that they need; otherwise as they were opened. */
function inOrder(groups: readonly Group[]): Group[] {
  const done = new Set<number>();
  const order: Group[] = [];
  const visit = (first: Group): void => {
    const stack = [first];
    while (stack.length > 0) {
      const group = stack.at(-1)!;
      const missing = [...group.needs].find((id) => !done.has(id));
      if (missing !== undefined) stack.push(groups[missing]);
      else {
        stack.pop();
        if (!done.has(group.id)) order.push(group);
        done.add(group.id);
      }
    }
  };
  for (const group of groups) visit(group);
  return order;
}
