// TensorFlow.js, its WebAssembly and its plain JavaScript backend, in one process.

import { type Candidate, type FunctionName, storedShapes, type Task, timeSync } from "./engine.js";
import { peerVersion, withPeer } from "./peers.js";

interface TfTensor {
  dataSync(): Float32Array;
  dispose(): void;
}

type TfUnary = (x: TfTensor) => TfTensor;

interface Tf extends Record<Exclude<FunctionName, "add" | "normal">, TfUnary> {
  add(a: TfTensor, b: TfTensor): TfTensor;
  randomNormal(shape: number[], mean: number, deviation: number, dtype: "float32", seed: number): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor;
  tensor(data: Float32Array, shape: number[]): TfTensor;
  setBackend(name: string): Promise<boolean>;
  enableProdMode(): void;
  env(): { getAsync(flag: string): Promise<unknown> };
}

interface TfWasm {
  setThreadsCount(count: number): void;
  getThreadsCount(): number;
}

type Backend = "wasm" | "cpu";
const SCOPE = "@tensorflow/tfjs";

/** The plain JavaScript backend does about half a GFLOP/s. */
const MOST: Partial<Record<Backend, number>> = { cpu: 2 ** 27 };

const candidate = (backend: Backend): Candidate => ({
  name: `tfjs-${backend}`,
  threads: 1,
  open: () =>
    withPeer([`${SCOPE}-core`, `${SCOPE}-backend-cpu`, `${SCOPE}-backend-wasm`], async (core, _cpu, wasm) => {
      const tf = core as Tf;
      tf.enableProdMode();
      if (backend === "wasm") (wasm as TfWasm).setThreadsCount(1);
      await tf.setBackend(backend);
      /** Both backends work at once: a tensor lives on the backend that was set when it was made. */
      const task = async (inputs: () => TfTensor[], call: (...inputs: TfTensor[]) => TfTensor): Promise<Task> => {
        await tf.setBackend(backend);
        const operands = inputs();
        call(...operands).dispose();
        const loop = timeSync(() => call(...operands).dispose());
        return {
          time: async (repeats) => {
            await tf.setBackend(backend);
            return loop(repeats);
          },
          result: async () => {
            await tf.setBackend(backend);
            const out = call(...operands);
            const data = out.dataSync().slice();
            out.dispose();
            return data;
          },
          dispose: () => operands.forEach((operand) => operand.dispose()),
        };
      };
      return {
        name: `tfjs-${backend}`,
        threads: 1,
        version: peerVersion(`${SCOPE}-backend-${backend}`),
        settings:
          backend === "wasm"
            ? `production mode, SIMD ${(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) === true ? "on" : "off"}, setThreadsCount(1)`
            : "production mode",
        ...(MOST[backend] === undefined ? {} : { most: MOST[backend] }),
        matmul: (problem) => {
          const [shapeA, shapeB] = storedShapes(problem);
          return task(
            () => [tf.tensor(problem.a, shapeA), tf.tensor(problem.b, shapeB)],
            (a, b) => tf.matMul(a, b, problem.transposeA, problem.transposeB),
          );
        },
        elementwise: async ({ name, n, inputs }) =>
          task(
            () => inputs.map((input) => tf.tensor(input, [n])),
            (x, y) =>
              name === "normal"
                ? tf.randomNormal([n], 0, 1, "float32", 1)
                : name === "add"
                  ? tf.add(x, y)
                  : tf[name](x),
          ),
        close: async () => {},
      };
    }),
});

export const tfjs: readonly Candidate[] = [candidate("wasm"), candidate("cpu")];
