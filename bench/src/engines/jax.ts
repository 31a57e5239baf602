// jax-js on its WebAssembly backend, every function jitted.

import { relaxedSimd } from "../harness/relaxed.js";
import { type Candidate, type ElementwiseProblem, storedShapes, type Task, timeAsync } from "./engine.js";
import { peerVersion, withPeer } from "./peers.js";

/** A function consumes its arguments; `ref` is another reference to keep one. */
interface JaxArray {
  readonly ref: JaxArray;
  blockUntilReady(): Promise<JaxArray>;
  data(): Promise<Float32Array>;
  dispose(): void;
}

type JaxFunction = (...inputs: JaxArray[]) => JaxArray;

interface Jax {
  readonly numpy: Record<"exp" | "expm1" | "log" | "log1p" | "tanh" | "sin" | "cos" | "sum", JaxFunction> & {
    add(a: JaxArray, b: JaxArray): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    transpose(a: JaxArray): JaxArray;
    array(data: Float32Array, options: { shape: number[] }): JaxArray;
  };
  readonly nn: Record<"sigmoid" | "softplus", JaxFunction>;
  readonly scipySpecial: { erf: JaxFunction };
  readonly random: { key(seed: number): JaxArray; normal(key: JaxArray, shape: number[]): JaxArray };
  init(device: "wasm"): Promise<string[]>;
  defaultDevice(device: "wasm"): void;
  jit(f: JaxFunction): JaxFunction & { dispose(): void };
}

function elementwise(jax: Jax, { name, n }: ElementwiseProblem): JaxFunction {
  if (name === "normal") return (key) => jax.random.normal(key, [n]);
  if (name === "sigmoid" || name === "softplus") return jax.nn[name];
  return name === "erf" ? jax.scipySpecial.erf : jax.numpy[name];
}

const candidate: Candidate = {
  name: "jax-js",
  threads: 1,
  open: () =>
    withPeer(["@jax-js/jax"], async (module) => {
      const jax = module as Jax;
      if (!(await jax.init("wasm")).includes("wasm")) return { absent: "it has no wasm backend here" };
      jax.defaultDevice("wasm");
      const { array, matmul, transpose } = jax.numpy;
      const task = async (operands: readonly JaxArray[], f: JaxFunction): Promise<Task> => {
        const jitted = jax.jit(f);
        const call = (): JaxArray => jitted(...operands.map((operand) => operand.ref));
        const once = async (): Promise<void> => {
          const out = call();
          await out.blockUntilReady();
          out.dispose();
        };
        await once();
        return {
          time: timeAsync(once),
          // `data` consumes the array.
          result: async () => (await call().data()).slice(),
          dispose: () => {
            jitted.dispose();
            operands.forEach((operand) => operand.dispose());
          },
        };
      };
      return {
        name: "jax-js",
        threads: 1,
        version: peerVersion("@jax-js/jax"),
        settings: `wasm backend, jit, relaxed SIMD ${relaxedSimd}, each result awaited`,
        matmul: (problem) => {
          const [shapeA, shapeB] = storedShapes(problem);
          return task([array(problem.a, { shape: shapeA }), array(problem.b, { shape: shapeB })], (a, b) =>
            matmul(problem.transposeA ? transpose(a) : a, problem.transposeB ? transpose(b) : b),
          );
        },
        elementwise: (problem) =>
          task(
            problem.name === "normal"
              ? [jax.random.key(1)]
              : problem.inputs.map((input) => array(input, { shape: [problem.n] })),
            elementwise(jax, problem),
          ),
        close: async () => {},
      };
    }),
};

export const jax: readonly Candidate[] = [candidate];
