// Builds a graph node by node; equal constants are one node.

import { broadcastShapes, DTypeError, type DType, formatShape, full, type Shape, Tensor } from "@elbo/tensor";
import { type OpAttributes, type OpName, type OpRecord, table } from "@elbo/autograd";
import type { Constant, Graph, Node, NodeId, ProgramDType, Source } from "./graph.js";

/** Collects nodes; every operand given to it is a node that it has already. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly #scalars = new Map<string, NodeId>();
  readonly #tensors = new Map<Tensor, NodeId>();

  /** A node with everything given. */
  add(op: string, attributes: unknown, inputs: readonly NodeId[], shape: Shape, dtype: ProgramDType): NodeId {
    const id = this.nodes.length;
    this.nodes.push({ id, op, attributes, inputs: [...inputs], shape: [...shape], dtype });
    return id;
  }

  /** A value from outside. */
  source(kind: "input" | "state", source: Source, shape: Shape, dtype: ProgramDType): NodeId {
    return this.add(kind, source, [], shape, dtype);
  }

  /** A captured tensor; one number in all places of a shape is a scalar, stretched. */
  constant(tensor: Tensor): NodeId {
    const known = this.#tensors.get(tensor);
    if (known !== undefined) return known;
    const dtype = programDType("compile", tensor.dtype, `a captured tensor ${formatShape(tensor.shape)}`);
    const uniform = uniformValue(tensor);
    const id =
      uniform === undefined || tensor.shape.length === 0
        ? tensor.shape.length === 0
          ? this.scalar(uniform!, dtype)
          : this.add("constant", { tensor } satisfies Constant, [], tensor.shape, dtype)
        : this.op("broadcastTo", { shape: tensor.shape }, [this.scalar(uniform, dtype)]);
    this.#tensors.set(tensor, id);
    return id;
  }

  /** One number, of shape []. */
  scalar(value: number, dtype: ProgramDType = "float32"): NodeId {
    const name = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
    let id = this.#scalars.get(name);
    if (id === undefined) {
      id = this.add("constant", { tensor: full([], value, { dtype }) } satisfies Constant, [], [], dtype);
      this.#scalars.set(name, id);
    }
    return id;
  }

  /** An operation of the table; its shape and dtype follow. */
  op<N extends OpName>(op: N, attributes: OpAttributes[N], inputs: readonly NodeId[]): NodeId {
    const operands = inputs.map((id) => this.nodes[id]);
    const record = table[op] as unknown as OpRecord<OpAttributes[N]>;
    const shape = record.shape(
      operands.map((one) => one.shape),
      attributes,
    );
    return this.add(op, attributes, inputs, shape, resultDType(op, attributes, operands));
  }

  graph(outputs: readonly NodeId[], nextState: readonly NodeId[]): Graph {
    return { nodes: this.nodes, outputs, nextState };
  }
}

/** The dtype of a program's value, or why a program cannot hold it. */
export function programDType(op: string, dtype: DType, name = "this value"): ProgramDType {
  if (dtype === "float64") {
    throw new DTypeError(
      `${name} is float64, and a compiled program computes in float32; convert it with cast(x, "float32"), or run the function eagerly`,
      { op },
    );
  }
  return dtype;
}

const COMPARISONS = new Set(["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"]);
/** Operations whose values are int32 whatever their operands are. */
const INTEGERS = new Set(["argMax", "argMin", "foldIn", "splitKey", "randomInt"]);
const FLOATS = new Set(["uniform", "normal"]);

/** The dtype of a result, as the eager operation has it. */
function resultDType(op: string, attributes: unknown, operands: readonly Node[]): ProgramDType {
  if (op === "cast") return programDType(op, (attributes as { dtype: DType }).dtype);
  if (INTEGERS.has(op)) return "int32";
  if (FLOATS.has(op) || COMPARISONS.has(op)) return "float32";
  if (op === "gather" || op === "scatterAdd") return operands[0].dtype;
  if (op === "where") return operands[1].dtype === "int32" && operands[2].dtype === "int32" ? "int32" : "float32";
  return operands.some((one) => one.dtype === "float32") ? "float32" : "int32";
}

/** The one number that fills a tensor, to the bit. */
function uniformValue(tensor: Tensor): number | undefined {
  if (tensor.size === 0) return undefined;
  const first = tensor.storage[tensor.offset];
  if (tensor.shape.length === 0) return first;
  const repeats = tensor.strides.every((stride, axis) => stride === 0 || tensor.shape[axis] === 1);
  return repeats || tensor.data.every((x) => Object.is(x, first)) ? first : undefined;
}

/** The shape that operands broadcast to. */
export const commonShape = (op: string, operands: readonly Node[]): Shape =>
  broadcastShapes(op, ...operands.map((one) => one.shape));
