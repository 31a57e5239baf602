// `pnpm bench matmul`: GFLOP/s and error of the matrix product, of Elbo and of everyone else.

import { key, normal, split } from "@elbo/tensor";
import { BASE } from "../engines/elbo.js";
import type { MatmulProblem } from "../engines/engine.js";
import { openEngines } from "../engines/index.js";
import { openLimit } from "../engines/limit.js";
import { BadCall, type Options } from "../harness/arguments.js";
import type { Results, Row } from "../harness/results.js";
import { printColumns, printEngines, printRows } from "../harness/table.js";
import { productError, type Reference, referenceProduct } from "./accuracy.js";
import { type Case, type CaseGroup, CASES, square } from "./cases.js";
import { type Job, measureGroup } from "./group.js";

const UNIT = "GFLOP/s";
const ERROR_UNIT = "gamma_k |A||B|";

function chosen({ size, cases }: Options): readonly CaseGroup[] {
  if (size !== undefined) return [{ cases: [square(size)] }];
  const asked = ({ name }: Case): boolean => cases.length === 0 || cases.some((part) => name.includes(part));
  const groups = CASES.map((group) => ({ ...group, cases: group.cases.filter(asked) })).filter(
    (group) => group.cases.length > 0,
  );
  if (groups.length > 0) return groups;
  const names = CASES.flatMap((group) => group.cases.map(({ name }) => name));
  throw new BadCall(`no case has ${cases.join(" or ")} in its name; there are ${names.join(", ")}`);
}

/** Normal operands, the same for every engine and in every run. */
function problemOf({ m, k, n, transposeA, transposeB }: Case): MatmulProblem {
  const [left, right] = split(key(m + k + n));
  const draw = (from: typeof left, size: number): Float32Array => Float32Array.from(normal(from, [size]).data);
  return { m, k, n, transposeA, transposeB, a: draw(left, m * k), b: draw(right, k * n) };
}

export async function matmulSuite(
  options: Options,
  begin: () => void,
): Promise<Pick<Results, "base" | "engines" | "rows">> {
  const groups = chosen(options);
  const { engines, records, close } = await openEngines(options.engines, (engine) => engine.matmul !== undefined);
  try {
    begin();
    printEngines(records);
    const limit = openLimit();
    console.log(`  ${"limit".padEnd(15)} ${limit.settings}`);
    printColumns(UNIT, BASE);
    const rows: Row[] = [];
    for (const { cases: own, rounded } of groups) {
      const cases = rounded === undefined ? own : [...own, rounded];
      const work = cases.map((each) => {
        const problem = problemOf(each);
        return { case: each, problem, reference: referenceProduct(problem) };
      });
      const jobs = engines.flatMap((engine) =>
        work.map(({ case: each, problem, reference }) => jobOf(engine, each, problem, reference)),
      );
      const measured = await measureGroup({
        suite: "matmul",
        unit: UNIT,
        jobs,
        rounds: options.rounds,
        limit,
        sharesLimit: true,
        base: BASE,
        ...(rounded === undefined ? {} : { rounded: new Map(own.map(({ name }) => [name, rounded.name])) }),
      });
      printRows(measured);
      rows.push(...measured);
    }
    return { base: BASE, engines: records, rows };
  } finally {
    await close();
  }
}

function jobOf(engine: Job["engine"], { name, m, k, n }: Case, problem: MatmulProblem, reference: Reference): Job {
  return {
    case: name,
    engine,
    open: async () =>
      m * k * n > (engine.most ?? Infinity) ? { absent: "too slow for this size" } : engine.matmul?.(problem),
    judge: (result) => ({ error: productError(result, reference, k), errorUnit: ERROR_UNIT }),
    value: (seconds) => (2 * m * k * n) / seconds / 1e9,
  };
}
