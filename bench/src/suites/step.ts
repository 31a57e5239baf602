// `pnpm bench step`: milliseconds of one training step of whole networks, of Elbo and of everyone else.

import { BASE } from "../engines/elbo.js";
import { type Limit, openLimit } from "../engines/limit.js";
import { BadCall, type Options } from "../harness/arguments.js";
import { measure } from "../harness/measure.js";
import type { AbsentRow, Results, Row } from "../harness/results.js";
import { median, medianRatio } from "../harness/statistics.js";
import { printColumns, printEngines, printRows } from "../harness/table.js";
import type { StepEngine, Training } from "../training/engine.js";
import { openStepEngines } from "../training/index.js";
import { CASES, productFlop, type StepCase } from "../training/nets.js";
import { type StepProblem, problemOf } from "../training/problem.js";
import { printMinutes, printProfile, printRatios } from "../training/report.js";
import { spread } from "./group.js";

const SUITE = "step";
const UNIT = "ms/step";

/** The case whose time is told kernel by kernel. */
const PROFILED = "vae 128";

function chosen(parts: readonly string[]): readonly StepCase[] {
  const cases = CASES.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (cases.length > 0) return cases;
  throw new BadCall(
    `no case has ${parts.join(" or ")} in its name; there are ${CASES.map(({ name }) => name).join(", ")}`,
  );
}

export async function stepSuite(
  { rounds, engines: prefixes, cases: parts }: Options,
  begin: () => void,
): Promise<Pick<Results, "base" | "engines" | "rows">> {
  const cases = chosen(parts);
  const { engines, records, close } = await openStepEngines(prefixes);
  try {
    begin();
    printEngines(records);
    const limit = openLimit();
    console.log(`  ${"limit".padEnd(15)} the products of the step at that speed: ${limit.settings}`);
    printColumns(UNIT, BASE);
    const rows: Row[] = [];
    for (const each of cases) {
      const measured = await measureCase(each, engines, rounds, limit);
      printRows(measured);
      rows.push(...measured);
    }
    printRatios(rows, cases);
    printMinutes(rows, cases);
    return { base: BASE, engines: records, rows };
  } finally {
    await close();
  }
}

/** An engine in training, and its losses at the start. */
interface Trained {
  readonly engine: StepEngine;
  readonly task: Training;
  readonly first: number;
}

async function measureCase(
  each: StepCase,
  engines: readonly StepEngine[],
  rounds: number,
  limit: Limit,
): Promise<Row[]> {
  const { name } = each;
  const problem = problemOf(each);
  const keyOf = ({ name: engine, threads }: StepEngine) => ({ suite: SUITE, case: name, engine, threads, unit: UNIT });
  const trained: Trained[] = [];
  const absent: AbsentRow[] = [];
  for (const engine of engines) {
    const opened = await begun(engine, problem);
    if ("absent" in opened) absent.push({ ...keyOf(engine), absent: opened.absent });
    else trained.push(opened);
  }
  const entries = trained.map(({ engine, task }) => ({ case: name, engine, task }));
  const { limit: peaks, seconds } = await measure(entries, rounds, limit);

  const least = peaks.map((gflops) => productFlop(each) / gflops / 1e6);
  const base = seconds[trained.findIndex(({ engine }) => engine.name === BASE)];
  const rows: Row[] = [{ suite: SUITE, case: name, engine: limit.name, threads: 1, unit: UNIT, ...spread(least) }];
  for (const [e, { engine, task, first }] of trained.entries()) {
    const last = mean(await task.result());
    if (name === PROFILED && task.kernels !== undefined) printProfile(engine.name, task.kernels(), median(peaks));
    await task.dispose();
    const values = seconds[e].map((s) => 1000 * s);
    if (last < first) {
      rows.push({
        ...keyOf(engine),
        ...spread(values),
        ...(base === undefined ? {} : { ratio: medianRatio(base, seconds[e]) }),
        share: medianRatio(least, values),
        error: last / first,
        errorUnit: `of ${first.toFixed(0)} nats`,
      });
    } else {
      const losses = [first, last].map((loss) => loss.toPrecision(4));
      absent.push({ ...keyOf(engine), absent: `wrong: the loss does not fall, ${losses.join(" to ")} nats` });
    }
  }
  return [...rows, ...absent];
}

/** An engine with its network, after the first steps; or why it is not there. */
async function begun(engine: StepEngine, problem: StepProblem): Promise<Trained | { readonly absent: string }> {
  try {
    const task = await engine.train(problem);
    return { engine, task, first: mean(await task.result()) };
  } catch (error) {
    return { absent: String((error as Error).message ?? error).split("\n")[0] };
  }
}

const mean = (losses: Float32Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
