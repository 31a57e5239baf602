// The error of a step in which a kernel met a value that it refuses: so far only indices outside of their axis.

import { formatShape, IndexError, Tensor } from "@elbo/tensor";
import type { LibraryKernelUse } from "../fuse/kernels.js";
import type { Graph, Source } from "../graph/graph.js";
import type { Leaf } from "../trace/leaves.js";
import type { Variant } from "./variant.js";

/** What kernel number `kernel` refused; the index itself where it is one of the arguments. */
export function refused(
  { names, plan }: Variant,
  kernel: number,
  args: readonly Leaf[],
  hasState: boolean,
): IndexError {
  const at = names.flat().indexOf(`kernel${kernel}`);
  const use = plan.schedule.phases.flat()[at] as LibraryKernelUse;
  const length = axisLength(use);
  const { name, index } = sourceOf(plan.graph, use);
  const indices = index === undefined ? undefined : args[index];
  const advice = hasState ? "; the state is half-way between two steps: write() a saved one before the next call" : "";
  return new IndexError(
    `${wrongIndex(indices, length)} of ${name} is outside of its axis, which has length ${length}, in the compiled ${use.op} on ${formatShape(use.inputs[0].shape)}${advice}`,
    { op: use.op, shapes: [use.inputs[0].shape] },
  );
}

function axisLength({ op, attributes, inputs }: LibraryKernelUse): number {
  const { axis, length } = attributes as { readonly axis: number; readonly length?: number };
  return op === "scatterAdd" ? length! : inputs[0].shape[axis];
}

/** What the indices are called, and which argument they are, if they are one. */
function sourceOf(graph: Graph, { inputs }: LibraryKernelUse): { readonly name: string; readonly index?: number } {
  const { op, attributes } = graph.nodes[inputs[1].base];
  if (op !== "input" && op !== "state") return { name: "the indices" };
  const { name, index } = attributes as Source;
  return op === "input" ? { name, index } : { name };
}

function wrongIndex(indices: Leaf | undefined, length: number): string {
  if (!(indices instanceof Tensor)) return "an index";
  const entry = indices.data.findIndex((index) => index < 0 || index >= length);
  return entry < 0 ? "an index" : `index ${indices.data[entry]} (entry ${entry})`;
}
