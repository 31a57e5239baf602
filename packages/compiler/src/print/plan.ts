// A plan as text: the arena, and which bytes of it each value has, from which phase to which.

import { formatShape } from "@elbo/tensor";
import type { Graph, NodeId } from "../graph/graph.js";
import type { Kernel } from "../fuse/kernels.js";
import type { Plan } from "../plan/plan.js";
import { table } from "./columns.js";
import { type Names, namesOf } from "./names.js";
import { bytesText } from "./quantities.js";

/**
 * The arena of a plan, sorted by offset. Values that share bytes live in different phases. The state and captured
 * tensors stand elsewhere and stay.
 * @example printPlan(planExample(graph, schedule))
 */
export function printPlan(plan: Plan): string {
  const names = namesOf(plan.graph);
  const rows = [...plan.lifetimes]
    .map(([what, lifetime]) => ({
      ...lifetime,
      name: nameOf(what, plan.graph, names),
      offset: addressOf(what, plan) - plan.arena,
    }))
    .sort((a, b) => a.offset - b.offset || a.from - b.from);
  const values = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  const threads = plan.workspaceBytes === 0 ? "" : `, ${bytesText(plan.workspaceBytes)} of each thread's own`;
  const head = `arena ${bytesText(plan.arenaBytes)}: ${bytesText(values)} of values${threads}`;
  const last = plan.schedule.phases.length;
  const phases = (from: number, to: number): string => `${from + 1} to ${to >= last ? "end" : to + 1}`;
  const body = rows.map(({ offset, bytes, from, to, name }) => [String(offset), String(bytes), phases(from, to), name]);
  return `${head}\n${table([["offset", "bytes", "phases", "value"], ...body], new Set([0, 1]))}`;
}

const addressOf = (what: NodeId | Kernel, { places, scratch }: Plan): number =>
  (typeof what === "number" ? places.get(what) : scratch.get(what))!;

function nameOf(what: NodeId | Kernel, graph: Graph, names: Names): string {
  if (typeof what === "number") return `${names(what)} ${formatShape(graph.nodes[what].shape)}`;
  const loop = what.kind === "product" ? what.epilogue : what;
  const made = loop?.kind === "loop" ? loop.folds.map(({ node }) => names(node)) : [];
  return `on the way to ${made.join(", ")}`;
}
