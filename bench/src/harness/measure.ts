// The clock: warms every task up, then lets all of them take turns in every round.

import type { Engine, Task } from "../engines/engine.js";
import type { Limit } from "../engines/limit.js";

/** An engine ready to compute one case. */
export interface Entry {
  readonly case: string;
  readonly engine: Engine;
  readonly task: Task;
}

export interface Timings {
  /** GFLOP/s of the platform's limit, for each round. */
  readonly limit: readonly number[];
  /** Seconds of one call, for each entry and round. */
  readonly seconds: readonly (readonly number[])[];
}

/** Each timing lasts at least this long, so that the clock's grain does not show. */
const SHORTEST = 0.02;

/** WebAssembly reaches its optimizing tier after some calls and some time; both are waited for. */
const WARM_SECONDS = 0.2;
const WARM_CALLS = 15;

/** No warm-up goes on for longer than this, once it has seen two calls. */
const WARM_LIMIT = 1.5;

/** A tier-up is seen as a fall of the time by more than this factor. */
const STILL_FALLING = 0.95;

/**
 * Measures entries side by side: in each round, the limit and every entry take turns, so that a slow spell of the
 * machine meets all of them. Engines that are one process's threads or another process never run at the same time.
 */
export async function measure(entries: readonly Entry[], rounds: number, limit: Limit): Promise<Timings> {
  const repeats: number[] = [];
  for (const { task } of entries) repeats.push(await warmUp(task));
  const seconds = entries.map((): number[] => []);
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    peaks.push(limit.gflops());
    for (const [e, { task }] of entries.entries()) seconds[e].push(await task.time(repeats[e]));
  }
  return { limit: peaks, seconds };
}

/** Calls until the time of a call has settled; gives the number of calls that last `SHORTEST`. */
async function warmUp(task: Task): Promise<number> {
  const start = performance.now();
  const spent = (): number => (performance.now() - start) / 1000;
  let best = Infinity;
  for (let calls = 0; spent() < WARM_SECONDS || calls < WARM_CALLS; calls++) {
    best = Math.min(best, await task.time(1));
    if (spent() > WARM_LIMIT && calls >= 1) break;
  }
  for (;;) {
    const batch = await task.time(repeatsFor(best));
    const falls = batch < best * STILL_FALLING;
    best = Math.min(best, batch);
    if (!falls || spent() > WARM_LIMIT) return repeatsFor(best);
  }
}

const repeatsFor = (seconds: number): number =>
  Math.min(1e6, Math.max(1, Math.ceil(SHORTEST / Math.max(seconds, 1e-9))));
