// @elbo/compiler: functions of @elbo/autograd's operations as WebAssembly programs.

export {
  canCompile,
  compile,
  type CompileOptions,
  type Concrete,
  type Program,
  type StatefulProgram,
} from "./compile.js";
export { availableThreads, hasThreads } from "./run/platform.js";
export { WorkerError } from "./run/team.js";
export type { KernelStats, ProgramStats, VariantStats } from "./print/stats.js";
