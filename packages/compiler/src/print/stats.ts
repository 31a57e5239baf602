// What a program can tell of itself: its variants, their kernels, and what they cost.

import { listing } from "./columns.js";
import { kernelLines } from "./kernel.js";
import { namesOf } from "./names.js";
import { placeText } from "./schedule.js";
import { flopsOfKernel } from "./work.js";
import type { ProgramState, RunningVariant } from "../run/program.js";

/** One kernel of a variant. */
export interface KernelStats {
  /** Of which variant, from 1, in the order of `variants`. */
  readonly variant: number;
  /** From 1; between phases all threads meet. */
  readonly phase: number;
  /** What it computes, as `toString` shows it. */
  readonly text: string;
  /** FLOPs of a step: products `2 m n k`; one for each elementwise operation or fold and element. */
  readonly flops: number;
  /** Seconds of a step, the mean of all so far; only where the function was compiled with `profile: true`. */
  readonly seconds?: number;
}

/** One variant: the program for arguments of certain kinds and shapes. */
export interface VariantStats {
  /** Such as `x [128, 784], rate number`. */
  readonly arguments: string;
  /** How often it has run. */
  readonly steps: number;
  /** How long it took to make it, from the trace to the instance. */
  readonly milliseconds: number;
  /** Bytes of its values in between. Variants share one arena. */
  readonly arenaBytes: number;
  readonly moduleBytes: number;
  /** FLOPs of a step. */
  readonly flops: number;
  readonly phases: number;
}

/** What `program.stats()` gives. */
export interface ProgramStats {
  /** How often the function was compiled: once for each new set of shapes. */
  readonly compilations: number;
  readonly variants: readonly VariantStats[];
  /** The kernels of all variants. */
  readonly kernels: readonly KernelStats[];
  /** Bytes of the program's memory, with the state. */
  readonly memoryBytes: number;
  /** How many threads would take part in a step now. */
  readonly threads: number;
  /** How many will, when all that were started are ready. */
  readonly mostThreads: number;
}

export const statsOf = (program: ProgramState): ProgramStats => ({
  compilations: program.variants.length,
  variants: program.variants.map(variantStats),
  kernels: program.variants.flatMap(kernelStats),
  memoryBytes: program.memoryBytes,
  threads: threadsOf(program),
  mostThreads: program.team?.size() ?? 1,
});

/** The main thread, and the workers that are ready. */
export const threadsOf = ({ team }: ProgramState): number => 1 + (team?.joined() ?? 0);

/** `x [128, 784], key key, rate number`. */
export const argumentsText = ({ specs }: RunningVariant): string =>
  specs.map(({ name, kind, shape }) => `${name} ${kind === "tensor" ? `[${shape.join(", ")}]` : kind}`).join(", ");

/** FLOPs of a step. */
export const flopsOfStep = ({ plan }: RunningVariant): number =>
  plan.schedule.phases.flat().reduce((sum, kernel) => sum + flopsOfKernel(kernel), 0);

/** Seconds of a step in one kernel, where the program profiles itself. */
export function secondsOf(
  { names, steps, seconds }: RunningVariant,
  phase: number,
  kernel: number,
): number | undefined {
  const all = seconds.get(names[phase][kernel]);
  return all === undefined ? undefined : all / steps;
}

const variantStats = (variant: RunningVariant): VariantStats => ({
  arguments: argumentsText(variant),
  steps: variant.steps,
  milliseconds: variant.milliseconds,
  arenaBytes: variant.plan.arenaBytes,
  moduleBytes: variant.bytes.length,
  flops: flopsOfStep(variant),
  phases: variant.plan.schedule.phases.length,
});

function kernelStats(variant: RunningVariant): KernelStats[] {
  const { plan, number } = variant;
  const context = { graph: plan.graph, names: namesOf(plan.graph), place: placeText(plan) };
  return plan.schedule.phases.flatMap((kernels, phase) =>
    kernels.map((kernel, k): KernelStats => {
      const seconds = secondsOf(variant, phase, k);
      const text = listing(kernelLines(kernel, context).map(({ depth, text: words }) => ({ depth, text: words })));
      const known = { variant: number + 1, phase: phase + 1, text, flops: flopsOfKernel(kernel) };
      return seconds === undefined ? known : { ...known, seconds };
    }),
  );
}
