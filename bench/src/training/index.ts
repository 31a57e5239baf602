// Everyone who trains, in the order of the reports, and the opening of those that a run asks for.

import type { EngineRecord } from "../harness/results.js";
import { elboSteps } from "./elbo.js";
import type { StepCandidate, StepEngine } from "./engine.js";
import { jaxSteps } from "./jax.js";
import { pytorchSteps } from "./pytorch.js";
import { tfjsSteps } from "./tfjs.js";

const CANDIDATES: readonly StepCandidate[] = [...elboSteps, ...jaxSteps, ...tfjsSteps, ...pytorchSteps];

/** The names of all engines that train, for `--engines`. */
export const STEP_ENGINE_NAMES: readonly string[] = CANDIDATES.map(({ name }) => name);

export interface OpenedSteps {
  readonly engines: readonly StepEngine[];
  readonly records: readonly EngineRecord[];
  close(): Promise<void>;
}

/** Opens the engines whose names begin with one of `prefixes`, all where there is none; the absent are in the records. */
export async function openStepEngines(prefixes: readonly string[]): Promise<OpenedSteps> {
  const asked = (name: string): boolean => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix));
  const engines: StepEngine[] = [];
  const records: EngineRecord[] = prefixes
    .filter((prefix) => !STEP_ENGINE_NAMES.some((name) => name.startsWith(prefix)))
    .map((engine) => ({ engine, threads: 1, absent: "its training step is not measured" }));
  for (const { name, threads, open } of CANDIDATES.filter((candidate) => asked(candidate.name))) {
    const engine = await open();
    if ("absent" in engine) records.push({ engine: name, threads, absent: engine.absent });
    else {
      engines.push(engine);
      records.push({ engine: name, threads, version: engine.version, settings: engine.settings });
    }
  }
  return {
    engines,
    records,
    close: async () => {
      for (const engine of engines) await engine.close();
    },
  };
}
