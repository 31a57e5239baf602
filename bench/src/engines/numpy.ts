// numpy-ts: NumPy's interface over precompiled WebAssembly kernels.

import { relaxedSimd } from "../harness/relaxed.js";
import { type Candidate, storedShapes, type Task, timeSync } from "./engine.js";
import { peerVersion, withPeer } from "./peers.js";

interface NpArray {
  readonly T: NpArray;
  readonly data: Float32Array | Float64Array;
  reshape(...shape: number[]): NpArray;
  dispose(): void;
}

const OWN = ["exp", "expm1", "log", "log1p", "tanh", "sin", "cos"] as const;
type Own = (typeof OWN)[number];

interface Numpy extends Record<Own, (x: NpArray) => NpArray> {
  array(data: Float32Array): NpArray;
  ascontiguousarray(x: NpArray): NpArray;
  matmul(a: NpArray, b: NpArray): NpArray;
  add(a: NpArray, b: NpArray): NpArray;
  sum(x: NpArray): number;
  readonly random: { standard_normal(n: number): NpArray };
}

const isOwn = (name: string): name is Own => (OWN as readonly string[]).includes(name);

/** Results are disposed at once: without that they wait for the collector and the heap of 256 MiB fills up. */
const task = (call: () => NpArray, operands: readonly NpArray[]): Task => ({
  time: timeSync(() => call().dispose()),
  result: async () => {
    const out = call();
    const data = Float32Array.from(out.data);
    out.dispose();
    return data;
  },
  dispose: () => operands.forEach((operand) => operand.dispose()),
});

const candidate: Candidate = {
  name: "numpy-ts",
  threads: 1,
  open: () =>
    withPeer(["numpy-ts"], async (module) => {
      const np = module as Numpy;
      return {
        name: "numpy-ts",
        threads: 1,
        version: peerVersion("numpy-ts"),
        settings: `relaxed SIMD ${relaxedSimd}; transposed operands are first made contiguous, within the time: 20 times as fast as its strided product`,
        matmul: async (problem) => {
          const [shapeA, shapeB] = storedShapes(problem);
          const a = np.array(problem.a).reshape(...shapeA);
          const b = np.array(problem.b).reshape(...shapeB);
          const call = (): NpArray => {
            const left = problem.transposeA ? np.ascontiguousarray(a.T) : a;
            const right = problem.transposeB ? np.ascontiguousarray(b.T) : b;
            const out = np.matmul(left, right);
            if (left !== a) left.dispose();
            if (right !== b) right.dispose();
            return out;
          };
          return task(call, [a, b]);
        },
        elementwise: async ({ name, n, inputs }) => {
          const operands = inputs.map((input) => np.array(input));
          const [x, y] = operands;
          if (name === "add") return task(() => np.add(x, y), operands);
          // It draws in double.
          if (name === "normal") return task(() => np.random.standard_normal(n), operands);
          if (name === "sum") {
            return {
              time: timeSync(() => np.sum(x)),
              result: async () => Float32Array.of(np.sum(x)),
              dispose: () => x.dispose(),
            };
          }
          return isOwn(name) ? task(() => np[name](x), operands) : undefined;
        },
        close: async () => {},
      };
    }),
};

export const numpy: readonly Candidate[] = [candidate];
