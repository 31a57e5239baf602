// `pnpm bench steps`: GFLOP/s, share of the limit and error of every step from three loops to the packed kernel.

import { key, normal, split } from "@elbo/tensor";
import type { Engine, MatmulProblem } from "../engines/engine.js";
import { openLimit } from "../engines/limit.js";
import { BadCall, type Options } from "../harness/arguments.js";
import type { EngineRecord, Results, Row } from "../harness/results.js";
import { printColumns, printEngines, printRows } from "../harness/table.js";
import { BASE, STEPS } from "../steps/index.js";
import { productError, referenceProduct } from "./accuracy.js";
import { measureGroup } from "./group.js";

const UNIT = "GFLOP/s";

type Size = Pick<MatmulProblem, "m" | "k" | "n" | "transposeA">;

/** A square whose rows are 2 KiB apart, and the weight gradient of a layer, whose are not a power of two apart. */
const CASES: Readonly<Record<string, Size>> = {
  "512": { m: 512, k: 512, n: 512, transposeA: false },
  "784x128x400 TN": { m: 784, k: 128, n: 400, transposeA: true },
};

function problemOf(size: Size): MatmulProblem {
  const [left, right] = split(key(size.m + size.k + size.n));
  const draw = (from: typeof left, count: number): Float32Array => Float32Array.from(normal(from, [count]).data);
  return { ...size, transposeB: false, a: draw(left, size.m * size.k), b: draw(right, size.k * size.n) };
}

/** The names of the steps, for `--engines`. */
export const STEP_NAMES: readonly string[] = STEPS.map(({ name }) => name);

export async function stepsSuite(
  { rounds, engines: prefixes, cases: parts }: Options,
  begin: () => void,
): Promise<Pick<Results, "base" | "engines" | "rows">> {
  const names = Object.keys(CASES).filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (names.length === 0) {
    throw new BadCall(`no case has ${parts.join(" or ")} in its name; there are ${Object.keys(CASES).join(", ")}`);
  }
  const steps: Engine[] = [];
  const records: EngineRecord[] = [];
  const asked = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
  // A run of all suites may name engines that are no steps.
  const all = !STEP_NAMES.some(asked);
  for (const { name, threads, open } of STEPS) {
    if (!all && !asked(name)) continue;
    const step = await open();
    if ("absent" in step) records.push({ engine: name, threads, absent: step.absent });
    else {
      steps.push(step);
      records.push({ engine: name, threads, version: step.version, settings: step.settings });
    }
  }
  begin();
  printEngines(records);
  const limit = openLimit();
  console.log(`  ${"limit".padEnd(15)} ${limit.settings}`);
  printColumns(UNIT, BASE);
  const rows: Row[] = [];
  for (const name of names) {
    const problem = problemOf(CASES[name]);
    const reference = referenceProduct(problem);
    const { m, k, n } = problem;
    const measured = await measureGroup({
      suite: "steps",
      unit: UNIT,
      rounds,
      limit,
      sharesLimit: true,
      base: BASE,
      jobs: steps.map((engine) => ({
        case: name,
        engine,
        open: async () => engine.matmul?.(problem),
        judge: (result) => ({ error: productError(result, reference, k), errorUnit: "gamma_k |A||B|" }),
        value: (seconds) => (2 * m * k * n) / seconds / 1e9,
      })),
    });
    printRows(measured);
    rows.push(...measured);
  }
  return { base: BASE, engines: records, rows };
}
