// The steps from three loops to the packed kernel, in the order in which chapter 3 of the course takes them.

import { fromTypedArray, matmul, naiveMatmul, withMatmulMode } from "@elbo/tensor";
import {
  blockedMatmul,
  columnsOf,
  defineProduct,
  keepsProgramOrder,
  type MultiplyAdd,
  multiplyAddClass,
  TILE_IN_ORDER,
  TILE_IN_PAIRS,
  TILE_SEPARATE,
  TILE_WITH_BREAKS,
  tileInUse,
  type TileShape,
  workspaceBytes,
} from "@elbo/tensor/kernels";
import { elboVersion } from "../engines/elbo.js";
import { type Candidate, type MatmulProblem, storedShapes, type Task, timeSync } from "../engines/engine.js";
import { rowByRow } from "./loops.js";
import { plainTask, wasmTask } from "../engines/operands.js";
import { defineRows } from "./rows.js";
import { defineTiled } from "./tile.js";

/** The step that the ratios refer to. */
export const BASE = "1 three loops";

interface Step {
  readonly settings: string;
  run(problem: MatmulProblem): Task;
}

const step = (name: string, make: () => Step | { readonly absent: string }): Candidate => ({
  name,
  threads: 1,
  open: async () => {
    const made = make();
    if ("absent" in made) return made;
    const { settings, run } = made;
    return { name, threads: 1, version: elboVersion, settings, matmul: async (p) => run(p), close: async () => {} };
  },
});

/** Whether V8 pairs vectors: then that is the tile in use, and every program of the process is compiled so. */
const inPairs = (): boolean => tileInUse("fused") === TILE_IN_PAIRS;

/** The tile of fused multiply-adds in registers of 128 bits. */
const FUSED = keepsProgramOrder() ? TILE_IN_ORDER : TILE_WITH_BREAKS;

const text = (shape: TileShape): string => `${shape.rows} x ${columnsOf(shape)}`;

const packed = (problem: MatmulProblem, shape: TileShape, multiplyAdd: MultiplyAdd): Task =>
  wasmTask(problem, workspaceBytes(shape, problem.m, problem.n, problem.k), (builder) =>
    defineProduct(builder, shape, multiplyAdd),
  );

/** The public function: operands and result live in the JavaScript heap. */
function eager(problem: MatmulProblem): Task {
  const [shapeA, shapeB] = storedShapes(problem);
  const [a, b] = [fromTypedArray(problem.a, shapeA), fromTypedArray(problem.b, shapeB)];
  const { transposeA, transposeB } = problem;
  const call = () => withMatmulMode("fast", () => matmul(a, b, { transposeA, transposeB }));
  return { time: timeSync(call), result: async () => Float32Array.from(call().data), dispose: () => {} };
}

/** The numbered steps; those with a letter are the same step with one thing wrong. */
export const STEPS: readonly Candidate[] = [
  step(BASE, () => ({
    settings: "TypeScript in the order i, j, k, sums in double",
    run: (problem) => plainTask(problem, naiveMatmul),
  })),
  step("2 loops i k j", () => ({
    settings: "TypeScript in the order i, k, j, in float32",
    run: (problem) => plainTask(problem, rowByRow),
  })),
  step("3 blocked", () => ({
    settings: "TypeScript, blocked, packed and tiled 4 x 4, sums in double",
    run: (problem) => plainTask(problem, (a, b, out) => blockedMatmul(a, b, out, 0)),
  })),
  step("4 four columns", () => ({
    settings: "WebAssembly SIMD in the order i, k, j, separate multiply and add",
    run: (problem) => wasmTask(problem, 0, defineRows),
  })),
  step("5 tile", () => ({
    settings: `a tile of ${text(TILE_SEPARATE)} in registers, A and B read where they lie`,
    run: (problem) => wasmTask(problem, 0, (builder) => defineTiled(builder, TILE_SEPARATE)),
  })),
  step("6 packed", () => ({
    settings: `the kernel: tile ${text(TILE_SEPARATE)}, packed and blocked, separate multiply and add (strict)`,
    run: (problem) => packed(problem, TILE_SEPARATE, "separate"),
  })),
  step("6a spilling", () => ({
    settings: `as 6, with the tile ${text(FUSED)}, for which separate multiply and add lack a register`,
    run: (problem) => packed(problem, FUSED, "separate"),
  })),
  step("7 fused", () =>
    multiplyAddClass() === "fused"
      ? {
          settings: `the kernel: tile ${text(FUSED)}, fused multiply-add (fast)`,
          run: (problem) => packed(problem, FUSED, "fused"),
        }
      : { absent: "multiply-add does not round once here" },
  ),
  step("7a no breaks", () =>
    multiplyAddClass() === "fused" && FUSED.breaks
      ? {
          settings: "as 7, without the branches that are never taken",
          run: (problem) => packed(problem, { ...FUSED, breaks: false }, "fused"),
        }
      : { absent: "this Node keeps loads where the program has them" },
  ),
  step("8 paired", () =>
    inPairs() && multiplyAddClass() === "fused"
      ? {
          settings: `the kernel: tile ${text(TILE_IN_PAIRS)}, V8 pairs vectors; steps 4 to 7 are compiled so too`,
          run: (problem) => packed(problem, TILE_IN_PAIRS, "fused"),
        }
      : { absent: "needs --revectorize, and Node 24 or newer" },
  ),
  step("9 eager", () => ({
    settings: "the public function in fast: the step before, with operands and result copied",
    run: eager,
  })),
];
