// One training step of jax-js: loss, gradient and Adam inside of one `jit`.

import { timeAsync } from "../engines/engine.js";
import { ADAM, cycle, lossesOf, RATE, type Training } from "./engine.js";
import { PIXELS } from "./nets.js";
import type { Layer, StepProblem } from "./problem.js";

/** A function consumes its arguments; `ref` is another reference to keep one. */
interface JaxArray {
  readonly ref: JaxArray;
  add(x: JaxArray | number): JaxArray;
  sub(x: JaxArray | number): JaxArray;
  mul(x: JaxArray | number): JaxArray;
  div(x: JaxArray): JaxArray;
  neg(): JaxArray;
  slice(index: number): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

type Arrays = readonly JaxArray[];
type JaxUnary = (x: JaxArray) => JaxArray;

/** Parameters, first moments, second moments. */
type State = readonly [Arrays, Arrays, Arrays];
type Step = (state: State, x: JaxArray, seed: JaxArray, factors: JaxArray) => readonly [State, JaxArray];

export interface Jax {
  readonly numpy: Record<"tanh" | "exp" | "log1p" | "absolute" | "square" | "sqrt" | "sum", JaxUnary> & {
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    maximum(a: JaxArray, b: number): JaxArray;
    array(data: Float32Array | readonly number[] | number, options?: { shape?: number[]; dtype?: string }): JaxArray;
    zeros(shape: number[]): JaxArray;
  };
  readonly nn: { relu: JaxUnary };
  readonly random: { key(seed: JaxArray): JaxArray; normal(key: JaxArray, shape: number[]): JaxArray };
  init(device: "wasm"): Promise<string[]>;
  defaultDevice(device: "wasm"): void;
  jit<F>(f: F): F & { dispose(): void };
  valueAndGrad(f: (params: Arrays) => JaxArray): (params: Arrays) => [JaxArray, Arrays];
  blockUntilReady(tree: unknown): Promise<unknown>;
}

/** Opens the WebAssembly backend. */
export async function openJax(module: unknown): Promise<Jax | { readonly absent: string }> {
  const jax = module as Jax;
  if (!(await jax.init("wasm")).includes("wasm")) return { absent: "it has no wasm backend here" };
  jax.defaultDevice("wasm");
  return jax;
}

/** The negative bound for parameters in the order of `layersOf`, a weight and a bias for each layer. */
function lossOf({ numpy: np, nn, random }: Jax, { net, batch, encoder }: StepProblem) {
  const activation = net.activation === "relu" ? nn.relu : np.tanh;
  const crossEntropy = (logits: JaxArray, x: JaxArray): JaxArray =>
    np
      .maximum(logits.ref, 0)
      .sub(logits.ref.mul(x))
      .add(np.log1p(np.exp(np.absolute(logits).neg())));
  return (params: Arrays, x: JaxArray, seed: JaxArray): JaxArray => {
    const dense = (layer: number, h: JaxArray): JaxArray => np.matmul(h, params[2 * layer]).add(params[2 * layer + 1]);
    const [heads, last] = [encoder.length, params.length / 2 - 1];
    let h = x.ref;
    for (let layer = 0; layer < heads; layer++) h = activation(dense(layer, h));
    const [mean, logVariance] = [dense(heads, h.ref), dense(heads + 1, h)];
    const epsilon = random.normal(random.key(seed), [batch, net.latent]);
    h = mean.ref.add(np.exp(logVariance.ref.mul(0.5)).mul(epsilon));
    for (let layer = heads + 2; layer < last; layer++) h = activation(dense(layer, h));
    const kl = np.sum(np.exp(logVariance.ref).sub(1).sub(logVariance).add(np.square(mean))).mul(0.5);
    return np
      .sum(crossEntropy(dense(last, h), x))
      .add(kl)
      .mul(1 / batch);
  };
}

function stepOf(jax: Jax, problem: StepProblem): Step {
  const { square, sqrt } = jax.numpy;
  const loss = lossOf(jax, problem);
  const blend = (decay: number, old: JaxArray, fresh: JaxArray): JaxArray => old.mul(decay).add(fresh.mul(1 - decay));
  return ([params, means, squares], x, seed, factors) => {
    const [value, gradients] = jax.valueAndGrad((p) => loss(p, x, seed))(params.map((w) => w.ref));
    const mean = means.map((m, i) => blend(ADAM.beta1, m, gradients[i].ref));
    const second = squares.map((v, i) => blend(ADAM.beta2, v, square(gradients[i])));
    const moved = params.map((w, i) => {
      const step = mean[i].ref.mul(factors.ref.slice(0));
      return w.sub(step.div(sqrt(second[i].ref.mul(factors.ref.slice(1))).add(ADAM.epsilon)));
    });
    factors.dispose();
    return [[moved, mean, second], value];
  };
}

const layersOf = ({ encoder, mean, logVariance, decoder, output }: StepProblem): readonly Layer[] => [
  ...encoder,
  mean,
  logVariance,
  ...decoder,
  output,
];

export async function jaxTraining(jax: Jax, problem: StepProblem): Promise<Training> {
  const { array, zeros } = jax.numpy;
  const layers = layersOf(problem);
  const each = (weightOf: (layer: Layer) => JaxArray): Arrays =>
    layers.flatMap((layer) => [weightOf(layer), zeros([layer.outputs])]);
  const none = (): Arrays => each(({ inputs, outputs }) => zeros([inputs, outputs]));
  let state: State = [
    each(({ inputs, outputs, weight }) => array(weight, { shape: [inputs, outputs] })),
    none(),
    none(),
  ];
  const batches = problem.batches.map((images) => array(images, { shape: [problem.batch, PIXELS] }));
  const next = cycle(batches);
  const step = jax.jit(stepOf(jax, problem));
  let [steps, decay1, decay2] = [0, 1, 1];
  const once = async (): Promise<number> => {
    [decay1, decay2] = [decay1 * ADAM.beta1, decay2 * ADAM.beta2];
    const factors = array([RATE / (1 - decay1), 1 / (1 - decay2)]);
    const [after, loss] = step(state, next().ref, array(steps++, { dtype: "uint32" }), factors);
    state = after;
    const [value] = await loss.data();
    await jax.blockUntilReady(state);
    return value;
  };
  return {
    time: timeAsync(async () => void (await once())),
    result: () => lossesOf(problem.judged, once),
    dispose: () => {
      step.dispose();
      [...state.flat(), ...batches].forEach((owner) => owner.dispose());
    },
  };
}
