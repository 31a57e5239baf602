// The threads of a program: any number of them gives the same bits, and none of them outlives its use.

import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import workerThreads, { type Worker } from "node:worker_threads";
import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { stepWord } from "../src/plan/control.js";
import { availableThreads, hasThreads, mayWait } from "../src/run/platform.js";
import { toyProgram } from "./toy-program.js";

const programs: ReturnType<typeof toyProgram>[] = [];

/** A toy program whose workers have all joined. */
async function ready(...options: Parameters<typeof toyProgram>) {
  const program = toyProgram(...options);
  programs.push(program);
  program.team.start();
  while (program.team.joined() < options[0].threads - 1) await pause(1);
  return program;
}

/** The workers that are started from here on. */
function watchWorkers(): readonly Worker[] {
  const seen: Worker[] = [];
  const { Worker: Original } = workerThreads;
  vi.spyOn(workerThreads, "Worker").mockImplementation(function (...args) {
    const worker = new Original(...args);
    seen.push(worker);
    return worker;
  });
  return seen;
}

const ended = (worker: Worker): Promise<unknown> =>
  worker.threadId === -1 ? Promise.resolve() : new Promise((done) => worker.once("exit", done));

afterEach(() => {
  vi.restoreAllMocks();
  for (const { team } of programs.splice(0)) team.stop();
});

test.each([1, 2, 3])(
  "2,000 steps of phases that read each other's shares give the same bits on %i threads",
  async (threads) => {
    const { team, exports, state, expected } = await ready({ threads });
    for (let step = 0; step < 2000; step++) expect(team.run(exports[0], 0)).toBe(threads);
    expect(state()).toEqual(expected(Array.from({ length: 2000 }, () => 0)));
  },
);

test("variants alternate, one of them published when the workers run already and the memory has grown", async () => {
  const { team, exports, memory, publish, state, expected } = await ready({ threads: 2, publishAll: false });
  team.run(exports[0], 0);
  memory.reserve(3_000_000);
  publish(1);
  const order = Array.from({ length: 300 }, (_, i) => ((i * i) % 3 === 0 ? 0 : 1));
  for (const variant of order) team.run(exports[variant], variant);
  expect(state()).toEqual(expected([0, ...order]));
});

test("workers wake up after a long time without steps", async () => {
  const { team, exports, state, expected } = await ready({ threads: 3 });
  for (let step = 0; step < 5; step++) {
    await pause(20);
    expect(team.run(exports[0], 0)).toBe(3);
  }
  expect(state()).toEqual(expected([0, 0, 0, 0, 0]));
});

test("a step before any worker has joined runs on one thread", () => {
  const { team, exports, state, expected } = toyProgram({ threads: 3 });
  team.start();
  expect(team.run(exports[0], 0)).toBe(1);
  expect(state()).toEqual(expected([0]));
  team.stop();
});

test("an unshared program runs alone", () => {
  const { exports, state, expected } = toyProgram({ threads: 1, shared: false });
  expect(exports[0].run(0, 1, 0, 0)).toBe(0);
  expect(state()).toEqual(expected([0]));
});

test("a worker that dies between steps is a WorkerError, and so is every step after", async () => {
  const workers = watchWorkers();
  const { team, exports } = await ready({ threads: 3, timeLimit: 300 });
  team.run(exports[0], 0);
  await workers[0].terminate();
  const missing = expect.objectContaining({
    name: "WorkerError",
    code: "WORKER",
    message: expect.stringMatching(/^1 of 2 workers did not arrive within 0.3 s/),
  });
  expect(() => team.run(exports[0], 0)).toThrow(missing);
  expect(() => team.run(exports[0], 0)).toThrow(missing);
  await Promise.all(workers.map(ended));
}, 10_000);

test("a worker that dies in the middle of a step is a WorkerError, also where this thread may only spin", async () => {
  for (const waits of [true, false]) {
    if (!waits)
      vi.spyOn(Atomics, "wait").mockImplementation(() => {
        throw new TypeError();
      });
    const { team, exports, trap } = await ready({ threads: 2, timeLimit: 300 });
    team.run(exports[0], 0);
    trap(1);
    expect(() => team.run(exports[0], 0)).toThrow("1 of 1 workers");
  }
}, 10_000);

test("a kernel that traps on this thread ends the team, and says what it was", async () => {
  const workers = watchWorkers();
  const { team, exports, trap } = await ready({ threads: 2 });
  trap(0);
  expect(() => team.run(exports[0], 0)).toThrow(expect.objectContaining({ name: "RuntimeError" }));
  expect(() => team.run(exports[0], 0)).toThrow(expect.objectContaining({ name: "RuntimeError" }));
  await Promise.all(workers.map(ended));
});

test("stop ends workers that sleep and workers that start; later steps run on one thread", async () => {
  const workers = watchWorkers();
  const asleep = await ready({ threads: 3 });
  const starting = toyProgram({ threads: 3 });
  starting.team.start();
  await pause(20);
  for (const { team } of [asleep, starting]) {
    team.stop();
    team.stop();
    team.start();
  }
  await Promise.all(workers.map(ended));
  expect(workers.length).toBe(4);
  expect(asleep.team.run(asleep.exports[0], 0)).toBe(1);
  expect(asleep.state()).toEqual(asleep.expected([0]));
});

test("workers keep no process alive and print nothing", () => {
  const script = new URL("./toy-process.ts", import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "3 threads\n", stderr: "" });
});

test("where no worker can be started, steps run on one thread", () => {
  vi.spyOn(workerThreads, "Worker").mockImplementation(function () {
    throw new Error("no more threads");
  });
  const { team, exports } = toyProgram({ threads: 2 });
  team.start();
  expect(team.run(exports[0], 0)).toBe(1);
});

test("a step's word differs from the one before it and holds its threads and variant, also where its number wraps", () => {
  const words = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 16), max: -1 }));
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 64 }), fc.nat({ max: 255 }), (previous, threads, variant) => {
      const next = stepWord(previous, threads, variant);
      expect(next).not.toBe(previous);
      expect(next).toBe(next | 0);
      expect([(next >> 8) & 255, next & 255]).toEqual([threads, variant]);
    }),
  );
});

test("Node has threads, and its main thread may wait", () => {
  expect(hasThreads()).toBe(true);
  expect(mayWait()).toBe(true);
  expect(availableThreads()).toBeGreaterThanOrEqual(1);
});
