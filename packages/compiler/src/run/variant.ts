// A variant: a program for arguments of certain kinds and shapes, from trace to instance.

import { type MatmulMode, matmulEngine, type Shape, sizeOf, Tensor } from "@elbo/tensor";
import {
  columnsOf,
  type Exports,
  instantiate,
  type MultiplyAdd,
  tileInUse,
  type TileShape,
  workspaceBytes,
} from "@elbo/tensor/kernels";
import { emit } from "../emit/emit.js";
import { flopsOf, sizesOf } from "../emit/product-kernel.js";
import { fuse } from "../fuse/fuse.js";
import type { Kernel } from "../fuse/kernels.js";
import type { Reading } from "../fuse/layout.js";
import { lower } from "../fuse/lower.js";
import { schedule } from "../fuse/schedule.js";
import { type Constant, isImmediate, type ProgramDType, type Source } from "../graph/graph.js";
import { aligned } from "../plan/arena.js";
import { bytesOf, constantsOf, type Draft, plan, type Plan } from "../plan/plan.js";
import { simplify } from "../simplify/simplify.js";
import type { LeafSpec } from "../trace/leaves.js";
import type { Trace } from "../trace/trace.js";
import { now } from "./clock.js";
import type { ProgramMemory } from "./memory.js";

/** What all variants of a program have in common. */
export interface ProgramParts {
  readonly memory: ProgramMemory;
  readonly shared: boolean;
  readonly threads: number;
  readonly matmul: MatmulMode;
  /** The addresses of the leaves of the state. */
  readonly state: readonly number[];
  /** The captured tensors that stand in the memory already. */
  readonly constants: Map<Tensor, number>;
  /** Where arenas stand; a variant that needs more than there is gets a new place. */
  readonly arena: { address: number; bytes: number };
}

/** Where an output is, or its number where it is known already. */
export type OutputPlace =
  | { readonly reading: Reading; readonly address: number; readonly dtype: ProgramDType }
  | { readonly constant: Tensor };

export interface Variant {
  readonly exports: Exports;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly plan: Plan;
  readonly names: readonly (readonly string[])[];
  readonly trace: Trace;
  /** The address of each leaf of the arguments; -1 for those that nothing reads. */
  readonly inputs: readonly number[];
  readonly outputs: readonly OutputPlace[];
  /** Multiplications and additions of the matrix products of a step. */
  readonly flops: number;
  readonly multiplyAdd: MultiplyAdd;
  /** Milliseconds from the trace to the instance. */
  readonly milliseconds: number;
}

/** Plans and instantiates a traced function. */
export function makeVariant(trace: Trace, parts: ProgramParts, specs: readonly LeafSpec[], started: number): Variant {
  const graph = lower(simplify(trace.graph));
  const scheduled = schedule(graph, fuse(graph));
  const multiplyAdd = parts.matmul === "fast" ? matmulEngine().fast : "separate";
  const tile = tileInUse(multiplyAdd);
  const kernels = scheduled.phases.flat();
  for (const tensor of constantsOf(graph)) placeConstant(tensor, parts);
  const placed = withArena(plan(graph, scheduled, largestWorkspace(kernels, tile), parts.threads, parts), parts);
  const { bytes, names } = emit(placed, { multiplyAdd, tile }, parts.shared);
  const inputs = specs.map((_, index) => {
    const node = graph.nodes.find(({ op, attributes }) => op === "input" && (attributes as Source).index === index);
    return node === undefined ? -1 : (placed.places.get(node.id) ?? -1);
  });
  return {
    exports: instantiate(bytes, parts.memory.memory as never),
    bytes,
    plan: placed,
    names,
    trace,
    inputs,
    outputs: scheduled.outputs.map((reading) => outputPlace(placed, reading)),
    flops: kernels.reduce((sum, kernel) => sum + (kernel.kind === "product" ? flopsOf(sizesOf(kernel)) : 0), 0),
    multiplyAdd,
    milliseconds: now() - started,
  };
}

/** Bytes that the products of one thread need beside their operands. */
export function largestWorkspace(kernels: readonly Kernel[], tile: TileShape): number {
  const sizes = kernels.flatMap((kernel) => (kernel.kind === "product" ? [sizesOf(kernel)] : []));
  // A share of few columns takes the path of narrow products, whatever the whole one takes.
  const narrow = Math.floor(columnsOf(tile) / 2);
  const bytes = sizes.flatMap(({ m, n, k }) =>
    [n, Math.min(n, narrow)].map((columns) => workspaceBytes(tile, m, columns, k)),
  );
  return Math.max(0, ...bytes);
}

/** Copies a captured tensor into the memory, once for all variants. */
function placeConstant(tensor: Tensor, { memory, constants }: ProgramParts): void {
  if (constants.has(tensor)) return;
  const address = memory.reserve(bytesOf(tensor));
  const view = tensor.dtype === "int32" ? memory.ints() : memory.floats();
  view.set(tensor.data, address / 4);
  constants.set(tensor, address);
}

/** The plan with its arena where there is room for it. */
function withArena(draft: Draft, { memory, arena }: ProgramParts): Plan {
  if (draft.arenaBytes > arena.bytes) {
    // Twice the one before at least: shapes that grow call by call take twice what the largest needs, not the sum of all.
    const bytes = aligned(Math.max(draft.arenaBytes, 2 * arena.bytes));
    arena.address = memory.reserve(bytes);
    arena.bytes = bytes;
  }
  return draft.at(arena.address);
}

function outputPlace({ graph, places }: Plan, reading: Reading): OutputPlace {
  const node = graph.nodes[reading.base];
  if (!isImmediate(node)) return { reading, address: places.get(reading.base)!, dtype: node.dtype };
  const { tensor } = node.attributes as Constant;
  const shape: Shape = reading.shape;
  return { constant: new Tensor(tensor.storage, { shape, strides: shape.map(() => 0), offset: tensor.offset }) };
}

/** Elements that a step computes, as a measure of its work beside the products. */
export const elementsOf = ({ plan: { graph } }: Variant): number =>
  graph.nodes.reduce((sum, node) => sum + (node.inputs.length > 0 ? sizeOf(node.shape) : 0), 0);
