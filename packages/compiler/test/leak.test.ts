// Steps leave nothing behind: neither in the program's memory nor on the heap of JavaScript.

import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { add, matmul, mul, normal, split, sub, sum, tanh, type Value } from "@elbo/autograd";
import { type Key, key, normal as draw, type Tensor, zeros } from "@elbo/tensor";
import { afterEach, expect, it } from "vitest";
import { compile, type StatefulProgram } from "../src/index.js";
import { hasThreads } from "../src/run/platform.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

interface State {
  readonly weight: Value;
  readonly random: Key;
  readonly count: Value;
}

type Trainer = StatefulProgram<State, [Tensor], Value>;

const programs: { close(): void }[] = [];
afterEach(() => {
  for (const program of programs.splice(0)) program.close();
});

/** A small descent with noise, on a weight of `size` squared. */
function trainer(size: number, threads: number): Trainer {
  const program: Trainer = compile(
    ({ weight, random, count }: State, x: Tensor) => {
      const [next, own] = split(random);
      const error = sub(tanh(matmul(x, weight)), normal(own, [size]));
      const slope = matmul(x, error, { transposeA: true });
      return [{ weight: sub(weight, mul(0.001, slope)), random: next, count: add(count, 1) }, sum(error)] as const;
    },
    { state: { weight: zeros([size, size]), random: key(1), count: zeros([]) } as State, threads },
  );
  programs.push(program);
  return program;
}

/** Bytes on the heap and in array buffers, when all that nobody holds is gone: buffers go a little later. */
async function bytesInUse(): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 3; i++) {
    collect();
    await pause(5);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

/** The smallest object of V8: a step that left one behind each time would be seen. */
const SMALLEST = 16;

async function expectNoGrowth(program: Trainer, x: Tensor, steps: number): Promise<void> {
  for (let i = 0; i < 2000; i++) program(x);
  const before = { memory: program.stats().memoryBytes, heap: await bytesInUse() };
  for (let i = 0; i < steps; i++) program(x);
  expect((await bytesInUse()) - before.heap).toBeLessThan(SMALLEST * steps);
  expect(program.stats().memoryBytes).toBe(before.memory);
  expect((program.read().count as Tensor).item()).toBe(2000 + steps);
}

it("10,000 steps on one thread", async () => {
  await expectNoGrowth(trainer(6, 1), draw(key(2), [5, 6]), 10_000);
});

it.runIf(hasThreads())("10,000 steps on two threads", async () => {
  const size = 64;
  const [program, x] = [trainer(size, 2), draw(key(2), [96, size])];
  // Threads are started by work that is worth them, and then help with any.
  program(draw(key(3), [4096, size]));
  program(x);
  const ready = Date.now() + 5000;
  while (program.stats().threads < 2 && Date.now() < ready) await pause(5);
  expect(program.stats().threads).toBe(2);
  program.write({ ...(program.read() as State), count: zeros([]) });
  await expectNoGrowth(program, x, 10_000);
});

it("every shape of the arguments is compiled once, and all of them share one arena", () => {
  const program = trainer(6, 1);
  const batches = [64, 3, 17, 64, 1, 3].map((batch) => draw(key(2), [batch, 6]));
  for (const x of batches) program(x);
  const { memoryBytes, compilations } = program.stats();
  expect(compilations).toBe(4);
  for (let i = 0; i < 100; i++) for (const x of batches) program(x);
  expect(program.stats()).toMatchObject({ memoryBytes, compilations });
});
