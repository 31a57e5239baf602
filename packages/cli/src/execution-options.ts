// The options that say how verbs compute, which change how long it takes and nothing else.

import type { Execution, RunFacts } from "@elbo/vae";
import { type Given, number, type OptionSpecs } from "./options.js";
import { plural } from "./tables.js";

export const executionOptions: OptionSpecs = {
  threads: { value: "N", about: "threads of compiled programs; any number gives the same bits (default all cores)" },
  eager: { about: "operation by operation instead of compiled: the same bits, and slower" },
};

/** What they say. Without `--eager`, what is small is not compiled all the same. */
export const executionOf = (given: Given): Execution => ({
  threads: number(given, "threads", { whole: true, least: 1 }),
  eager: given.options.eager === true ? true : undefined,
});

/**
 * How a run is executed, in one line.
 * @example executionLine({ compiled: true, milliseconds: 84.2, threads: 2, shapes: 1 }) // "compiled in 84 ms, 2 threads"
 */
export const executionLine = ({ compiled, milliseconds, threads }: RunFacts): string =>
  compiled ? `compiled in ${Math.round(milliseconds)} ms, ${plural(threads, "thread")}` : "not compiled, 1 thread";
