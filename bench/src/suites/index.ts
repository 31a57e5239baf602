// The measuring suites by name, and what each run prints and writes.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENGINE_NAMES } from "../engines/index.js";
import { BadCall, readOptions, type Options } from "../harness/arguments.js";
import { drawChart } from "../harness/chart.js";
import { describeMachine, nodeMajor } from "../harness/machine.js";
import { type Results, toJson, writeText } from "../harness/results.js";
import { printHead } from "../harness/table.js";
import { elementwiseSuite } from "./elementwise.js";
import { matmulSuite } from "./matmul.js";
import { startupSuite, SUBJECTS } from "./startup.js";
import { STEP_ENGINE_NAMES } from "../training/index.js";
import { stepSuite } from "./step.js";
import { STEP_NAMES, stepsSuite } from "./steps.js";

/** `begin` prints the head, once the call is known to be good. */
type Suite = (options: Options, begin: () => void) => Promise<Pick<Results, "base" | "engines" | "rows">>;

const SUITES: Readonly<Record<string, Suite>> = {
  matmul: matmulSuite,
  elementwise: elementwiseSuite,
  startup: startupSuite,
  steps: stepsSuite,
  step: stepSuite,
};

const folder = fileURLToPath(new URL("../../results/", import.meta.url));

/** One suite, which writes what its options ask for; or all of them, which write into `bench/results`. */
export async function runSuites(
  name: string | undefined,
  args: readonly string[],
  revectorize: boolean,
): Promise<void> {
  const options = readOptions(args);
  checkEngines(options.engines);
  if (name !== undefined) {
    if (options.size !== undefined && name !== "matmul") throw new BadCall("--size is an option of bench matmul");
    return runSuite(name, options, revectorize);
  }
  for (const only of ["size", "json", "svg", "cases"] as const) {
    const given = only === "cases" ? options.cases.length > 0 : options[only] !== undefined;
    if (given) throw new BadCall(`--${only} needs the name of a suite: ${Object.keys(SUITES).join(", ")}`);
  }
  for (const suite of Object.keys(SUITES)) {
    const file = join(folder, `${suite}-node${nodeMajor()}${revectorize ? "-revectorize" : ""}`);
    await runSuite(suite, { ...options, json: `${file}.json`, svg: `${file}.svg` }, revectorize);
  }
}

function checkEngines(prefixes: readonly string[]): void {
  const names = [
    ...new Set([...ENGINE_NAMES, ...SUBJECTS.map(({ name }) => name), ...STEP_NAMES, ...STEP_ENGINE_NAMES]),
  ];
  for (const prefix of prefixes) {
    if (names.some((name) => name.startsWith(prefix))) continue;
    throw new BadCall(`no engine's name begins with ${JSON.stringify(prefix)}; there are ${names.join(", ")}`);
  }
}

async function runSuite(name: string, options: Options, revectorize: boolean): Promise<void> {
  const head = {
    suite: name,
    machine: describeMachine(revectorize),
    versions: { node: process.versions.node, v8: process.versions.v8 },
    rounds: options.rounds,
  };
  const results: Results = { ...head, ...(await SUITES[name](options, () => printHead(head))) };
  if (options.json !== undefined) await writeText(options.json, toJson(results));
  if (options.svg === undefined) return;
  const chart = await drawChart(results);
  if (typeof chart === "string") await writeText(options.svg, chart);
  else console.log(`no chart: ${chart.absent}`);
}
