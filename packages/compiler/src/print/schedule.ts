// A schedule as text: its phases and their kernels; with a plan also where each value is stored.

import { formatShape } from "@elbo/tensor";
import type { Graph, NodeId, Source } from "../graph/graph.js";
import type { Schedule } from "../fuse/kernels.js";
import { isDense, type Reading } from "../fuse/layout.js";
import { kindOf } from "../graph/kinds.js";
import type { Plan } from "../plan/plan.js";
import { type Line, listing } from "./columns.js";
import { kernelLines } from "./kernel.js";
import { namesOf } from "./names.js";
import { bytesText } from "./quantities.js";
import { readingText } from "./readings.js";

/**
 * The phases of a schedule. At the right stand FLOPs (as `flopsOfKernel` counts them), and what is stored: a new value
 * of the state in its place, all others in memory.
 * @example printSchedule(graph, schedule(graph, fuse(graph)))
 */
export const printSchedule = (graph: Graph, schedule: Schedule): string =>
  listing(phaseLines(schedule, { graph, schedule }));

/** The phases of a plan: those of its schedule, with offsets in the arena. */
export const printPhases = (plan: Plan): string => listing(phaseLines(plan.schedule, plan));

/** The lines of the phases; `figure` says what else there is to say of a kernel. */
export function phaseLines(
  { phases, outputs }: Schedule,
  from: Placed,
  figure: (phase: number, kernel: number) => string | undefined = () => undefined,
): Line[] {
  const context = { graph: from.graph, names: namesOf(from.graph), place: placeText(from) };
  const lines = phases.flatMap((kernels, phase) => [
    { depth: 0, text: `phase ${phase + 1}` },
    ...kernels.flatMap((kernel, k) => {
      const [head, ...rest] = kernelLines(kernel, context).map((line) => ({ ...line, depth: line.depth + 1 }));
      const more = figure(phase, k);
      return [more === undefined ? head : { ...head, figure: `${head.figure ?? ""}  ${more}` }, ...rest];
    }),
  ]);
  return [...lines, ...outputs.filter((one) => !isMade(one, from)).map((one) => outputLine(one, from))];
}

/** True where an output is what a kernel stores, as it lies. */
const isMade = (output: Reading, { graph }: Placed): boolean =>
  isDense(output) && kindOf(graph.nodes[output.base].op) !== "source";

/** An output that looks at a value in another way, or that no kernel makes. */
const outputLine = (output: Reading, { graph }: Placed): Line => ({
  depth: 0,
  text: `output ${formatShape(output.shape)} = ${readingText(output, graph, namesOf(graph))}`,
});

/** A graph with its schedule, and its addresses where they are known. */
export type Placed = { readonly graph: Graph; readonly schedule: Schedule } & Partial<
  Pick<Plan, "places" | "lifetimes" | "arena">
>;

/** Where a stored value goes. */
export function placeText({ graph, schedule, places, lifetimes, arena }: Placed): (id: NodeId) => string {
  const names = namesOf(graph);
  const outputs = new Set(schedule.outputs.map(({ base }) => base));
  const leaves = graph.nodes.filter(({ op }) => op === "state");
  return (id) => {
    const leaf = schedule.inPlace.get(id);
    const state = leaves.find(({ attributes }) => (attributes as Source).index === leaf);
    const output = outputs.has(id) ? ", output" : "";
    if (state !== undefined) return `-> ${names(state.id)}${output}`;
    const lifetime = lifetimes?.get(id);
    if (places === undefined || arena === undefined || lifetime === undefined) return `-> memory${output}`;
    return `-> arena ${places.get(id)! - arena}, ${bytesText(lifetime.bytes)}${output}`;
  };
}
