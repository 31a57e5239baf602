// Elbo's own engines: the kernels on operands in WebAssembly memory, and the public functions with their copies.

import { readFileSync } from "node:fs";
import * as t from "@elbo/tensor";
import {
  asNormal,
  columnsOf,
  defineDraw,
  defineFoldRows,
  defineMap,
  defineProduct,
  f32x4,
  instantiate,
  ModuleBuilder,
  type MultiplyAdd,
  multiplyAddClass,
  newMemory,
  tileInUse,
  workspaceBytes,
} from "@elbo/tensor/kernels";
import {
  type Candidate,
  type ElementwiseProblem,
  type Engine,
  type MatmulProblem,
  storedShapes,
  type Task,
  timeSync,
} from "./engine.js";
import { wasmTask } from "./operands.js";

export const { version: elboVersion } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.resolve("@elbo/tensor")), "utf8"),
) as { version: string };

type Work = Pick<Engine, "name" | "settings"> & Partial<Pick<Engine, "matmul" | "elementwise">>;

const own = (name: string, work: () => Omit<Work, "name">): Candidate => ({
  name,
  threads: 1,
  open: async () => ({ name, threads: 1, version: elboVersion, close: async () => {}, ...work() }),
});

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const KEY = 1;

/** The product of the tile in use, on a memory of its own. */
function kernelProduct(problem: MatmulProblem, multiplyAdd: MultiplyAdd): Task {
  const { m, k, n } = problem;
  const shape = tileInUse(multiplyAdd);
  return wasmTask(problem, workspaceBytes(shape, m, n, k), (builder) => defineProduct(builder, shape, multiplyAdd));
}

/** The kernel of a function, on a memory of its own. */
function kernelElementwise({ name, n, inputs }: ElementwiseProblem): Task {
  const builder = new ModuleBuilder();
  const bytes = BYTES * n;
  const [out, end] = [inputs.length * bytes, (inputs.length + 1) * bytes];
  if (name === "normal") defineDraw(builder, "run", asNormal);
  else if (name === "sum") defineFoldRows(builder, "run", f32x4.add, 0);
  else defineMap(builder, "run", t.meaning[name]);
  const memory = newMemory(end + 4096);
  const { run } = instantiate(builder.bytes, memory);
  inputs.forEach((input, i) => new Float32Array(memory.buffer, i * bytes, n).set(input));
  const key = t.key(KEY).words;
  const block = 1024;
  const partial = new Float32Array(memory.buffer, out, n / block);
  let total = 0;
  const call = {
    normal: () => void run(key[0], key[1], 0, bytes, out),
    // The rows are the blocks of the canonical tree; their few sums are added here.
    sum: () => {
      run(0, n / block, block, out, end);
      total = t.sum(t.fromTypedArray(partial)).item();
    },
    map: () => void run(bytes, out, ...inputs.map((_, i) => i * bytes)),
  }[name === "normal" || name === "sum" ? name : "map"];
  return {
    time: timeSync(call),
    result: async () => {
      call();
      return name === "sum" ? Float32Array.of(total) : new Float32Array(memory.buffer, out, n).slice();
    },
    dispose: () => {},
  };
}

/** A task of a function that leaves its result in the JavaScript heap. */
const task = (call: () => t.Tensor): Task => ({
  time: timeSync(call),
  result: async () => Float32Array.from(call().data),
  dispose: () => {},
});

const { exp, expm1, log, log1p, tanh, sigmoid, softplus, erf, sin, cos, sum } = t;
const FUNCTIONS = { exp, expm1, log, log1p, tanh, sigmoid, softplus, erf, sin, cos, sum };

/** The engine that the others' ratios refer to. */
export const BASE = "elbo";

const tileText = (multiplyAdd: MultiplyAdd): string => {
  const tile = tileInUse(multiplyAdd);
  return `tile ${tile.rows} x ${columnsOf(tile)}`;
};

export const elbo: readonly Candidate[] = [
  own("elbo", () => ({
    settings: `fast (${multiplyAddClass()} multiply-add), ${tileText(multiplyAddClass())}; operands in WebAssembly memory, packing included`,
    matmul: async (problem) => kernelProduct(problem, multiplyAddClass()),
    elementwise: async (problem) => kernelElementwise(problem),
  })),
  own("elbo strict", () => ({
    settings: `separate multiply and add, ${tileText("separate")}; operands in WebAssembly memory, packing included`,
    matmul: async (problem) => kernelProduct(problem, "separate"),
  })),
  own("elbo eager", () => ({
    settings: `the public functions, matmul in fast; operands and results in the JavaScript heap`,
    matmul: async (problem) => {
      const [shapeA, shapeB] = storedShapes(problem);
      const [a, b] = [t.fromTypedArray(problem.a, shapeA), t.fromTypedArray(problem.b, shapeB)];
      const { transposeA, transposeB } = problem;
      return task(() => t.withMatmulMode("fast", () => t.matmul(a, b, { transposeA, transposeB })));
    },
    elementwise: async ({ name, n, inputs }) => {
      const [x, y] = inputs.map((input) => t.fromTypedArray(input));
      if (name === "normal") {
        const key = t.key(KEY);
        return task(() => t.normal(key, [n]));
      }
      return task(name === "add" ? () => t.add(x, y) : () => FUNCTIONS[name](x));
    },
  })),
];
