// Elbo in training: on one thread, on two, and with the bits that are the same everywhere.

import { fromTypedArray } from "@elbo/tensor";
import { multiplyAddClass } from "@elbo/tensor/kernels";
import { elboVersion } from "../engines/elbo.js";
import { timeSync } from "../engines/engine.js";
import { type Mode, openStep, type StepProgram, whyNot } from "./elbo-step.js";
import { cycle, lossesOf, type StepCandidate, type Training } from "./engine.js";
import { modelOf, PIXELS } from "./nets.js";
import type { StepProblem } from "./problem.js";

function training(program: StepProgram, { batch, batches, judged }: StepProblem): Training {
  const next = cycle(batches.map((images) => fromTypedArray(images, [batch, PIXELS])));
  const once = (): number => program.step(next());
  return {
    time: timeSync(once),
    result: () => lossesOf(judged, once),
    ...(program.kernels === undefined ? {} : { kernels: program.kernels }),
    dispose: program.dispose,
  };
}

const candidate = (name: string, mode: Mode): StepCandidate => ({
  name,
  threads: mode.threads,
  open: async () => {
    const absent = whyNot(mode);
    if (absent !== undefined) return { absent };
    const rounding = mode.matmul === "fast" ? `fast (${multiplyAddClass()} multiply-add)` : "strict";
    return {
      name,
      threads: mode.threads,
      version: elboVersion,
      settings: `compiled, matmul in ${rounding}`,
      train: async (problem) => training(openStep(modelOf(problem.net), mode), problem),
      close: async () => {},
    };
  },
});

export const elboSteps: readonly StepCandidate[] = [
  candidate("elbo", { threads: 1, matmul: "fast" }),
  candidate("elbo 2t", { threads: 2, matmul: "fast" }),
  candidate("elbo strict", { threads: 1, matmul: "strict" }),
];
