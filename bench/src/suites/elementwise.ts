// `pnpm bench elementwise`: nanoseconds an element and ulp of the special functions, of a sum, and of normal numbers.

import { key, normal, uniform } from "@elbo/tensor";
import { type ElementwiseProblem, type FunctionName, FUNCTIONS } from "../engines/engine.js";
import { openEngines } from "../engines/index.js";
import { openLimit } from "../engines/limit.js";
import { BadCall, type Options } from "../harness/arguments.js";
import type { Results, Row } from "../harness/results.js";
import { printColumns, printEngines, printRows } from "../harness/table.js";
import { elementwiseError } from "./accuracy.js";
import { measureGroup } from "./group.js";

const UNIT = "ns/element";
const BASE = "Math";

/** In cache, and from memory. */
const SIZES = [65_536, 1_048_576];

/** Where the inputs come from: uniform between two numbers, or normal. */
const INPUTS: Readonly<Record<FunctionName, readonly (readonly [number, number] | "normal")[]>> = {
  exp: [[-10, 10]],
  expm1: [[-2, 2]],
  log: [[0.001, 10]],
  log1p: [[-0.9, 10]],
  tanh: [[-4, 4]],
  sigmoid: [[-10, 10]],
  softplus: [[-10, 10]],
  erf: [[-3, 3]],
  sin: [[-10, 10]],
  cos: [[-10, 10]],
  add: ["normal", "normal"],
  sum: ["normal"],
  normal: [],
};

const problemOf = (name: FunctionName, n: number): ElementwiseProblem => ({
  name,
  n,
  inputs: INPUTS[name].map((from, i) =>
    Float32Array.from(
      (from === "normal" ? normal(key(i), [n]) : uniform(key(i), [n], { low: from[0], high: from[1] })).data,
    ),
  ),
});

const caseName = (name: FunctionName, n: number): string =>
  `${name} ${n >= 2 ** 20 ? `${n / 2 ** 20}M` : `${n / 1024}k`}`;

export async function elementwiseSuite(
  options: Options,
  begin: () => void,
): Promise<Pick<Results, "base" | "engines" | "rows">> {
  const all = FUNCTIONS.flatMap((name) => SIZES.map((n) => ({ name, n, case: caseName(name, n) })));
  const cases = all.filter(
    (one) => options.cases.length === 0 || options.cases.some((part) => one.case.includes(part)),
  );
  if (cases.length === 0) {
    throw new BadCall(
      `no case has ${options.cases.join(" or ")} in its name; there are ${all.map((one) => one.case).join(", ")}`,
    );
  }
  const { engines, records, close } = await openEngines(options.engines, (engine) => engine.elementwise !== undefined);
  try {
    begin();
    printEngines(records);
    const limit = openLimit();
    printColumns(UNIT, BASE);
    const rows: Row[] = [];
    for (const { name, n, case: title } of cases) {
      const problem = problemOf(name, n);
      const measured = await measureGroup({
        suite: "elementwise",
        unit: UNIT,
        rounds: options.rounds,
        limit,
        sharesLimit: false,
        base: BASE,
        jobs: engines.map((engine) => ({
          case: title,
          engine,
          open: async () => engine.elementwise?.(problem),
          judge: (result) => elementwiseError(problem, result),
          value: (seconds) => (seconds * 1e9) / n,
        })),
      });
      printRows(measured);
      rows.push(...measured);
    }
    return { base: BASE, engines: records, rows };
  } finally {
    await close();
  }
}
