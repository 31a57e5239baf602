// The options that say how verbs compute, which change how long it takes and nothing else.

import type { Execution, RunFacts } from "@elbo/vae";
import { type Given, number, type OptionSpecs, UsageError } from "./options.js";
import { plural } from "./tables.js";

export const executionOptions: OptionSpecs = {
  threads: { value: "N", about: "threads of compiled programs; any number gives the same bits (default all cores)" },
  eager: { about: "operation by operation instead of compiled, on one thread: the same bits, and slower" },
};

/**
 * What they say. Without `--eager`, what is small is not compiled all the same.
 * @throws UsageError where `--eager` is given together with `--threads`
 */
export function executionOf(given: Given): Execution {
  const threads = number(given, "threads", { whole: true, least: 1 });
  const eager = given.options.eager === true ? true : undefined;
  if (eager && threads !== undefined)
    throw new UsageError(
      "--eager computes on one thread, and --threads belongs to compiled programs; leave one of them out",
    );
  return { threads, eager };
}

const notCompiled: Readonly<Record<NonNullable<RunFacts["reason"]>, string>> = {
  asked: ", as asked",
  little: ": too little work to pay for it",
  parameters: ": programs compute in float32, and the parameters are not",
  data: ": the data is too large for the memory of a program",
  platform: ": there is no WebAssembly SIMD here",
};

/**
 * How a run is executed, in one line.
 * @example executionLine({ compiled: true, milliseconds: 84.2, threads: 2, shapes: 1 }) // "compiled in 84 ms, 2 threads"
 */
export const executionLine = ({ reason, milliseconds, threads }: RunFacts): string =>
  reason === undefined
    ? `compiled in ${Math.round(milliseconds)} ms, ${plural(threads, "thread")}`
    : `not compiled${notCompiled[reason]}`;
