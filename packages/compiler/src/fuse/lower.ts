// Brings a graph into the form that fusion expects: folds of rows or of columns, and copies where elements must move.

import { GraphBuilder } from "../graph/builder.js";
import { type Graph, isImmediate, type Node, type NodeId } from "../graph/graph.js";
import { kindOf } from "../graph/kinds.js";
import { isDense, type Reading, viewed, whole } from "./layout.js";
import { rectangleOf } from "./merge.js";

/** The attributes of `fold`: the axes before `boundary` are rows; each row, or each column, becomes one number. */
export interface FoldAttributes {
  readonly folding: "sum" | "max" | "min";
  readonly kind: "rows" | "columns";
  readonly boundary: number;
}

/**
 * The same graph with
 * - `sum`, `max` and `min` as `fold`: their canonical order is that of the kept axes followed by the reduced ones;
 * - `copy` before every operand that must be dense, or have an address, and does not, and for results that are views of the state;
 * - each next state the result of an elementwise operation of its own, so that a loop can write it in place.
 */
export function lower(graph: Graph): Graph {
  const lowering = new Lowering(graph);
  return lowering.run();
}

class Lowering {
  readonly #graph: Graph;
  readonly #builder = new GraphBuilder();
  readonly #readings: Reading[] = [];
  readonly #renamed: NodeId[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  run(): Graph {
    for (const node of this.#graph.nodes) this.#renamed.push(this.#lowered(node));
    const next = this.#nextState();
    const outputs = this.#graph.outputs.map((id) => this.#output(this.#renamed[id]));
    return this.#builder.graph(outputs, next);
  }

  #lowered(node: Node): NodeId {
    const inputs = node.inputs.map((id) => this.#renamed[id]);
    if (kindOf(node.op) === "fold") return this.#fold(node, inputs[0]);
    if (kindOf(node.op) === "library")
      return this.#add(
        node.op,
        node.attributes,
        inputs.map((id) => this.#dense(id)),
        node,
      );
    if (node.op === "matmul")
      return this.#add(
        node.op,
        node.attributes,
        inputs.map((id) => this.#stored(id)),
        node,
      );
    if (node.op === "reshape" && this.#view(node, inputs) === undefined) {
      return this.#add("reshape", node.attributes, [this.#copy(inputs[0])], node);
    }
    return this.#add(node.op, node.attributes, inputs, node);
  }

  #fold(node: Node, input: NodeId): NodeId {
    const { axes } = node.attributes as { axes: readonly number[] };
    const { shape } = this.#builder.nodes[input];
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const isSuffix = axes.every((axis, i) => axis === kept.length + i);
    const isPrefix = !isSuffix && axes.every((axis, i) => axis === i);
    const order = isSuffix || isPrefix ? undefined : [...kept, ...axes];
    const source = order === undefined ? input : this.#transposed(input, order);
    const kind = isPrefix ? "columns" : "rows";
    const boundary = isPrefix ? axes.length : kept.length;
    const even = rectangleOf(this.#builder.nodes[source].shape, [this.#readings[source].strides], kind, boundary);
    const attributes: FoldAttributes = { folding: node.op as FoldAttributes["folding"], kind, boundary };
    const folded = this.#add("fold", attributes, [even === undefined ? this.#copy(source) : source], {
      shape: kept.map((axis) => shape[axis]),
      dtype: node.dtype,
    });
    return this.#add("reshape", { shape: node.shape }, [folded], node);
  }

  #transposed(id: NodeId, axes: readonly number[]): NodeId {
    const { shape, dtype } = this.#builder.nodes[id];
    return this.#add("transpose", { axes }, [id], { shape: axes.map((axis) => shape[axis]), dtype });
  }

  /** A value whose elements follow each other. */
  #dense(id: NodeId): NodeId {
    return isDense(this.#readings[id]) ? this.#stored(id) : this.#copy(id);
  }

  /** A value that has an address: a captured number, stretched or not, has none. */
  #stored(id: NodeId): NodeId {
    return isImmediate(this.#builder.nodes[this.#readings[id].base]) ? this.#copy(id) : id;
  }

  #copy(id: NodeId): NodeId {
    return this.#add("copy", {}, [id], this.#builder.nodes[id]);
  }

  /** A state that stays as it is stays; any other is written by an operation of its own. */
  #nextState(): NodeId[] {
    const taken = new Set<NodeId>();
    return this.#graph.nextState.map((id, index) => {
      const node = this.#builder.nodes[this.#renamed[id]];
      if (node.op === "state" && (node.attributes as { index: number }).index === index) return node.id;
      const direct = kindOf(node.op) === "elementwise" && !taken.has(node.id);
      const next = direct ? node.id : this.#copy(node.id);
      taken.add(next);
      return next;
    });
  }

  /** An output that looks at the state of before is copied before that changes. */
  #output(id: NodeId): NodeId {
    const base = this.#builder.nodes[this.#readings[id].base];
    const changes = base.op === "state" && this.#graph.nextState.length > 0;
    return changes ? this.#copy(id) : id;
  }

  #view(node: Pick<Node, "op" | "attributes" | "shape">, inputs: readonly NodeId[]): Reading | undefined {
    return viewed({ ...node, id: -1, inputs, dtype: "float32" }, this.#readings[inputs[0]]);
  }

  #add(op: string, attributes: unknown, inputs: readonly NodeId[], like: Pick<Node, "shape" | "dtype">): NodeId {
    const id = this.#builder.add(op, attributes, inputs, like.shape, like.dtype);
    const node = this.#builder.nodes[id];
    this.#readings.push((kindOf(op) === "view" ? this.#view(node, inputs) : undefined) ?? whole(node));
    return id;
  }
}
