// The steps from three loops to the packed kernel, in the order in which chapter 3 of the course takes them.

import { naiveMatmul } from "@elbo/tensor";
import {
  blockedMatmul,
  columnsOf,
  defineProduct,
  type MultiplyAdd,
  multiplyAddClass,
  TILE_IN_ORDER,
  TILE_IN_PAIRS,
  tileInUse,
  type TileShape,
  workspaceBytes,
} from "@elbo/tensor/kernels";
import { elboVersion } from "../engines/elbo.js";
import type { Candidate, MatmulProblem, Task } from "../engines/engine.js";
import { rowByRow } from "./loops.js";
import { plainTask, wasmTask } from "./operands.js";
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
const inPairs = (): boolean => tileInUse() === TILE_IN_PAIRS;

/** The register tile of steps 5 to 7. */
const plainTile = (): TileShape => (inPairs() ? TILE_IN_ORDER : tileInUse());

const text = (shape: TileShape): string => `${shape.rows} x ${columnsOf(shape)}`;

const packed = (problem: MatmulProblem, shape: TileShape, multiplyAdd: MultiplyAdd): Task =>
  wasmTask(problem, workspaceBytes(shape, problem.m, problem.n, problem.k), (builder) =>
    defineProduct(builder, shape, multiplyAdd),
  );

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
    settings: `a tile of ${text(plainTile())} in registers, A and B read where they lie`,
    run: (problem) => wasmTask(problem, 0, (builder) => defineTiled(builder, plainTile())),
  })),
  step("6 packed", () => ({
    settings: `the kernel: tile ${text(plainTile())}, packed and blocked, separate multiply and add (strict)`,
    run: (problem) => packed(problem, plainTile(), "separate"),
  })),
  step("7 fused", () =>
    multiplyAddClass() === "fused"
      ? {
          settings: `the kernel: tile ${text(plainTile())}, fused multiply-add (fast)`,
          run: (problem) => packed(problem, plainTile(), "fused"),
        }
      : { absent: "multiply-add does not round once here" },
  ),
  step("8 paired", () =>
    inPairs()
      ? {
          settings: `the kernel: tile ${text(TILE_IN_PAIRS)}, V8 pairs vectors; the steps above are compiled so too`,
          run: (problem) => packed(problem, TILE_IN_PAIRS, multiplyAddClass()),
        }
      : { absent: "needs --revectorize, and Node 24 or newer" },
  ),
];
