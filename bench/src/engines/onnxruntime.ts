// onnxruntime-node: a native library called from JavaScript, the ceiling of what a program without kernels of its own gets.

import { type Candidate, type FunctionName, storedShapes, type Task, timeAsync } from "./engine.js";
import { type OneNode, oneNodeModel } from "./onnx.js";
import { peerVersion, withPeer } from "./peers.js";

interface OrtTensor {
  readonly data: Float32Array;
}
type Feeds = Record<string, OrtTensor>;

interface OrtSession {
  run(feeds: Feeds, fetches: Feeds): Promise<Feeds>;
  release(): Promise<void>;
}

interface Ort {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OrtSession>;
  };
}

const OPS: Partial<Record<FunctionName, string>> = {
  exp: "Exp",
  log: "Log",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
  erf: "Erf",
  sin: "Sin",
  cos: "Cos",
  add: "Add",
  sum: "ReduceSum",
  normal: "RandomNormal",
};

const candidate = (threads: number): Candidate => ({
  name: `onnxruntime ${threads}t`,
  threads,
  open: () =>
    withPeer(["onnxruntime-node"], async (module) => {
      const ort = module as Ort;
      const options = {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
      };
      const task = async (node: OneNode, inputs: readonly Float32Array[]): Promise<Task> => {
        const session = await ort.InferenceSession.create(oneNodeModel(node), options);
        const feeds = Object.fromEntries(
          inputs.map((input, i) => [`x${i}`, new ort.Tensor("float32", input, node.inputs[i])]),
        );
        const size = node.output.reduce((product, length) => product * length, 1);
        const fetches = { y: new ort.Tensor("float32", new Float32Array(size), node.output) };
        const run = async (): Promise<Feeds> => session.run(feeds, fetches);
        await run();
        return {
          time: timeAsync(async () => void (await run())),
          result: async () => Float32Array.from((await run()).y.data),
          dispose: () => session.release(),
        };
      };
      return {
        name: `onnxruntime ${threads}t`,
        threads,
        version: peerVersion("onnxruntime-node"),
        settings: `one-node model, all optimizations, intraOpNumThreads ${threads}, result into a given tensor; Gemm where transposed`,
        matmul: (problem) => {
          const { m, n, a, b } = problem;
          const transposed = problem.transposeA || problem.transposeB;
          return task(
            {
              op: transposed ? "Gemm" : "MatMul",
              inputs: storedShapes(problem),
              output: [m, n],
              attributes: transposed ? { transA: Number(problem.transposeA), transB: Number(problem.transposeB) } : {},
            },
            [a, b],
          );
        },
        elementwise: async ({ name, n, inputs }) => {
          const op = OPS[name];
          if (op === undefined) return undefined;
          const node = {
            op,
            inputs: inputs.map(() => [n]),
            output: name === "sum" ? [1] : [n],
            ...(name === "normal" ? { attributes: { shape: [n] } } : {}),
          };
          return task(node, inputs);
        },
        close: async () => {},
      };
    }),
});

export const onnxruntime: readonly Candidate[] = [candidate(1), candidate(2)];
