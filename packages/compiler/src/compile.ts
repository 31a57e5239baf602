// compile: a function of @elbo/autograd's operations becomes one WebAssembly program, with its state inside.

import { ArgumentError, checkOptions, type Key, type MatmulMode, matmulMode, type Tensor } from "@elbo/tensor";
import type { Value } from "@elbo/autograd";
import { hasThreads, availableThreads } from "./run/platform.js";
import { ProgramState } from "./run/program.js";

/** A tree as it comes back from a program: tensors, numbers in the state, and keys. */
export type Concrete<T> = T extends Value ? Tensor : T extends number | Key ? T : { [K in keyof T]: Concrete<T[K]> };

export interface CompileOptions {
  /** How many threads may take part; as many as there are cores unless given. Results are the same for any number. */
  readonly threads?: number;
  /** How matrix products round; the mode that `withMatmulMode` has set unless given, so `strict`. */
  readonly matmul?: MatmulMode;
  /** Times every kernel; on one thread. */
  readonly profile?: boolean;
}

/** A compiled function. */
export interface Program<A extends unknown[], Y> {
  (...args: A): Concrete<Y>;
  /** Ends the program's threads; it goes on with one. Not needed: threads end with the program that nobody holds. */
  close(): void;
}

/** A compiled function that keeps a state. */
export interface StatefulProgram<S, A extends unknown[], Y> extends Program<A, Y> {
  /** A copy of the state. */
  read(): Concrete<S>;
  /** Replaces the state by a copy of a tree of the same shapes. */
  write(state: S): void;
}

const unused = new FinalizationRegistry<{ stop(): void }>((team) => team.stop());

export function compile<S, A extends unknown[], Y>(
  f: (state: S, ...args: A) => readonly [S, Y],
  options: CompileOptions & { readonly state: S },
): StatefulProgram<S, A, Y>;
export function compile<A extends unknown[], Y>(f: (...args: A) => Y, options?: CompileOptions): Program<A, Y>;
export function compile(
  f: (...args: never[]) => unknown,
  options: CompileOptions & { readonly state?: unknown } = {},
): StatefulProgram<unknown, unknown[], unknown> {
  checkOptions("compile", options, ["state", "threads", "matmul", "profile"]);
  const { threads = availableThreads(), matmul = matmulMode(), profile = false, state } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ArgumentError(`threads is a whole number of 1 or more, got ${threads}`, { op: "compile" });
  }
  const shared = threads > 1 && !profile && hasThreads();
  const program = new ProgramState(f, { state, threads: shared ? threads : 1, shared, matmul, profile });
  const run = Object.assign((...args: unknown[]) => program.run(args), {
    close: () => program.team?.stop(),
    read: () => program.read(),
    write: (next: unknown) => program.write(next),
    program,
  });
  if (program.team !== undefined) unused.register(run, program.team);
  return run as never;
}
