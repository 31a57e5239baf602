// A compiled function as text: its state, and for each variant its arguments, its phases and what they cost.

import { bytesOf } from "../plan/plan.js";
import type { ProgramState, RunningVariant } from "../run/program.js";
import { argumentsText, flopsOfStep, secondsOf, threadsOf } from "./stats.js";
import { listing } from "./columns.js";
import { bytesText, countText, flopsText, millisecondsText } from "./quantities.js";
import { phaseLines } from "./schedule.js";

/** What `toString` of a program shows. */
export function printProgram(program: ProgramState): string {
  const { variants, stateSpecs, memoryBytes } = program;
  const stateBytes = stateSpecs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  const state =
    stateSpecs.length === 0 ? [] : [`state ${bytesText(stateBytes)} in ${countText(stateSpecs.length, "tensor")}`];
  const all = [
    countText(variants.length, "variant"),
    ...state,
    `memory ${bytesText(memoryBytes)}`,
    countText(threadsOf(program), "thread"),
  ];
  return [`compiled function: ${all.join(", ")}`, ...variants.map(printVariant)].join("\n\n");
}

/** One variant. Where the program profiles itself, a kernel's line also has its milliseconds of a step. */
export function printVariant(variant: RunningVariant): string {
  const { plan, bytes, milliseconds, number } = variant;
  const { phases } = plan.schedule;
  const figures = [
    countText(phases.length, "phase"),
    countText(phases.flat().length, "kernel"),
    flopsText(flopsOfStep(variant)),
    `arena ${bytesText(plan.arenaBytes)}`,
    `module ${bytesText(bytes.length)}`,
    `compiled in ${millisecondsText(milliseconds)}`,
  ];
  const time = (phase: number, kernel: number): string | undefined => {
    const seconds = secondsOf(variant, phase, kernel);
    return seconds === undefined ? undefined : `${(1000 * seconds).toFixed(3)} ms`;
  };
  const takes = argumentsText(variant);
  return [
    `variant ${number + 1}: ${takes === "" ? "no arguments" : takes}`,
    figures.join(", "),
    listing(phaseLines(plan.schedule, plan, time)),
  ].join("\n");
}
