// The threads of a run: how many there are changes no bit, they end with the run, and one that does not answer costs nothing.

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { RunFacts } from "../src/execution/program.js";
import { vae } from "../src/models/vae.js";
import { DivergedError, fit, type FitOptions } from "../src/training/fit.js";
import { bits } from "./support/numbers.js";
import { noise, timeless, train } from "./support/tiny.js";

interface Compiled {
  (...args: never[]): unknown;
  write(state: never): void;
  stats(): { readonly mostThreads: number };
}

/** Every program that was compiled. */
const programs: Compiled[] = [];

/** The call of a program of several threads, counted from 1, at which they do not answer. */
let lostAt = Infinity;
vi.mock("@elbo/compiler", async (original) => {
  const real = await original<typeof import("@elbo/compiler")>();
  const compile = (f: never, options: { threads?: number; state: never }): Compiled => {
    const program = real.compile(f, options as never) as unknown as Compiled;
    programs.push(program);
    return options.threads === 1 ? program : failing(program, options.state, () => new real.WorkerError(1, 1, 8000));
  };
  return { ...real, compile };
});

/** A program whose threads stop in the middle of a step, which leaves its state in pieces. */
function failing(program: Compiled, anyState: never, error: () => Error): Compiled {
  let calls = 0;
  const call = (...args: never[]): unknown => {
    if (++calls !== lostAt) return program(...args);
    program.write(anyState);
    throw error();
  };
  return Object.assign(call, program);
}

beforeEach(() => {
  lostAt = Infinity;
  programs.length = 0;
});

const data = noise(400, 30, [16, 16]);
const fresh = () => vae({ input: [16, 16], hidden: [160], latent: 8 });
const options: FitOptions = { epochs: 2, batch: 50, eager: false, threads: 2 };

test("one thread and two give the same bits", async () => {
  const heard: RunFacts[] = [];
  const runs = [1, 2].map(async (threads) => {
    const model = fresh();
    const reports = await train(model, data, { ...options, threads, onRun: (facts) => heard.push(facts) });
    return { params: bits(model.params), reports: timeless(reports) };
  });
  const [one, two] = await Promise.all(runs);
  expect(two).toEqual(one);
  expect(heard.map(({ threads }) => threads).sort()).toEqual([1, 2]);
});

describe("threads end", () => {
  const ways: [string, FitOptions, (run: ReturnType<typeof fit>, stop: AbortController) => Promise<unknown>][] = [
    [
      "with the run",
      {},
      async (run) => {
        for await (const _ of run);
      },
    ],
    [
      "where the caller breaks off",
      {},
      async (run) => {
        for await (const _ of run) break;
      },
    ],
    ["where it diverges", { lr: 1e20 }, (run) => expect(run.next()).rejects.toThrow(DivergedError)],
    [
      "where it is stopped",
      {},
      async (run, stop) => {
        stop.abort();
        expect((await run.next()).done).toBe(true);
      },
    ],
    [
      "where a listener throws",
      {
        onStep: () => {
          throw new Error("enough");
        },
      },
      (run) => expect(run.next()).rejects.toThrow("enough"),
    ],
  ];
  test.each(ways)("%s", async (_, more, walk) => {
    const stop = new AbortController();
    const threads: number[] = [];
    const onRun = (facts: RunFacts): void => void threads.push(facts.threads);
    await walk(fit(fresh(), data, { ...options, signal: stop.signal, onRun, ...more }), stop);
    expect(threads).toEqual([2]);
    expect(programs.map((program) => program.stats().mostThreads)).toEqual(programs.map(() => 1));
  });
});

test.each([1, 5, 11])(
  "threads that do not answer at step %i: the run goes on alone, says so once, and loses no bit",
  async (at) => {
    const wanted = fresh();
    const reports = await train(wanted, data, { ...options, threads: 1 });
    lostAt = at;
    const [model, notices] = [fresh(), [] as string[]];
    const got = await train(model, data, { ...options, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([expect.stringMatching(/^the threads of this run did not answer[^\n]*--threads 1[^\n]*$/)]);
    expect(bits(model.params)).toEqual(bits(wanted.params));
    expect(timeless(got)).toEqual(timeless(reports));
  },
);
