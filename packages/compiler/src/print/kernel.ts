// A kernel as text: a product, a library call, or a loop, whose steps are formulas; what is used once is written where it is used.

import { formatShape } from "@elbo/tensor";
import type { Graph, NodeId } from "../graph/graph.js";
import type { Kernel, LoopKernel, Operand } from "../fuse/kernels.js";
import type { Line } from "./columns.js";
import { atom, attributesText, formula, type Formula, unlessSum } from "./formulas.js";
import { type Names, typeText } from "./names.js";
import { flopsText } from "./quantities.js";
import { matrixText, readingText } from "./readings.js";
import { flopsOfKernel } from "./work.js";
import { foldText } from "./words.js";

/** What the text of a kernel is made with. */
export interface KernelContext {
  readonly graph: Graph;
  readonly names: Names;
  /** Where a stored value goes, such as `-> arena 64, 200 KiB`. */
  readonly place: (id: NodeId) => string;
}

/** Longer formulas become a line of their own, though they are used once. */
const LONGEST_INLINED = 64;

/** The lines of a kernel, the first with its FLOPs. */
export function kernelLines(kernel: Kernel, context: KernelContext): Line[] {
  const [head, ...rest] = withoutFigures(kernel, context);
  const flops = flopsOfKernel(kernel);
  return [flops === 0 ? head : { ...head, figure: flopsText(flops) }, ...rest];
}

function withoutFigures(kernel: Kernel, context: KernelContext): Line[] {
  const { graph, names, place } = context;
  switch (kernel.kind) {
    case "product": {
      const { a, b, node, shape, epilogue } = kernel;
      const [left, right] = [a, b].map((one) => `${matrixText(one, graph, names)} ${formatShape(one.shape)}`);
      const head = { depth: 0, text: `${names(node)} ${formatShape(shape)} = ${left} . ${right}`, note: place(node) };
      return [head, ...(epilogue === null ? [] : loopLines(epilogue, context, 1))];
    }
    case "library": {
      const { node, op, attributes, inputs } = kernel;
      const operands = inputs.map((reading) => readingText(reading, graph, names));
      const call = `${op}(${[...operands, ...attributesText(attributes)].join(", ")})`;
      return [{ depth: 0, text: `${names(node)} ${typeText(graph.nodes[node])} = ${call}`, note: place(node) }];
    }
    case "loop": {
      const lines = loopLines(kernel, context, 1);
      const [only] = lines;
      const space = formatShape(kernel.space);
      if (lines.length > 1) return [{ depth: 0, text: `for each of ${space}` }, ...lines];
      return [
        { ...only, depth: 0, text: kernel.folds.length > 0 ? only.text : only.text.replace(" =", ` ${space} =`) },
      ];
    }
  }
}

/** The steps that have a line, then the folds. */
function loopLines(loop: LoopKernel, { graph, names, place }: KernelContext, depth: number): Line[] {
  const uses = usesOf(loop);
  const stores = new Set(loop.stores);
  const formulas = new Map<NodeId, Formula>();
  const operandOf = (operand: Operand): Formula =>
    "step" in operand ? formulas.get(operand.step)! : atom(readingText(operand, graph, names));
  const lines: Line[] = [];
  for (const { node, op, attributes, operands } of loop.steps) {
    const value = formula(op, attributes, operands.map(operandOf));
    if (!stores.has(node) && uses.get(node) === 1 && value.text.length <= LONGEST_INLINED) {
      formulas.set(node, value);
      continue;
    }
    formulas.set(node, atom(names(node)));
    const line = { depth, text: `${names(node)} = ${value.text}` };
    lines.push(stores.has(node) ? { ...line, note: place(node) } : line);
  }
  for (const { node, folding, source } of loop.folds) {
    const words = foldText(folding, loop.fold ?? "rows", loop.boundary, loop.space.length);
    const shape = formatShape(graph.nodes[node].shape);
    lines.push({
      depth,
      text: `${names(node)} ${shape} = ${words} of ${unlessSum(operandOf(source))}`,
      note: place(node),
    });
  }
  return lines;
}

/** How often each step is an operand. */
function usesOf({ steps, folds }: LoopKernel): Map<NodeId, number> {
  const uses = new Map<NodeId, number>();
  for (const operand of [...steps.flatMap((step) => step.operands), ...folds.map((fold) => fold.source)]) {
    if ("step" in operand) uses.set(operand.step, (uses.get(operand.step) ?? 0) + 1);
  }
  return uses;
}
