// @elbo/compiler: functions of @elbo/autograd's operations as WebAssembly programs.

export { compile, type CompileOptions, type Concrete, type Program, type StatefulProgram } from "./compile.js";
