// Questions that the passes ask about nodes.

import { type OpAttributes, type OpName, type OpRecord, table } from "@elbo/autograd";
import { broadcastTo, sameShape, type Shape, sizeOf, type Tensor } from "@elbo/tensor";
import type { GraphBuilder } from "../graph/builder.js";
import { type Constant, isImmediate, type Node, type NodeId } from "../graph/graph.js";

/** The record of an operation; undefined for what comes from outside. */
export const recordOf = (op: string): OpRecord<unknown> | undefined =>
  Object.hasOwn(table, op) ? (table[op as OpName] as OpRecord<unknown>) : undefined;

/** The attributes of a node that is known to be of this operation. */
export const attributesOf = <N extends OpName>(node: Node, _op: N): OpAttributes[N] =>
  node.attributes as OpAttributes[N];

const SHAPE_KEEPING = new Set(["leakyRelu", "elu", "clamp"]);

/** True where each element of the result is computed from one element of each operand, which broadcast. */
export const isElementwise = (op: string): boolean =>
  SHAPE_KEEPING.has(op) || (op !== "matmul" && recordOf(op)?.broadcasts === true);

const isStretchedNumber = (builder: GraphBuilder, node: Node): boolean =>
  node.op === "broadcastTo" && isImmediate(builder.nodes[node.inputs[0]]);

/** The numbers of a constant, stretched or not; undefined for what is computed or comes from outside. */
export function constantTensor(builder: GraphBuilder, id: NodeId): Tensor | undefined {
  const node = builder.nodes[id];
  if (node.op === "constant") return (node.attributes as Constant).tensor;
  return isStretchedNumber(builder, node)
    ? broadcastTo(constantTensor(builder, node.inputs[0])!, node.shape)
    : undefined;
}

/** The number of a constant of shape [], stretched or not. */
export function scalarValue(builder: GraphBuilder, id: NodeId): number | undefined {
  const node = builder.nodes[id];
  if (isStretchedNumber(builder, node)) return scalarValue(builder, node.inputs[0]);
  return isImmediate(node) ? (node.attributes as Constant).tensor.item() : undefined;
}

/** True for the constant of exactly this number: 0 is not -0. */
export const isNumber = (builder: GraphBuilder, id: NodeId, value: number): boolean =>
  Object.is(scalarValue(builder, id), value);

/** A node in a shape that it broadcasts to. */
export const stretch = (builder: GraphBuilder, id: NodeId, shape: Shape): NodeId =>
  sameShape(builder.nodes[id].shape, shape) ? id : builder.op("broadcastTo", { shape }, [id]);

/** True where one shape is the other with further axes of length 1 in front. */
export const addsLeadingOnes = (from: Shape, to: Shape): boolean =>
  to.length >= from.length &&
  sizeOf(to.slice(0, to.length - from.length)) === 1 &&
  sameShape(to.slice(to.length - from.length), from);
