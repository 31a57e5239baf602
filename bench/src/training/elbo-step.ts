// One training step of Elbo: the negative bound, its gradient, Adam.

import { mean, neg, type Value, valueAndGrad } from "@elbo/autograd";
import { availableThreads, compile, type CompileOptions } from "@elbo/compiler";
import { foldIn, key as keyOf, type Key, type MatmulMode, type Tensor, uniform } from "@elbo/tensor";
import { adam, elbo, type Vae, type VaeParams } from "@elbo/vae";
import { ADAM, RATE } from "./engine.js";
import type { KernelTime } from "./profile.js";

const optimizer = adam(ADAM);
type Moments = Parameters<typeof optimizer.step>[2];
type Factors = Parameters<typeof optimizer.step>[3];

/** What a step changes: the parameters, and Adam's moments of their gradients. */
interface State {
  readonly params: VaeParams;
  readonly moments: Moments;
}

export interface Mode {
  readonly threads: number;
  readonly matmul: MatmulMode;
}

/** A step that owns its state. */
export interface StepProgram {
  /** Takes a step on `[batch, 784]` and gives the loss in nats per example. */
  step(x: Tensor): number;
  /** Where the time of the steps so far went. */
  kernels?(): readonly KernelTime[];
  dispose(): void;
}

/** Why a mode cannot be had; `undefined` where it can. */
export const whyNot = ({ threads }: Mode): string | undefined =>
  threads > availableThreads() ? `this machine has ${availableThreads()} cores` : undefined;

/** From a state to the next one, and the loss: a pure function of its arguments. */
const stepOf =
  ({ encode, decode }: Vae) =>
  ({ params, moments }: State, x: Value, key: Key, factors: Factors): [State, Value] => {
    const objective = (p: VaeParams): Value =>
      neg(mean(elbo({ encode: (seen) => encode(p, seen), decode: (z) => decode(p, z) }, x, key)));
    const [loss, gradients] = valueAndGrad(objective)(params);
    return [optimizer.step(params, gradients, moments, factors), loss];
  };

/** The program of a model's step, which begins at the model's parameters. */
export function openStep(model: Vae, mode: Mode): StepProgram {
  const program = compiled(model, { ...mode });
  return { step: takeSteps(program), kernels: () => timedKernels(model, mode), dispose: () => program.close() };
}

const compiled = (model: Vae, options: CompileOptions) => {
  const { mean, square } = optimizer.init(model.params);
  const state: State = { params: model.params, moments: { mean, square } };
  return compile<State, [Tensor, Key, Factors], Value>(stepOf(model), { ...options, state });
};

/** Steps one after the other, each with its own noise and its own corrections of Adam. */
function takeSteps(program: (x: Tensor, key: Key, factors: Factors) => Tensor): (x: Tensor) => number {
  const root = keyOf(1);
  let numbers = { decay1: 1, decay2: 1 } as ReturnType<typeof optimizer.init>;
  let steps = 0;
  return (x) => {
    const prepared = optimizer.prepare(numbers, RATE);
    numbers = { ...numbers, ...prepared.numbers };
    return program(x, foldIn(root, steps++), prepared.factors).item();
  };
}

const PROFILED_STEPS = 50;

/** The kernels of a program that times itself, on one thread, over some steps on noise. */
function timedKernels(model: Vae, { matmul }: Mode): readonly KernelTime[] {
  const program = compiled(model, { matmul, threads: 1, profile: true });
  const step = takeSteps(program);
  const x = uniform(keyOf(2), [128, model.config.input[0] * model.config.input[1]]);
  for (let i = 0; i < PROFILED_STEPS; i++) step(x);
  return program.stats().kernels.map(({ text, flops, seconds = 0 }) => ({ name: text, flops, seconds }));
}
