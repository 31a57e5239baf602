// What a result must say about where it was measured.

import { cpus, totalmem } from "node:os";
import { relaxedSimd, type RelaxedSimd } from "./relaxed.js";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly platform: string;
  readonly relaxedSimd: RelaxedSimd;
  readonly sharedMemory: boolean;
  /** V8's experimental pairing of 128-bit operations into 256-bit ones, switched on for everything in the process. */
  readonly revectorize: boolean;
}

export const describeMachine = (revectorize: boolean): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  relaxedSimd,
  sharedMemory: typeof SharedArrayBuffer !== "undefined",
  revectorize,
});

/** The major version of the Node that runs: `20`. */
export const nodeMajor = (): number => Number(process.versions.node.split(".")[0]);
