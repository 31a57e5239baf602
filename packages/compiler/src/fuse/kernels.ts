// What a program is made of: loops over elements, matrix products, and library kernels.

import type { Shape } from "@elbo/tensor";
import type { NodeId } from "../graph/graph.js";
import type { LibraryOp } from "../graph/kinds.js";
import type { Reading } from "./layout.js";
import type { FoldKind } from "./merge.js";

/** Where a step of a loop gets an operand: from a step before it, or from memory. */
export type Operand = { readonly step: NodeId } | Reading;

/** One elementwise operation of a loop. */
export interface Step {
  readonly node: NodeId;
  readonly op: string;
  readonly attributes: unknown;
  readonly operands: readonly Operand[];
}

/** One fold of a loop: the value that is folded, and what folds it. */
export interface Fold {
  readonly node: NodeId;
  readonly folding: "sum" | "max" | "min";
  readonly source: Operand;
}

/** One pass over a space: in each place all steps, in order; some of their values are stored, some folded. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly space: Shape;
  readonly fold: FoldKind;
  /** With a fold: the axes before it are rows, the others columns. */
  readonly boundary: number;
  readonly steps: readonly Step[];
  readonly folds: readonly Fold[];
  /** Steps whose values others need. */
  readonly stores: readonly NodeId[];
}

/** A product of matrices; `a` and `b` are read with their strides, transposed ones too; leading axes are batches. */
export interface ProductKernel {
  readonly kind: "product";
  readonly node: NodeId;
  /** `[...batch, m, k]` and `[...batch, k, n]`. */
  readonly a: Reading;
  readonly b: Reading;
  readonly shape: Shape;
  /** A loop over the product, run on each part of it as soon as it is there. */
  readonly epilogue: LoopKernel | null;
  /** Nobody but the epilogue reads the product: one block of rows of it is held at a time. */
  readonly passing: boolean;
}

/** An operation that is neither: gather, concat, random numbers ... Its operands are dense. */
export interface LibraryKernelUse {
  readonly kind: "library";
  readonly node: NodeId;
  readonly op: LibraryOp;
  readonly attributes: unknown;
  readonly inputs: readonly Reading[];
}

/** A loop over fewer elements is one thread's work: the others have no share worth its cost. */
export const SMALL_LOOP = 2048;

export type Kernel = LoopKernel | ProductKernel | LibraryKernelUse;

/** Kernels in phases: those of one phase do not need each other; between phases all threads meet. */
export interface Schedule {
  readonly phases: readonly (readonly Kernel[])[];
  /** The state leaves that a step of a loop writes in place: from the step's node to the leaf's number. */
  readonly inPlace: ReadonlyMap<NodeId, number>;
  /** How each output is read. */
  readonly outputs: readonly Reading[];
}

/** The stored values that a kernel reads. */
export function readsOf(kernel: Kernel): Reading[] {
  switch (kernel.kind) {
    case "loop":
      return loopReads(kernel);
    case "product":
      return [kernel.a, kernel.b, ...(kernel.epilogue === null ? [] : loopReads(kernel.epilogue))];
    case "library":
      return [...kernel.inputs];
  }
}

const isReading = (operand: Operand): operand is Reading => "base" in operand;

export const loopReads = (loop: LoopKernel): Reading[] =>
  [...loop.steps.flatMap((step) => step.operands), ...loop.folds.map((fold) => fold.source)].filter(isReading);

/** The nodes whose values a kernel stores. */
export function writesOf(kernel: Kernel): NodeId[] {
  switch (kernel.kind) {
    case "loop":
      return [...kernel.stores, ...kernel.folds.map((fold) => fold.node)];
    case "product":
      return [kernel.node, ...(kernel.epilogue === null ? [] : writesOf(kernel.epilogue))];
    case "library":
      return [kernel.node];
  }
}
