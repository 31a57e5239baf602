// @elbo/compiler/stages: the stages of `compile` one by one, and what each of them looks like as text.
//
// A function goes through all of them so:
//
//     const { graph } = traceExample(f, args, state);
//     const lowered = lower(simplify(graph));
//     const scheduled = schedule(lowered, fuse(lowered));
//     const planned = planExample(lowered, scheduled);
//     const module = emitExample(planned);
//
// `docs/04-from-a-function-to-one-program.md` follows one function on this way.

export { emitExample, leafSpecs, planExample, traceExample } from "./run/example.js";
export type { LeafSpec } from "./trace/leaves.js";
export { type Trace, trace } from "./trace/trace.js";
export type { Constant, Graph, Node, NodeId, ProgramDType, Source } from "./graph/graph.js";
export { simplify } from "./simplify/simplify.js";
export { lower } from "./fuse/lower.js";
export { fuse, type Fused } from "./fuse/fuse.js";
export type {
  Fold,
  Kernel,
  LibraryKernelUse,
  LoopKernel,
  Operand,
  ProductKernel,
  Schedule,
  Step,
} from "./fuse/kernels.js";
export type { Reading } from "./fuse/layout.js";
export { schedule } from "./fuse/schedule.js";
export { type Draft, type Fixed, plan, type Plan } from "./plan/plan.js";
export { emit, type Emitted, type ProductKind } from "./emit/emit.js";
export { printGraph } from "./print/graph.js";
export { printPhases, printSchedule } from "./print/schedule.js";
export { printPlan } from "./print/plan.js";
export { type FunctionSize, functionsOf, printModule } from "./print/module.js";
export { flopsOfKernel } from "./print/work.js";
