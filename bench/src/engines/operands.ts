// How products get their operands: as matrices in JavaScript's memory, or as addresses in WebAssembly's.

import type { MatrixView } from "@elbo/tensor";
import { instantiate, ModuleBuilder, newMemory, type ProductFunction, SLACK } from "@elbo/tensor/kernels";
import { type MatmulProblem, type Task, timeSync } from "./engine.js";

/** `x` as the matrix `[rows, columns]`, stored so or transposed. */
const view = (storage: Float32Array, rows: number, columns: number, transposed: boolean): MatrixView => ({
  storage,
  offset: 0,
  rows,
  columns,
  rowStride: transposed ? 1 : columns,
  columnStride: transposed ? rows : 1,
});

const views = ({ a, b, m, k, n, transposeA, transposeB }: MatmulProblem): [MatrixView, MatrixView] => [
  view(a, m, k, transposeA),
  view(b, k, n, transposeB),
];

/** A product in plain TypeScript. */
export function plainTask(
  problem: MatmulProblem,
  multiply: (a: MatrixView, b: MatrixView, out: Float32Array) => void,
): Task {
  const [a, b] = views(problem);
  const out = new Float32Array(problem.m * problem.n);
  return task(
    () => multiply(a, b, out),
    () => out,
  );
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** A product in WebAssembly, on a memory of its own with so many bytes of workspace. */
export function wasmTask(
  problem: MatmulProblem,
  workspace: number,
  define: (builder: ModuleBuilder) => ProductFunction,
): Task {
  const { m, k, n } = problem;
  const [a, b] = views(problem);
  const builder = new ModuleBuilder();
  define(builder);
  const [atB, atC] = [BYTES * m * k + SLACK, BYTES * (m * k + k * n) + 2 * SLACK];
  const work = atC + BYTES * m * n + SLACK;
  const memory = newMemory(work + workspace + SLACK);
  const { product } = instantiate(builder.bytes, memory);
  new Float32Array(memory.buffer, 0, m * k).set(problem.a);
  new Float32Array(memory.buffer, atB, k * n).set(problem.b);
  const strides = [a, b].map(({ rowStride, columnStride }) => [BYTES * rowStride, BYTES * columnStride]);
  return task(
    () => product(0, ...strides[0], atB, ...strides[1], atC, BYTES * n, m, n, k, work),
    () => new Float32Array(memory.buffer, atC, m * n),
  );
}

const task = (call: () => unknown, result: () => Float32Array): Task => ({
  time: timeSync(call),
  result: async () => {
    call();
    return result().slice();
  },
  dispose: () => {},
});
