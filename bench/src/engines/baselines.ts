// What a program gets without an engine: three loops, and JavaScript's Math over typed arrays.

import { type MatrixView, meaning, naiveMatmul } from "@elbo/tensor";
import { blockedMatmul, compiledKernel } from "@elbo/tensor/kernels";
import { plainTask } from "./operands.js";
import { type Candidate, type Task, timeSync, type UnaryName } from "./engine.js";

const product = (
  name: string,
  settings: string,
  most: number,
  multiply: (a: MatrixView, b: MatrixView, out: Float32Array) => void,
): Candidate => ({
  name,
  threads: 1,
  open: async () => ({
    name,
    threads: 1,
    version: process.versions.node,
    settings,
    most,
    matmul: async (problem) => plainTask(problem, multiply),
    close: async () => {},
  }),
});

type Loop = (x: Float32Array, out: Float32Array) => void;

/** JavaScript has no erf: Elbo's own, as the loop of scalar JavaScript that is generated from its meaning. */
const erfLoop = compiledKernel(meaning.erf, "float32");

/** Each function is a loop of its own, so that none of them makes the others' calls polymorphic. */
const LOOPS: Readonly<Record<UnaryName, Loop>> = {
  exp: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.exp(x[i]);
  },
  expm1: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.expm1(x[i]);
  },
  log: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.log(x[i]);
  },
  log1p: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.log1p(x[i]);
  },
  tanh: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.tanh(x[i]);
  },
  sigmoid: (x, out) => {
    for (let i = 0; i < x.length; i++) {
      const e = Math.exp(-Math.abs(x[i]));
      out[i] = (x[i] < 0 ? e : 1) / (1 + e);
    }
  },
  softplus: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.max(x[i], 0) + Math.log1p(Math.exp(-Math.abs(x[i])));
  },
  erf: (x, out) => erfLoop(x.length, out, 0, [x], [0], [1]),
  sin: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.sin(x[i]);
  },
  cos: (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.cos(x[i]);
  },
};

function addLoop(x: Float32Array, y: Float32Array, out: Float32Array): void {
  for (let i = 0; i < x.length; i++) out[i] = x[i] + y[i];
}

function sumLoop(x: Float32Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i];
  return total;
}

/** Box and Muller's pairs: `sqrt(-2 log u) (cos, sin)(2 pi v)`, with `u` in (0, 1]. */
function normalLoop(out: Float32Array): void {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    const angle = 2 * Math.PI * Math.random();
    out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  }
}

const into = (out: Float32Array, call: () => void): Task => ({
  time: timeSync(call),
  result: async () => {
    call();
    return out.slice();
  },
  dispose: () => {},
});

const math: Candidate = {
  name: "Math",
  threads: 1,
  open: async () => ({
    name: "Math",
    threads: 1,
    version: process.versions.v8,
    settings:
      "a plain loop of the stable composition, into a given array; erf, which it lacks, is Elbo's in scalar JavaScript",
    elementwise: async ({ name, n, inputs: [x, y] }) => {
      if (name === "sum") {
        return {
          time: timeSync(() => sumLoop(x)),
          result: async () => Float32Array.of(sumLoop(x)),
          dispose: () => {},
        };
      }
      const out = new Float32Array(n);
      if (name === "add") return into(out, () => addLoop(x, y, out));
      return into(out, name === "normal" ? () => normalLoop(out) : () => LOOPS[name](x, out));
    },
    close: async () => {},
  }),
};

export const baselines: readonly Candidate[] = [
  product("naive loops", "three loops in TypeScript, sums in double", 2 ** 27, naiveMatmul),
  product("blocked loops", "blocked and tiled in plain TypeScript, sums in double", 2 ** 30, (a, b, out) =>
    blockedMatmul(a, b, out, 0),
  ),
  math,
];
