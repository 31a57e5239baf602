// A short training of a VAE in `strict`, compiled or not, and the hash of all that it ends with. Nothing here belongs to
// Node, so that a browser can run it too.

import { bernoulli, concrete, gather, leaves, mean, split, type Value, valueAndGrad } from "@elbo/autograd";
import { compile, hasThreads } from "@elbo/compiler";
import { foldIn, key, type Key, randomInt, type Tensor, uniform, withMatmulMode } from "@elbo/tensor";
import { adam, betaObjective, type ModelOptions, vae, type VaeParams } from "@elbo/vae";
import { sha256 } from "../../hashes.js";

export interface Training {
  readonly name: string;
  readonly model: ModelOptions;
  /** How many examples each step sees. */
  readonly batches: readonly number[];
}

/** How the steps are computed: operation by operation, or compiled for so many threads. */
export type Way = "eager" | 1 | 2;

export interface Ending {
  /** Of the parameters, the moments, and the loss of each step. */
  readonly hash: string;
  /** How many threads ran the steps after the first. */
  readonly threads: number;
}

interface State {
  readonly params: VaeParams;
  readonly moments: Readonly<Record<string, unknown>>;
}

/** What a step is given: the examples of its batch, the source of its noise, the factors of the optimizer. */
type Given = [indices: Value, from: Key, factors: Readonly<Record<string, number>>];

type Step = (state: State, ...given: Given) => readonly [State, Value];

/** Steps with their state inside. */
interface Running {
  run(...given: Given): Value;
  read(): State;
  /** How many threads there are from now on, when all that were asked for have come or do not come. */
  threads(): Promise<number>;
}

const EXAMPLES = 256;
const LEARNING_RATE = 1e-3;
const optimizer = adam();

/** How long threads may take to start, in milliseconds. */
const START_LIMIT = 20_000;

/** The step on targets that are drawn anew each time. */
function stepOf({ model: options }: Training): Step {
  const model = vae(options);
  const images = uniform(key(1), [EXAMPLES, ...options.input]);
  return ({ params, moments }, indices, from, factors) => {
    const [drawing, noise] = split(from);
    const x = bernoulli(drawing, gather(images, indices));
    const loss = (at: VaeParams): Value => mean(betaObjective(model.terms(at, x, noise), 1));
    const [value, gradients] = valueAndGrad(loss)(params);
    return [optimizer.step(params, gradients, moments, factors), value];
  };
}

function eager(step: Step, start: State): Running {
  let state = start;
  const run = (...given: Given): Value => {
    const [next, loss] = step(state, ...given);
    state = next;
    return loss;
  };
  return {
    run: (...given) => withMatmulMode("strict", () => run(...given)),
    read: () => state,
    threads: async () => 1,
  };
}

function compiled(step: Step, state: State, threads: number): Running {
  const program = compile(step, { state, threads, matmul: "strict" });
  return {
    run: program,
    read: () => program.read(),
    threads: async () => {
      const limit = hasThreads() ? performance.now() + START_LIMIT : 0;
      while (program.stats().threads < threads && performance.now() < limit) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return program.stats().threads;
    },
  };
}

/** Trains, after the first step with all the threads that were asked for. */
async function endingOf(training: Training, way: Way): Promise<Ending> {
  const { params } = vae(training.model);
  const { decay1, decay2, ...moments } = optimizer.init(params);
  const step = stepOf(training);
  const start: State = { params, moments };
  const running = way === "eager" ? eager(step, start) : compiled(step, start, way);
  let threads = 1;
  let numbers = { decay1, decay2 };
  const losses: Value[] = [];
  for (const [at, batch] of training.batches.entries()) {
    const prepared = optimizer.prepare({ ...moments, ...numbers }, LEARNING_RATE);
    numbers = { ...numbers, ...prepared.numbers };
    const indices = randomInt(foldIn(key(2), at), [batch], { high: EXAMPLES });
    losses.push(running.run(indices, foldIn(key(3), at), prepared.factors));
    if (at === 0) threads = await running.threads();
  }
  return { hash: await sha256(...[...leaves(running.read()), ...losses].map(bytesOf)), threads };
}

function bytesOf(leaf: Value | number): Uint8Array {
  const { data }: Tensor = concrete(leaf as Value);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Its larger batches come when the threads are there, so that the memory grows under them. */
const small: Training = {
  name: "small",
  model: { input: [196], hidden: [100], latent: 10 },
  batches: Array.from({ length: 20 }, (_, at) => (at % 5 === 4 ? 100 : 64)),
};
const full: Training = {
  name: "full",
  model: { input: [784], hidden: [400], latent: 20 },
  batches: [128, 128, 128],
};

/** Both trainings in all ways, but for the large one operation by operation. */
export async function allEndings(): Promise<Record<string, Ending>> {
  const runs: readonly (readonly [Training, Way])[] = [
    [small, "eager"],
    [small, 1],
    [small, 2],
    [full, 1],
    [full, 2],
  ];
  const endings: Record<string, Ending> = {};
  for (const [training, way] of runs) endings[`${training.name}, ${way}`] = await endingOf(training, way);
  return endings;
}
