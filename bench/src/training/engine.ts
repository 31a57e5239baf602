// What the suite asks of whoever trains: a network that goes on learning from call to call.

import type { Candidate, Engine, Task } from "../engines/engine.js";
import type { KernelTime } from "./profile.js";
import type { StepProblem } from "./problem.js";

/** The rate of Adam and its options, the same for every engine: the defaults of the paper and of PyTorch. */
export const RATE = 1e-3;
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * A network in training. `time` takes steps, each of which ends with its loss as a number; `result` takes the next
 * `judged` steps and gives the loss of each, in nats per example.
 */
export interface Training extends Task {
  /** Where the time of the steps went, for an engine that knows. */
  kernels?(): readonly KernelTime[];
}

export interface StepEngine extends Engine {
  train(problem: StepProblem): Promise<Training>;
}

export interface StepCandidate extends Candidate {
  open(): Promise<StepEngine | { readonly absent: string }>;
}

/** One item after the other, and after the last one the first. */
export function cycle<T>(items: readonly T[]): () => T {
  let next = 0;
  return () => items[next++ % items.length];
}

/** The losses of the next steps. */
export async function lossesOf(steps: number, step: () => number | Promise<number>): Promise<Float32Array> {
  const losses = new Float32Array(steps);
  for (let i = 0; i < steps; i++) losses[i] = await step();
  return losses;
}
