// The graph of a traced function: its operations, in an order in which they can be computed.

import type { Shape, Tensor } from "@elbo/tensor";

/** The kinds of number that a program computes with. A key of random numbers is two int32 words. */
export type ProgramDType = "float32" | "int32";

/** The number of a node: its place in the list. */
export type NodeId = number;

/** One value of the program: an operation on values before it. */
export interface Node {
  readonly id: NodeId;
  /** An operation of autograd's table, or where a value comes from: `input`, `state` or `constant`. */
  readonly op: string;
  /** As the table has them; a `Source` where the value comes from outside. */
  readonly attributes: unknown;
  readonly inputs: readonly NodeId[];
  readonly shape: Shape;
  readonly dtype: ProgramDType;
}

/** Attributes of `input` and `state`: which leaf, and what listings call it. */
export interface Source {
  readonly index: number;
  readonly name: string;
}

/** Attributes of `constant`: its numbers. One number that fills a shape is a constant of shape [] that is stretched. */
export interface Constant {
  readonly tensor: Tensor;
}

/** A captured number stands in the code itself: it has no address. */
export const isImmediate = (node: Pick<Node, "op" | "shape">): boolean =>
  node.op === "constant" && node.shape.length === 0;

/** Invariant: operands come before the nodes that use them. */
export interface Graph {
  readonly nodes: readonly Node[];
  /** What the function returns, leaf by leaf. */
  readonly outputs: readonly NodeId[];
  /** What the state becomes, one node for each leaf of the state. */
  readonly nextState: readonly NodeId[];
}
