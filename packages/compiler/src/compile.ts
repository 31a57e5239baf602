// compile: a function of @elbo/autograd's operations becomes one WebAssembly program, with its state inside.

import { ArgumentError, checkOptions, type Key, type MatmulMode, matmulMode, type Tensor } from "@elbo/tensor";
import type { Value } from "@elbo/autograd";
import { hasSimd } from "@elbo/tensor/kernels";
import { MOST_THREADS } from "./plan/control.js";
import { availableThreads, hasThreads } from "./run/platform.js";
import { printProgram } from "./print/program.js";
import { ProgramState } from "./run/program.js";
import { type ProgramStats, statsOf } from "./print/stats.js";

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
  /**
   * What became of the function: for each variant its arguments, its phases with their fused kernels, what they store and
   * where, FLOPs and bytes.
   */
  toString(): string;
  /**
   * The same as data: how often the function was compiled and how long that took, bytes, FLOPs, and with
   * `profile: true` the seconds of every kernel.
   * @example program.stats().kernels.toSorted((a, b) => b.seconds! - a.seconds!)[0].text
   */
  stats(): ProgramStats;
}

/** A compiled function that keeps a state. */
export interface StatefulProgram<S, A extends unknown[], Y> extends Program<A, Y> {
  /** A copy of the state. */
  read(): Concrete<S>;
  /** Replaces the state by a copy of a tree of the same shapes. */
  write(state: S): void;
}

const unused = new FinalizationRegistry<{ stop(): void }>((team) => team.stop());

/** Whether functions can be compiled here: WebAssembly with SIMD, which every current browser, Node, Deno and Bun has. */
export const canCompile = (): boolean => hasSimd();

/**
 * Makes a program of a function. The function is run once on symbolic values for each list of argument shapes; what it did
 * becomes one WebAssembly module, which later calls run. Tensors, numbers and keys that are arguments are given anew at
 * each call; those that it captures are constants. With `state`, the function is `f(state, ...args) => [nextState,
 * outputs]`, and the program keeps the state: a call changes it and gives the outputs alone.
 *
 * In `strict` the results equal those of the function itself to the bit, for any number of threads; in `fast` too, on a
 * runtime of one class of multiply-add.
 * @throws ConcreteReadError where the function asks for a number that is not computed yet, ArgumentError for arguments
 *   that are no tensors, numbers or keys, DTypeError for float64, AllocationError where the memory cannot be had; at a
 *   call, IndexError for an index outside of its axis, WorkerError where a thread does not answer
 * @example
 * const step = compile((w, x) => [sub(w, mul(0.1, grad((v) => sum(square(mul(v, x))))(w))), sum(w)], { state: ones([3]) });
 * step(tensor([1, 2, 3])).item(); // 3
 */
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
  if (typeof f !== "function") throw new ArgumentError("needs a function", { op: "compile" });
  if (!canCompile()) {
    throw new ArgumentError("this runtime has no WebAssembly SIMD, or forbids it; call the function itself instead", {
      op: "compile",
    });
  }
  const { threads = availableThreads(), matmul = matmulMode(), profile = false, state } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ArgumentError(`threads is a whole number of 1 or more, got ${threads}`, { op: "compile" });
  }
  if (matmul !== "strict" && matmul !== "fast") {
    throw new ArgumentError(`matmul is strict or fast, got ${JSON.stringify(matmul)}`, { op: "compile" });
  }
  if (typeof profile !== "boolean") {
    throw new ArgumentError(`profile is true or false, got ${JSON.stringify(profile)}`, { op: "compile" });
  }
  const shared = threads > 1 && !profile && hasThreads();
  const program = new ProgramState(f, {
    state,
    threads: shared ? Math.min(threads, MOST_THREADS) : 1,
    shared,
    matmul,
    profile,
  });
  const run = Object.assign((...args: unknown[]) => program.run(args), {
    close: () => program.team?.stop(),
    read: () => program.read(),
    write: (next: unknown) => program.write(next),
    toString: () => printProgram(program),
    [Symbol.for("nodejs.util.inspect.custom")]: () => printProgram(program),
    stats: () => statsOf(program),
  });
  if (program.team !== undefined) unused.register(run, program.team);
  return run as never;
}
