// The stages that need to know of a memory, with one made up for the example: for readers and tests.

import { tileInUse } from "@elbo/tensor/kernels";
import type { Tensor } from "@elbo/tensor";
import { emit, type Emitted } from "../emit/emit.js";
import type { Schedule } from "../fuse/kernels.js";
import type { Graph, Source } from "../graph/graph.js";
import { aligned } from "../plan/arena.js";
import { bytesOf, constantsOf, plan, type Plan } from "../plan/plan.js";
import { type LeafSpec, leavesOf } from "../trace/leaves.js";
import { argumentLeaves, parametersOf, specOf } from "../trace/specs.js";
import { type Trace, trace } from "../trace/trace.js";
import { CONTROL_BYTES } from "../plan/control.js";
import { largestWorkspace } from "./variant.js";

/** The kinds and shapes of a tree's leaves, under their paths: `leafSpecs(layer, "layer")` has `layer.weight`. */
export const leafSpecs = (tree: unknown, path = ""): LeafSpec[] =>
  leavesOf(tree, path).map(([name, leaf]) => specOf(name, leaf));

/**
 * The stage `trace` for the kinds and shapes of example arguments; their numbers do not matter.
 * @param state where given, the function takes it first and returns `[nextState, outputs]`
 * @example traceExample((x: Value) => sum(square(x)), [zeros([4, 3])]).graph
 */
export function traceExample(f: (...args: never[]) => unknown, args: readonly unknown[], state?: unknown): Trace {
  const leaves = argumentLeaves(args, parametersOf(f, state !== undefined));
  const specs = leaves.map(([name, leaf]) => specOf(name, leaf));
  return trace(f, args, specs, state === undefined ? undefined : { tree: state, specs: leafSpecs(state, "state") });
}

/** The stage `plan` with addresses as a program on its own would have them: state, captured tensors, arena. */
export function planExample(graph: Graph, schedule: Schedule, threads = 1): Plan {
  let end = CONTROL_BYTES;
  const reserve = (bytes: number): number => (end += aligned(bytes)) - aligned(bytes);
  const state: number[] = [];
  for (const node of graph.nodes)
    if (node.op === "state") state[(node.attributes as Source).index] = reserve(bytesOf(node));
  const constants = new Map<Tensor, number>(constantsOf(graph).map((tensor) => [tensor, reserve(bytesOf(tensor))]));
  const workspace = largestWorkspace(schedule.phases.flat(), tileInUse("separate"));
  return plan(graph, schedule, workspace, threads, { state, constants }).at(end);
}

/** The stage `emit` in `strict`, for a memory that is not shared. */
export const emitExample = (planned: Plan): Emitted =>
  emit(planned, { multiplyAdd: "separate", tile: tileInUse("separate") }, false);
