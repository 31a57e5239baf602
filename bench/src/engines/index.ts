// Every engine, in the order of the reports, and the opening of those that a run asks for.

import type { EngineRecord } from "../harness/results.js";
import { baselines } from "./baselines.js";
import { elbo } from "./elbo.js";
import type { Candidate, Engine } from "./engine.js";
import { jax } from "./jax.js";
import { native } from "./native.js";
import { numpy } from "./numpy.js";
import { onnxruntime } from "./onnxruntime.js";
import { tfjs } from "./tfjs.js";

const CANDIDATES: readonly Candidate[] = [...elbo, ...jax, ...numpy, ...tfjs, ...baselines, ...onnxruntime, ...native];

export interface Opened {
  readonly engines: readonly Engine[];
  readonly records: readonly EngineRecord[];
  close(): Promise<void>;
}

/** The names of all engines, whether they are there or not. */
export const ENGINE_NAMES: readonly string[] = CANDIDATES.map(({ name }) => name);

/**
 * Opens the engines whose names begin with one of `prefixes`, all of them where there is none. The absent ones are in
 * the records with their reasons; so are those that were asked for and are not `able`.
 */
export async function openEngines(prefixes: readonly string[], able: (engine: Engine) => boolean): Promise<Opened> {
  const engines: Engine[] = [];
  const records: EngineRecord[] = [];
  for (const { name, threads, open } of CANDIDATES) {
    if (prefixes.length > 0 && !prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const engine = await open();
    if ("absent" in engine) records.push({ engine: name, threads, absent: engine.absent });
    else if (able(engine)) {
      engines.push(engine);
      records.push({ engine: name, threads, version: engine.version, settings: engine.settings });
    } else {
      await engine.close();
      if (prefixes.length > 0) records.push({ engine: name, threads, absent: "it has none of these operations" });
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
