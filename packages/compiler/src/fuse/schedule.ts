// Puts kernels into phases, gives products their epilogues, and decides which state is written in place.

import { BLOCK_ROWS, MOST_STEPS } from "@elbo/tensor/kernels";
import type { Graph, NodeId } from "../graph/graph.js";
import type { Fused } from "./fuse.js";
import { type Kernel, type LoopKernel, loopReads, readsOf, type Schedule, writesOf } from "./kernels.js";
import { denseStrides, type Reading } from "./layout.js";

/**
 * Each kernel goes into the first phase in which all that it needs is there. A loop that writes a state leaf in place
 * comes after all other readers of that leaf; where it cannot, the new value is kept aside, and copied in a last phase.
 */
export function schedule(graph: Graph, fused: Fused): Schedule {
  const kept = new Set([...graph.outputs, ...graph.nextState].map((id) => fused.readings[id].base));
  const kernels = withEpilogues(fused.kernels).map((kernel, _, all) => withPassing(kernel, all, kept));
  const needs = kernels.map(() => new Set<number>());
  const maker = new Map<NodeId, number>();
  kernels.forEach((kernel, k) => writesOf(kernel).forEach((id) => maker.set(id, k)));
  kernels.forEach((kernel, k) => {
    for (const { base } of readsOf(kernel)) {
      const from = maker.get(base);
      if (from !== undefined && from !== k) needs[k].add(from);
    }
  });
  const inPlace = new Map<NodeId, number>();
  const late: Kernel[] = [];
  graph.nextState.forEach((next, leaf) => {
    const state = stateNode(graph, leaf);
    if (next === state) return;
    const writer = maker.get(next)!;
    const readers = kernels.flatMap((kernel, k) =>
      k !== writer && readsOf(kernel).some(({ base }) => base === state) ? [k] : [],
    );
    const own = readsOf(kernels[writer]).filter(({ base }) => base === state);
    if (
      own.every((reading) => readsInPlace(kernels[writer], reading)) &&
      readers.every((k) => !reaches(needs, writer, k))
    ) {
      for (const k of readers) needs[writer].add(k);
      inPlace.set(next, leaf);
    } else {
      const node = graph.nodes.length + late.length;
      late.push(copyKernel(graph, next, node));
      inPlace.set(node, leaf);
    }
  });
  const level: number[] = [];
  const levelOf = (k: number): number => (level[k] ??= Math.max(-1, ...[...needs[k]].map(levelOf)) + 1);
  const phases: Kernel[][] = [];
  kernels.forEach((kernel, k) => (phases[levelOf(k)] ??= []).push(kernel));
  if (late.length > 0) phases.push(late);
  return { phases, inPlace, outputs: graph.outputs.map((id) => fused.readings[id]) };
}

const stateNode = (graph: Graph, leaf: number): NodeId =>
  graph.nodes.findIndex(({ op, attributes }) => op === "state" && (attributes as { index: number }).index === leaf);

/** Whether kernel `k` needs kernel `from`, by way of any number of others. */
function reaches(needs: readonly ReadonlySet<number>[], from: number, k: number): boolean {
  const open = [k];
  const seen = new Set(open);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === from) return true;
    for (const next of needs[at]) {
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return false;
}

/** Whether a loop reads each place before it writes that place, and no other. The operands of a product are read all over. */
function readsInPlace(kernel: Kernel, reading: Reading): boolean {
  const loop = kernel.kind === "product" ? kernel.epilogue : kernel.kind === "loop" ? kernel : null;
  const { offset, strides } = reading;
  if (loop === null || offset !== 0 || (kernel.kind === "product" && (reading === kernel.a || reading === kernel.b)))
    return false;
  const dense = denseStrides(loop.space);
  return loop.space.every((length, axis) => length === 1 || strides[axis] === dense[axis]);
}

function copyKernel(graph: Graph, from: NodeId, node: NodeId): LoopKernel {
  const { shape } = graph.nodes[from];
  const reading: Reading = { base: from, shape, strides: denseStrides(shape), offset: 0 };
  return {
    kind: "loop",
    space: shape,
    fold: null,
    boundary: shape.length,
    steps: [{ node, op: "copy", attributes: {}, operands: [reading] }],
    folds: [],
    stores: [node],
  };
}

/** So few columns, or rows, take a path of their own through the product; so deep a one is added up in several rounds. */
const PASSING = { columns: 16, rows: BLOCK_ROWS, depth: MOST_STEPS } as const;

/** Whether a product is read by its epilogue alone, and computed block of rows by block of rows. */
function withPassing(kernel: Kernel, kernels: readonly Kernel[], kept: ReadonlySet<NodeId>): Kernel {
  if (kernel.kind !== "product" || kernel.epilogue === null || kept.has(kernel.node)) return kernel;
  const [rows, columns] = kernel.shape;
  const depth = kernel.a.shape.at(-1)!;
  const inBlocks = rows > PASSING.rows && columns >= PASSING.columns && depth > 0 && depth <= PASSING.depth;
  const readElsewhere = kernels.some(
    (other) => other !== kernel && readsOf(other).some(({ base }) => base === kernel.node),
  );
  return inBlocks && !readElsewhere ? { ...kernel, passing: true } : kernel;
}

/** Columns may be folded piece by piece up to so many rows: a block of the canonical tree. */
const MOST_FOLDED_ROWS = 1024;

/**
 * A loop over a product `[m, n]` that needs nothing else of the same time becomes its epilogue: it runs on each part of
 * the product while that is in the cache. Not where it folds rows, which a share of columns does not hold whole.
 */
function withEpilogues(kernels: readonly Kernel[]): Kernel[] {
  const maker = new Map<NodeId, number>();
  kernels.forEach((kernel, k) => writesOf(kernel).forEach((id) => maker.set(id, k)));
  const needs = kernels.map(
    (kernel, k) =>
      new Set(
        readsOf(kernel)
          .flatMap(({ base }) => maker.get(base) ?? [])
          .filter((from) => from !== k),
      ),
  );
  const result: (Kernel | null)[] = [...kernels];
  kernels.forEach((kernel, k) => {
    // A product without elements is not computed, but folds of it are.
    if (kernel.kind !== "product" || kernel.shape.length !== 2 || kernel.shape.includes(0)) return;
    const taker = kernels.findIndex(
      (other, o) =>
        result[o] !== null &&
        other.kind === "loop" &&
        other.fold !== "rows" &&
        String(other.space) === String(kernel.shape) &&
        (other.fold !== "columns" || (other.boundary === 1 && kernel.shape[0] <= MOST_FOLDED_ROWS)) &&
        readsProductInPlace(other, kernel.node) &&
        [...needs[o]].every((from) => from === k || !reaches(needs, k, from)),
    );
    if (taker < 0) return;
    // The product now needs what the loop needs, and whoever needed the loop needs the product.
    const loop = kernels[taker] as LoopKernel;
    for (const from of needs[taker]) if (from !== k) needs[k].add(from);
    for (const own of needs) if (own.delete(taker)) own.add(k);
    result[k] = { ...kernel, epilogue: loop };
    result[taker] = null;
  });
  return result.filter((kernel) => kernel !== null);
}

/** Whether every reading of the product is of the very place that the loop is at. */
function readsProductInPlace(loop: LoopKernel, product: NodeId): boolean {
  const own = loopReads(loop).filter(({ base }) => base === product);
  return own.length > 0 && own.every((reading) => readsInPlace(loop, reading));
}
