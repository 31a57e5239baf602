// How work is run: operation by operation, or compiled and on threads. A choice of speed alone, for the bits are the same.

import { canCompile } from "@elbo/compiler";
import { leaves } from "@elbo/autograd";
import { ArgumentError, Tensor } from "@elbo/tensor";

/** Ways of running. None of them changes a bit of any result, so none is kept with one. */
export interface Execution {
  /**
   * `true`: operation by operation. `false`: compiled, wherever that can be. Unless given: compiled where there is so much
   * to compute that compiling pays.
   */
  readonly eager?: boolean;
  /** Threads of compiled programs: all cores unless given. Small programs use one. */
  readonly threads?: number;
}

/** The names of these ways. */
export const executionOptions: readonly (keyof Execution)[] = ["eager", "threads"];

/** @throws ArgumentError where one of them is not what it has to be */
export function checkExecution(op: string, { eager, threads }: Execution): void {
  if (eager !== undefined && typeof eager !== "boolean")
    throw new ArgumentError(`eager is true or false, got ${JSON.stringify(eager)}`, { op });
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1))
    throw new ArgumentError(`threads is a whole number of 1 or more, got ${threads}`, { op });
}

/** Below so many multiply-adds, computing them takes no longer than compiling does: some tenths of a second. */
const WORTH_COMPILING = 1e9;

/** What a call costs beside its multiply-adds where each operation is called by itself: as much as so many. */
const CALL = 5e6;

/** A program holds the tensors that it captures in a memory of at most 2 GiB, which has to hold its own beside them. */
const MOST_CAPTURED_BYTES = 2 ** 30;

/** What the decision depends on. */
export interface Work {
  readonly params: unknown;
  /** How often the function is going to be called. */
  readonly calls: number;
  /** Multiplications and additions of the matrix products in all these calls. */
  readonly multiplyAdds: number;
  /** What the program would hold beside the parameters. */
  readonly capturedBytes?: number;
}

/** Why work is run operation by operation: it was asked for, there is too little of it, or a program cannot do it. */
export type EagerReason = "asked" | "little" | "parameters" | "data" | "platform";

/**
 * Why not to compile; undefined where work is compiled. Where the runtime has no WebAssembly SIMD, where parameters are not
 * float32 and where the data is too large for the memory of a program, work is run operation by operation whatever was
 * asked for.
 */
export function eagerReason(
  { eager }: Execution,
  { params, calls, multiplyAdds, capturedBytes = 0 }: Work,
): EagerReason | undefined {
  if (eager === true) return "asked";
  if (eager === undefined && multiplyAdds + CALL * calls < WORTH_COMPILING) return "little";
  if (!leaves(params).every((leaf) => leaf instanceof Tensor && leaf.dtype === "float32")) return "parameters";
  if (capturedBytes > MOST_CAPTURED_BYTES) return "data";
  return canCompile() ? undefined : "platform";
}

/** Whether to compile. */
export const isCompiled = (execution: Execution, work: Work): boolean => eagerReason(execution, work) === undefined;
