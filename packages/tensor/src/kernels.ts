// @elbo/tensor/kernels: the WebAssembly assembler, and the kernels as parts of programs over one's own memory.

export type { Expression, Label, Local, Statement, ValueType } from "./wasm/code.js";
export * from "./wasm/instructions.js";
export { block, branch, branchIf, countUp, giveBack, loop, repeat, when } from "./wasm/control.js";
export { type Body, MEMORY_IMPORT, ModuleBuilder, type Scope, type WasmFunction } from "./wasm/module.js";
export {
  hasRelaxedSimd,
  hasSimd,
  instantiate,
  keepsProgramOrder,
  type MultiplyAdd,
  multiplyAddClass,
} from "./wasm/features.js";
export { type Exports, type Memory, newMemory, newSharedMemory } from "./wasm/host.js";
export { defineProduct, goesByLoops, productOf, workspaceBytes } from "./matmul/product.js";
export {
  BLOCK_ROWS,
  defineParts,
  type LoopOptions,
  PRODUCT,
  type ProductFunction,
  type ProductParts,
  writeLoops,
} from "./matmul/loops.js";
export { SLACK } from "./matmul/packing.js";
export {
  columnsOf,
  TILE_IN_ORDER,
  TILE_IN_PAIRS,
  TILE_SEPARATE,
  TILE_SEPARATE_IN_PAIRS,
  TILE_WITH_BREAKS,
  type TileShape,
} from "./matmul/tile.js";
export { tileInUse } from "./matmul/engine.js";
export { blockedMatmul } from "./matmul/blocked.js";
export { depthBlock, MOST_STEPS } from "./matmul/depth.js";
export { defineMap, MAP_STEP, stepsOf } from "./elementwise/lanes.js";
export { compiledKernel } from "./elementwise/kernel.js";
export { type Lanes, type Vectors, writeLanes } from "./meaning/lanes.js";
export { defineFoldColumns, defineFoldRows } from "./reduce/lanes.js";
export { type StableSums, stableSums } from "./reduce/stable.js";
export { asNormal, asUniform, asWords, defineDraw, type Finish } from "./random/lanes.js";
export { FOLD, SPLIT } from "./random/key.js";
export { GROUPS, PARITY, ROTATIONS } from "./random/threefry.js";
