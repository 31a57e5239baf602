// TensorFlow.js in training, on its WebAssembly backend: variables, `optimizer.minimize`, everything else tidied.

import { createRequire } from "node:module";
import { timeSync } from "../engines/engine.js";
import { peerProgram, peerVersion, withPeer } from "../engines/peers.js";
import { ADAM, cycle, lossesOf, RATE, type StepCandidate, type Training } from "./engine.js";
import { PIXELS } from "./nets.js";
import type { Layer, StepProblem } from "./problem.js";

interface TfTensor {
  dataSync(): Float32Array;
  dispose(): void;
}

type TfUnary = (x: TfTensor) => TfTensor;
type TfBinary = (a: TfTensor, b: TfTensor | number) => TfTensor;

interface TfOptimizer {
  minimize(f: () => TfTensor, returnCost: true): TfTensor;
  dispose(): void;
}

interface Tf extends Record<"relu" | "tanh" | "exp" | "square" | "sum", TfUnary> {
  readonly add: TfBinary;
  readonly sub: TfBinary;
  readonly mul: TfBinary;
  readonly div: TfBinary;
  readonly losses: {
    sigmoidCrossEntropy(
      labels: TfTensor,
      logits: TfTensor,
      weights: undefined,
      smoothing: 0,
      reduction: number,
    ): TfTensor;
  };
  readonly Reduction: { readonly SUM: number };
  readonly train: { adam(rate: number, beta1: number, beta2: number, epsilon: number): TfOptimizer };
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  randomNormal(shape: number[]): TfTensor;
  tensor(data: Float32Array, shape: number[]): TfTensor;
  zeros(shape: number[]): TfTensor;
  variable(initial: TfTensor): TfTensor;
  tidy<T>(f: () => T): T;
  setBackend(name: "wasm"): Promise<boolean>;
  enableProdMode(): void;
  env(): { getAsync(flag: string): Promise<unknown> };
}

interface TfWasm {
  setThreadsCount(count: number): void;
}

const SCOPE = "@tensorflow/tfjs";

/** The core registers no gradients by itself; the package of all parts loads this file, which `import` cannot. */
const GRADIENTS = `${SCOPE}-core/dist/register_all_gradients.js`;

async function training(tf: Tf, problem: StepProblem): Promise<Training> {
  // Another suite of the process may have set another backend.
  await tf.setBackend("wasm");
  const { net, batch, judged } = problem;
  const variables: TfTensor[] = [];
  const variable = (initial: TfTensor): TfTensor => {
    const made = tf.variable(initial);
    initial.dispose();
    variables.push(made);
    return made;
  };
  const dense = ({ inputs, outputs, weight }: Layer): TfUnary => {
    const [w, b] = [variable(tf.tensor(weight, [inputs, outputs])), variable(tf.zeros([outputs]))];
    return (x) => tf.add(tf.matMul(x, w), b);
  };
  const hidden = (layers: readonly Layer[]): TfUnary => {
    const all = layers.map(dense);
    return (x) => all.reduce((h, layer) => tf[net.activation](layer(h)), x);
  };
  const [encoder, mean, logVariance] = [hidden(problem.encoder), dense(problem.mean), dense(problem.logVariance)];
  const [decoder, output] = [hidden(problem.decoder), dense(problem.output)];
  const loss = (x: TfTensor): TfTensor => {
    const h = encoder(x);
    const [m, v] = [mean(h), logVariance(h)];
    const z = tf.add(m, tf.mul(tf.exp(tf.mul(v, 0.5)), tf.randomNormal([batch, net.latent])));
    const entropy = tf.losses.sigmoidCrossEntropy(x, output(decoder(z)), undefined, 0, tf.Reduction.SUM);
    const kl = tf.mul(tf.sum(tf.sub(tf.add(tf.exp(v), tf.square(m)), tf.add(v, 1))), 0.5);
    return tf.div(tf.add(entropy, kl), batch);
  };
  const optimizer = tf.train.adam(RATE, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const batches = problem.batches.map((images) => tf.tensor(images, [batch, PIXELS]));
  const next = cycle(batches);
  const once = (): number => tf.tidy(() => optimizer.minimize(() => loss(next()), true).dataSync()[0]);
  return {
    time: timeSync(once),
    result: () => lossesOf(judged, once),
    dispose: () => [optimizer, ...variables, ...batches].forEach((owner) => owner.dispose()),
  };
}

const candidate = (name: string, threads: number): StepCandidate => ({
  name,
  threads,
  open: () =>
    withPeer([`${SCOPE}-core`, `${SCOPE}-backend-wasm`], async (core, wasm) => {
      const tf = core as Tf;
      if (threads > 1 && (await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")) !== true) {
        return { absent: "in Node its WebAssembly backend stays at one thread" };
      }
      createRequire(peerProgram("load.ts"))(GRADIENTS);
      tf.enableProdMode();
      (wasm as TfWasm).setThreadsCount(threads);
      await tf.setBackend("wasm");
      const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) === true ? "on" : "off";
      return {
        name,
        threads,
        version: peerVersion(`${SCOPE}-backend-wasm`),
        settings: `production mode, SIMD ${simd}, setThreadsCount(${threads}), train.adam().minimize in tidy`,
        train: (problem) => training(tf, problem),
        close: async () => {},
      };
    }),
});

export const tfjsSteps: readonly StepCandidate[] = [candidate("tfjs-wasm", 1), candidate("tfjs-wasm 2t", 2)];
