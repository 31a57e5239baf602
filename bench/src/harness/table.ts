// The report on the terminal: who takes part and how, then a line for each row.

import { type EngineRecord, isMeasured, type Results, type Row } from "./results.js";

const WIDTHS = { case: 16, engine: 15, figure: 10 };

const number = (x: number | undefined, digits: number): string => (x === undefined ? "" : x.toFixed(digits));

/** Three significant digits, never in exponents. */
const figure = (x: number): string =>
  x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(2);

const line = (cells: readonly [string, string, ...string[]]): string => {
  const [name, engine, ...figures] = cells;
  return [name.padEnd(WIDTHS.case), engine.padEnd(WIDTHS.engine), ...figures.map((f) => f.padStart(WIDTHS.figure))]
    .join(" ")
    .trimEnd();
};

export function printHead({
  suite,
  machine,
  versions,
  rounds,
}: Pick<Results, "suite" | "machine" | "versions" | "rounds">): void {
  const { cpu, cores, memoryGB, relaxedSimd, sharedMemory, revectorize } = machine;
  console.log(`\n== ${suite}: medians of ${rounds} interleaved rounds`);
  console.log(`${cpu}, ${cores} cores, ${memoryGB} GB, Node ${versions.node} (V8 ${versions.v8})`);
  console.log(
    `relaxed SIMD ${relaxedSimd}, shared memory ${sharedMemory ? "on" : "absent"}, revectorize ${revectorize ? "on" : "off"}`,
  );
}

export function printEngines(engines: readonly EngineRecord[]): void {
  for (const record of engines) {
    const said = "absent" in record ? `ABSENT: ${record.absent}` : `${record.version}: ${record.settings}`;
    console.log(`  ${record.engine.padEnd(WIDTHS.engine)} ${said}`);
  }
}

export function printColumns(unit: string, base: string): void {
  console.log(`  ${"base".padEnd(WIDTHS.engine)} ${base}: "x base" is how many times as fast as it is`);
  console.log(line(["case", "engine", unit, "min", "x base", "share", "/ rounded", "error"]));
}

export function printRows(rows: readonly Row[]): void {
  for (const row of rows) {
    if (!isMeasured(row)) {
      console.log(`${line([row.case, row.engine])} absent: ${row.absent}`);
      continue;
    }
    const error = row.error === undefined ? "" : `${figure(row.error)}`;
    console.log(
      `${line([row.case, row.engine, figure(row.median), figure(row.min), number(row.ratio, 2), number(row.share, 2), number(row.againstRounded, 2), error])}${row.errorUnit === undefined ? "" : ` ${row.errorUnit}`}`,
    );
  }
}
