// One group of cases measured together, from engines to rows.

import type { Engine, Task } from "../engines/engine.js";
import type { Limit } from "../engines/limit.js";
import { type Entry, measure } from "../harness/measure.js";
import type { AbsentRow, MeasuredRow, Row } from "../harness/results.js";
import { median, medianRatio } from "../harness/statistics.js";
import type { Judged } from "./accuracy.js";

/** One engine at one case. */
export interface Job {
  readonly case: string;
  readonly engine: Engine;
  /** `undefined`: the engine has no such function. A reason: it is left out of this case. */
  open(): Promise<Task | undefined | { readonly absent: string }>;
  judge(result: Float32Array): Judged;
  /** From the seconds of a call to the number that is reported. */
  value(seconds: number): number;
}

export interface Group {
  readonly suite: string;
  readonly unit: string;
  readonly jobs: readonly Job[];
  readonly rounds: number;
  readonly limit: Limit;
  /** Whether `value` is in the unit of the limit, so that it has a share in it. */
  readonly sharesLimit: boolean;
  /** The name of the engine that ratios refer to. */
  readonly base: string;
  /** From a case to the one that it is compared with. */
  readonly rounded?: ReadonlyMap<string, string>;
}

export async function measureGroup(group: Group): Promise<Row[]> {
  const { suite, unit, rounds, limit, base } = group;
  const absent: AbsentRow[] = [];
  const opened: { readonly job: Job; readonly entry: Entry; readonly judged: Judged }[] = [];
  for (const job of group.jobs) {
    const key = { suite, case: job.case, engine: job.engine.name, threads: job.engine.threads, unit };
    try {
      const task = await job.open();
      if (task === undefined) absent.push({ ...key, absent: "has no such function" });
      else if ("absent" in task) absent.push({ ...key, absent: task.absent });
      else {
        const judged = job.judge(await task.result());
        opened.push({ job, judged, entry: { case: job.case, engine: job.engine, task } });
      }
    } catch (error) {
      absent.push({ ...key, absent: String((error as Error).message ?? error).split("\n")[0] });
    }
  }
  const { limit: peaks, seconds } = await measure(
    opened.map(({ entry }) => entry),
    rounds,
    limit,
  );
  for (const { entry } of opened) await entry.task.dispose();

  const timesOf = (name: string, engine: string): readonly number[] | undefined =>
    seconds[opened.findIndex(({ job }) => job.case === name && job.engine.name === engine)];
  const measured = opened.map(({ job, judged }, e): MeasuredRow => {
    const values = seconds[e].map((s) => job.value(s));
    const compared = timesOf(job.case, base);
    const rounded = timesOf(group.rounded?.get(job.case) ?? "", job.engine.name);
    return {
      suite,
      case: job.case,
      engine: job.engine.name,
      threads: job.engine.threads,
      unit,
      ...spread(values),
      ...(compared === undefined ? {} : { ratio: medianRatio(compared, seconds[e]) }),
      ...(group.sharesLimit ? { share: medianRatio(values, peaks) } : {}),
      ...(rounded === undefined ? {} : { againstRounded: medianRatio(seconds[e], rounded) }),
      ...judged,
    };
  });
  const cases = [...new Set(group.jobs.map((job) => job.case))];
  return cases.flatMap((name): Row[] => [
    // Where nothing is in the unit of the limit, its row would only confuse.
    ...(group.sharesLimit
      ? [{ suite, case: name, engine: limit.name, threads: 1, unit: "GFLOP/s", ...spread(peaks) }]
      : []),
    ...[...measured, ...absent].filter((row) => row.case === name),
  ]);
}

/** What a row says of the values of its rounds. */
export const spread = (values: readonly number[]): Pick<MeasuredRow, "median" | "min" | "max" | "values"> => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  values,
});
