// Elbo's own engines. A further one is a further entry of `elbo`: its name, what it multiplies and what it maps.

import { readFileSync } from "node:fs";
import * as t from "@elbo/tensor";
import { type Candidate, type Engine, storedShapes, type Task, timeSync } from "./engine.js";

export const { version: elboVersion } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.resolve("@elbo/tensor")), "utf8"),
) as { version: string };

/** A task of a function that leaves its result in the JavaScript heap. */
const task = (call: () => t.Tensor): Task => ({
  time: timeSync(call),
  result: async () => Float32Array.from(call().data),
  dispose: () => {},
});

const { exp, expm1, log, log1p, tanh, sigmoid, softplus, erf, sin, cos, sum } = t;
const FUNCTIONS = { exp, expm1, log, log1p, tanh, sigmoid, softplus, erf, sin, cos, sum };

type Work = Pick<Engine, "name" | "settings"> & Partial<Pick<Engine, "threads" | "most" | "matmul" | "elementwise">>;

const own = (work: Work): Candidate => ({
  name: work.name,
  threads: work.threads ?? 1,
  open: async () => ({ threads: 1, version: elboVersion, close: async () => {}, ...work }),
});

/** The engine that the others' ratios refer to. */
export const BASE = "elbo eager";

export const elbo: readonly Candidate[] = [
  own({
    name: "elbo eager",
    settings: "the public functions, operands and results in the JavaScript heap",
    matmul: async (problem) => {
      const [shapeA, shapeB] = storedShapes(problem);
      const [a, b] = [t.fromTypedArray(problem.a, shapeA), t.fromTypedArray(problem.b, shapeB)];
      const { transposeA, transposeB } = problem;
      return task(() => t.matmul(a, b, { transposeA, transposeB }));
    },
    elementwise: async ({ name, n, inputs }) => {
      const [x, y] = inputs.map((input) => t.fromTypedArray(input));
      if (name === "normal") {
        const key = t.key(1);
        return task(() => t.normal(key, [n]));
      }
      return task(name === "add" ? () => t.add(x, y) : () => FUNCTIONS[name](x));
    },
  }),
];
