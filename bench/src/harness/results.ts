// The shape of a result file, in which the figures of the pages are kept.

import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Machine } from "./machine.js";

/** An engine, or the reason why it is not there. */
export type EngineRecord =
  | { readonly engine: string; readonly threads: number; readonly version: string; readonly settings: string }
  | { readonly engine: string; readonly threads: number; readonly absent: string };

interface RowKey {
  readonly suite: string;
  readonly case: string;
  readonly engine: string;
  readonly threads: number;
  readonly unit: string;
}

export interface MeasuredRow extends RowKey {
  /** `median`, `min` and `max` of `values`. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** One value for each round, so that a ratio of any two rows can be taken round by round. */
  readonly values: readonly number[];
  /** Median over the rounds of this engine's speed divided by the base's; above 1 is faster than the base. */
  readonly ratio?: number;
  /** Median over the rounds of the speed divided by the limit of the same round. */
  readonly share?: number;
  /** Median over the rounds of this time divided by the time at the size rounded up to the register tile. */
  readonly againstRounded?: number;
  readonly error?: number;
  readonly errorUnit?: string;
}

/** An engine that is there, but not for this case. */
export interface AbsentRow extends RowKey {
  readonly absent: string;
}

export type Row = MeasuredRow | AbsentRow;

export const isMeasured = (row: Row): row is MeasuredRow => !("absent" in row);

export interface Results {
  readonly suite: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** The engine that `ratio` compares with. */
  readonly base: string;
  readonly engines: readonly EngineRecord[];
  readonly rows: readonly Row[];
}

/** Writes a text and the folders above it: by way of a file beside it, so that no half of it is ever there. */
export async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.part`;
  await writeFile(beside, text);
  await rename(beside, file);
}

/** Numbers keep five digits: more than a clock on a shared machine is worth. */
export const toJson = (results: Results): string =>
  `${JSON.stringify(
    results,
    (_, value: unknown) =>
      typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
    2,
  ).replaceAll(
    /"values": \[([^\]]*)\]/g,
    (_, inner: string) => `"values": [${inner.replaceAll(/\s+/g, " ").trim()}]`,
  )}\n`;
