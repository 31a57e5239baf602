// The second table of `pnpm bench step` on the terminal: ratios within the rounds, and where a step's time goes.

import { isMeasured, type Row } from "../harness/results.js";
import type { StepCase } from "./nets.js";
import { type KernelTime, profileLines } from "./profile.js";
import { minutesPerMillion, RATIOS, ratiosAt } from "./ratios.js";

const WIDTH = 10;

/** The case that is told in the unit of Kingma and Welling's figures too. */
const TOLD_IN_MINUTES = /^aevb /;

/** The medians of the ratios within each round, where both engines were measured. */
export function printRatios(rows: readonly Row[], cases: readonly StepCase[]): void {
  const table = cases.map(({ name }) => ({ name, ratios: ratiosAt(rows, name) }));
  const columns = RATIOS.flatMap((title, column) =>
    table.some(({ ratios }) => ratios[column] !== undefined) ? { title, column } : [],
  );
  if (columns.length === 0) return;
  console.log('\nmedians of the ratios within each round; "/ limit": over the time of the products at the limit');
  console.log(["case".padEnd(WIDTH), ...columns.map(({ title }) => title)].join("  "));
  for (const { name, ratios } of table) {
    const cells = columns.map(({ title, column }) => (ratios[column]?.toFixed(2) ?? "").padStart(title.length));
    console.log([name.padEnd(WIDTH), ...cells].join("  ").trimEnd());
  }
}

/** The paper's network in the unit of its figures: the minutes that a million examples take. */
export function printMinutes(rows: readonly Row[], cases: readonly StepCase[]): void {
  for (const { name, batch } of cases.filter((each) => TOLD_IN_MINUTES.test(each.name))) {
    const minutes = rows
      .filter(isMeasured)
      .filter((row) => row.case === name && row.engine !== "limit")
      .map(({ engine, median }) => `${engine} ${minutesPerMillion(median, batch).toFixed(2)}`);
    if (minutes.length > 0) console.log(`${name}, minutes for a million examples: ${minutes.join(", ")}`);
  }
}

/** Where the time of an engine's steps went. */
export function printProfile(engine: string, kernels: readonly KernelTime[], limitGflops: number): void {
  console.log(`where the time of ${engine} goes:`);
  for (const line of profileLines(kernels, limitGflops)) console.log(line);
}
