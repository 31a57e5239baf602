// A program: a pure function of a state, together with the state that it moves.

import { compile, WorkerError } from "@elbo/compiler";
import type { MatmulMode } from "@elbo/tensor";
import type { EagerReason } from "./execution.js";

/** A function that keeps its state between calls. */
export interface Program<S, Args extends readonly unknown[], Outputs> {
  /** Moves the state and gives the outputs. */
  run(...args: Args): Outputs;
  /** The state as it stands; it does not change afterwards. */
  read(): S;
  write(state: S): void;
  /** Ends its threads; it goes on with one. */
  close(): void;
  facts(): RunFacts;
}

/** How a program runs. */
export interface RunFacts {
  readonly compiled: boolean;
  /** Why it is not compiled. */
  readonly reason?: EagerReason;
  readonly threads: number;
  /** What compiling took so far. */
  readonly milliseconds: number;
  /** The lists of argument shapes that it was compiled for. */
  readonly shapes: number;
}

/** A function of a state and more, which gives the next state and what else it found. */
export type StateFunction<S, Args extends readonly unknown[], Outputs> = (
  state: S,
  ...args: Args
) => readonly [S, Outputs];

/** Runs a function as it is written, operation by operation, for a reason. Reading costs nothing. */
export function eager<S, Args extends readonly unknown[], Outputs>(
  f: StateFunction<S, Args, Outputs>,
  start: S,
  reason: EagerReason,
): Program<S, Args, Outputs> {
  let state = start;
  return {
    run: (...args) => {
      const [next, outputs] = f(state, ...args);
      state = next;
      return outputs;
    },
    read: () => state,
    write: (other) => {
      state = other;
    },
    close: () => {},
    facts: () => ({ compiled: false, reason, threads: 1, milliseconds: 0, shapes: 0 }),
  };
}

export interface CompiledOptions {
  readonly threads?: number;
  readonly matmul: MatmulMode;
}

/**
 * Compiles a function. Reading copies the state. After a step whose threads did not answer (`isLost`) the state is not to
 * be read; writing one makes a new program of a single thread.
 */
export function compiled<S, Args extends unknown[], Outputs>(
  f: StateFunction<S, Args, Outputs>,
  start: S,
  { threads, matmul }: CompiledOptions,
): Program<S, Args, Outputs> {
  const made = (state: S, count: number | undefined) => compile(f, { state, threads: count, matmul });
  let program = made(start, threads);
  let lost = false;
  return {
    run: (...args) => {
      try {
        return program(...args) as Outputs;
      } catch (cause) {
        lost ||= isLost(cause);
        throw cause;
      }
    },
    read: () => program.read() as S,
    write: (state) => {
      if (lost) program = made(state, 1);
      else program.write(state);
      lost = false;
    },
    close: () => program.close(),
    facts: () => {
      const { compilations: shapes, variants, mostThreads: threads } = program.stats();
      const milliseconds = variants.reduce((total, variant) => total + variant.milliseconds, 0);
      return { compiled: true, threads, milliseconds, shapes };
    },
  };
}

/** Whether an error means that a step lost its state, while the step itself can be taken again. */
export const isLost = (error: unknown): boolean => error instanceof WorkerError;
