// The stage `plan`: an address for every value that is stored.

import { sizeOf, type Tensor } from "@elbo/tensor";
import { BLOCK_ROWS } from "@elbo/tensor/kernels";
import { type Constant, type Graph, isImmediate, type Node, type NodeId, type Source } from "../graph/graph.js";
import { type Kernel, type ProductKernel, readsOf, type Schedule, writesOf } from "../fuse/kernels.js";
import { loopScratch } from "./loop-shape.js";
import { aligned, type Lifetime, packArena } from "./arena.js";

/** What stays where it is from step to step. */
export interface Fixed {
  /** The addresses of the leaves of the state. */
  readonly state: readonly number[];
  readonly constants: ReadonlyMap<Tensor, number>;
}

/** Addresses of everything that a program reads and writes. */
export interface Plan {
  readonly graph: Graph;
  readonly schedule: Schedule;
  readonly places: ReadonlyMap<NodeId, number>;
  /** Bytes of a kernel's own, by kernel. */
  readonly scratch: ReadonlyMap<Kernel, number>;
  /** How long each value of the arena, and each kernel's scratch, must stand; in phases. */
  readonly lifetimes: ReadonlyMap<NodeId | Kernel, Lifetime>;
  /** The address of the arena. */
  readonly arena: number;
  /** One workspace for each thread, `workspaceBytes` apart. */
  readonly workspace: number;
  readonly workspaceBytes: number;
  /** Bytes of the arena: inputs, values in between, outputs, workspaces. */
  readonly arenaBytes: number;
}

const BYTES = 4;

/** The bytes of a value; nothing takes none, so that addresses differ. */
export const bytesOf = (node: Pick<Node, "shape">): number => BYTES * Math.max(1, sizeOf(node.shape));

/** The block of rows of a passing product that a thread holds. */
export const passingBytes = ({ shape }: ProductKernel): number => BYTES * BLOCK_ROWS * shape[1];

/** The tensors that a graph captures, in order. */
export const constantsOf = (graph: Graph): Tensor[] =>
  graph.nodes.flatMap((node) =>
    node.op === "constant" && node.shape.length > 0 ? [(node.attributes as Constant).tensor] : [],
  );

/** A plan that does not know yet where its arena stands. */
export interface Draft {
  readonly arenaBytes: number;
  at(arena: number): Plan;
}

/**
 * Plans a schedule: lifetimes in phases become offsets in one arena.
 * @param workspaceBytes what the products of one thread need beside their operands
 */
export function plan(graph: Graph, schedule: Schedule, workspaceBytes: number, threads: number, fixed: Fixed): Draft {
  const last = schedule.phases.length;
  const from = new Map<NodeId, number>();
  const to = new Map<NodeId, number>();
  const scratchOf: { readonly kernel: Kernel; readonly lifetime: Lifetime }[] = [];
  schedule.phases.forEach((kernels, phase) => {
    for (const kernel of kernels) {
      for (const id of writesOf(kernel)) {
        from.set(id, phase);
        to.set(id, phase);
      }
      for (const { base } of readsOf(kernel)) to.set(base, Math.max(phase, to.get(base) ?? 0));
      const bytes = kernelScratch(kernel);
      if (bytes > 0) scratchOf.push({ kernel, lifetime: { bytes, from: phase, to: phase } });
    }
  });
  for (const { base } of schedule.outputs) to.set(base, last);
  for (const node of graph.nodes) if (node.op === "input") from.set(node.id, 0);

  const passing = new Map(
    schedule.phases
      .flat()
      .flatMap((kernel) => (kernel.kind === "product" && kernel.passing ? [[kernel.node, kernel] as const] : [])),
  );
  const bytesAt = (id: NodeId): number => {
    const kernel = passing.get(id);
    return kernel === undefined ? bytesOf(graph.nodes[id]) : threads * passingBytes(kernel);
  };
  const floating = [...from.keys()].filter((id) => !schedule.inPlace.has(id));
  const lifetimes = floating.map((id): Lifetime => ({
    bytes: bytesAt(id),
    from: from.get(id)!,
    to: to.get(id) ?? from.get(id)!,
  }));
  const packed = packArena([...lifetimes, ...scratchOf.map(({ lifetime }) => lifetime)]);
  const arenaBytes = packed.bytes + threads * aligned(workspaceBytes);
  return {
    arenaBytes,
    at: (arena) => ({
      graph,
      schedule,
      places: new Map([
        ...fixedPlaces(graph, schedule, fixed),
        ...floating.map((id, i) => [id, arena + packed.offsets[i]] as const),
      ]),
      scratch: new Map(scratchOf.map(({ kernel }, i) => [kernel, arena + packed.offsets[floating.length + i]])),
      lifetimes: new Map<NodeId | Kernel, Lifetime>([
        ...floating.map((id, i) => [id, lifetimes[i]] as const),
        ...scratchOf.map(({ kernel, lifetime }) => [kernel, lifetime] as const),
      ]),
      arena,
      workspace: arena + packed.bytes,
      workspaceBytes: aligned(workspaceBytes),
      arenaBytes,
    }),
  };
}

/** The addresses of state, of what is written into its place, and of constants. */
function fixedPlaces(graph: Graph, schedule: Schedule, { state, constants }: Fixed): [NodeId, number][] {
  const outside = graph.nodes.flatMap((node): [NodeId, number][] => {
    if (node.op === "state") return [[node.id, state[(node.attributes as Source).index]]];
    if (node.op !== "constant" || isImmediate(node)) return [];
    return [[node.id, constants.get((node.attributes as Constant).tensor)!]];
  });
  return [...outside, ...[...schedule.inPlace].map(([id, leaf]): [NodeId, number] => [id, state[leaf]])];
}

/** What the folds of a loop need on the way. */
function kernelScratch(kernel: Kernel): number {
  const loop = kernel.kind === "product" ? kernel.epilogue : kernel.kind === "loop" ? kernel : null;
  return loop === null ? 0 : loopScratch(loop);
}
