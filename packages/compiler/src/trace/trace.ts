// The stage `trace`: runs a function on symbolic values and keeps the graph of what it did.

import {
  concrete,
  ConcreteReadError,
  isSymbolic,
  isSymbolicKey,
  isTraced,
  type Recorder,
  Symbolic,
  SymbolicKey,
} from "@elbo/autograd";
import { ArgumentError, DTypeError, type Key, tensor, Tensor } from "@elbo/tensor";
import type { Graph, NodeId, ProgramDType, Source } from "../graph/graph.js";
import { GraphBuilder } from "../graph/builder.js";
import { checkOperation } from "./check.js";
import { isKey, type Leaf, type LeafSpec, leavesOf, withLeaves } from "./leaves.js";
import { described, requireSameLeaves } from "./specs.js";

/** A traced function: its graph, and the tree that its outputs belong in. */
export interface Trace {
  readonly graph: Graph;
  /** The kinds of the outputs, in the order of the graph's. */
  readonly outputs: readonly LeafSpec["kind"][];
  /** The outputs as the function returned them, to be rebuilt with numbers. */
  readonly tree: unknown;
}

/** Writes down into a graph what symbolic values go through. */
class GraphRecorder implements Recorder {
  readonly builder = new GraphBuilder();

  record(op: string, attributes: unknown, inputs: readonly unknown[]): Symbolic {
    if (op === "custom")
      return this.symbolic((attributes as { f: (...x: unknown[]) => unknown }).f(...this.#values(inputs)));
    refuseSettings(op, attributes);
    const ids = inputs.map((x, place) => this.node(x, dtypeOfNumber(op, inputs, place)));
    checkOperation(
      op,
      attributes,
      ids.map((id) => this.builder.nodes[id]),
    );
    return this.at(this.builder.op(op as "add", attributes as never, ids));
  }

  /** The node of a value; numbers and tensors from outside become constants. */
  node(x: unknown, dtype: ProgramDType = "float32"): NodeId {
    if (typeof x === "number") {
      if (dtype === "int32" && x !== (x | 0)) {
        throw new DTypeError(
          `${x} stands beside an int32 value, and is no int32; convert that with cast(x, "float32")`,
          {
            op: "compile",
          },
        );
      }
      return this.builder.scalar(dtype === "float32" ? Math.fround(x) : x, dtype);
    }
    if (isSymbolic(x)) {
      if (x.recorder === this) return x.node;
      throw new ArgumentError("a value of another compiled function was used; pass it as an argument", { op: x.op });
    }
    if (isTraced(x))
      throw new ArgumentError(
        "the compiled function is used inside of grad; compile the gradient instead: compile(grad(f))",
        { op: "compile" },
      );
    if (x instanceof Tensor) return this.builder.constant(x);
    throw new ArgumentError(`takes tensors and numbers, got ${typeof x}`, { op: "compile" });
  }

  symbolic(x: unknown): Symbolic {
    return isSymbolic(x) && x.recorder === this ? x : this.at(this.node(x));
  }

  at(id: NodeId): Symbolic {
    const { op, attributes, shape, dtype } = this.builder.nodes[id];
    const isNamed = op === "input" || op === "state";
    return new Symbolic(this, id, isNamed ? (attributes as Source).name : op, shape, dtype);
  }

  /** What is known of a leaf of the next state. */
  leaf(leaf: Leaf): Pick<LeafSpec, "shape" | "dtype"> {
    return this.builder.nodes[this.node(symbolicOf(leaf))];
  }

  #values(inputs: readonly unknown[]): Symbolic[] {
    return inputs.map((x) => this.symbolic(x));
  }
}

/** @throws ConcreteReadError where a setting of an operation, such as an axis or a limit, is a value of the program */
function refuseSettings(op: string, attributes: unknown): void {
  if (isSymbolic(attributes)) throw new ConcreteReadError(`a setting of ${op}`, attributes);
  if (isTraced(attributes)) refuseSettings(op, attributes.primal);
  else if (Array.isArray(attributes)) for (const one of attributes) refuseSettings(op, one);
  else if (typeof attributes === "object" && attributes !== null && !(attributes instanceof Tensor)) {
    for (const one of Object.values(attributes)) refuseSettings(op, one);
  }
}

/** Numbers have no dtype of their own: indices are int32, conditions float32, others what the values beside them are. */
function dtypeOfNumber(op: string, inputs: readonly unknown[], place: number): ProgramDType {
  if (op === "gather" || op === "scatterAdd") return place === 1 ? "int32" : "float32";
  if (op === "where" && place === 0) return "float32";
  const beside = inputs.filter((x, at) => typeof x !== "number" && !(op === "where" && at === 0));
  return beside.length > 0 && beside.every((x) => (x as Symbolic | Tensor).dtype === "int32") ? "int32" : "float32";
}

/**
 * Runs `f(state, ...args)`, or `f(...args)` without state, on values of the given kinds and shapes.
 * @throws ConcreteReadError where the function asks for a number; what the operations throw for wrong shapes
 */
export function trace(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  specs: readonly LeafSpec[],
  state?: { readonly tree: unknown; readonly specs: readonly LeafSpec[] },
): Trace {
  const recorder = new GraphRecorder();
  const leafOf = (kind: "input" | "state", { name, ...spec }: LeafSpec, index: number): unknown => {
    const value = recorder.at(recorder.builder.source(kind, { index, name }, spec.shape, spec.dtype));
    return spec.kind === "key" ? new SymbolicKey(value) : value;
  };
  const before = state?.specs.map((spec, i) => leafOf("state", spec, i));
  const inputs = withLeaves(
    args,
    specs.map((spec, i) => leafOf("input", spec, i)),
  ) as unknown[];
  const result =
    state === undefined ? f(...(inputs as never[])) : f(...([withLeaves(state.tree, before!), ...inputs] as never[]));
  const [next, tree] = state === undefined ? [[], result] : stateAndOutputs(result);
  const nextLeaves = leavesOf(next, "state");
  if (state !== undefined) {
    const found = nextLeaves.map(([name, leaf]) => described(name, recorder.leaf(leaf)));
    requireSameLeaves("the next state", state.specs, found);
  }
  const outputs = leavesOf(tree, "").map(([, leaf]) => leaf);
  const nodeOf = (leaf: Leaf): NodeId => recorder.node(symbolicOf(leaf));
  return {
    graph: recorder.builder.graph(
      outputs.map(nodeOf),
      nextLeaves.map(([, leaf]) => nodeOf(leaf)),
    ),
    outputs: outputs.map((leaf) => (isKey(leaf) ? "key" : "tensor")),
    tree,
  };
}

/** A leaf as a value: a key is its two words. */
function symbolicOf(leaf: Leaf): unknown {
  if (isSymbolicKey(leaf)) return leaf.value;
  if (isKey(leaf))
    return tensor(
      (leaf as Key).words.map((word) => word | 0),
      { dtype: "int32" },
    );
  return isTraced(leaf) ? concrete(leaf) : leaf;
}

function stateAndOutputs(result: unknown): [unknown, unknown] {
  if (Array.isArray(result) && result.length === 2) return [result[0], result[1]];
  const got = Array.isArray(result)
    ? `an array of ${result.length}`
    : result === undefined
      ? "nothing"
      : `one ${typeof result}`;
  throw new ArgumentError(`a function with state returns [nextState, outputs], this one gave ${got}`, {
    op: "compile",
  });
}
