// Shares of threads: any number of them, taking their turns in any order within a phase, gives the bits of one.
// Kernels divide their work only beyond certain sizes, at multiples of 16 columns, and at blocks of 1024 rows or columns:
// sizes are drawn around all of these.

import {
  add,
  exp,
  matmul,
  max,
  mean,
  min,
  mul,
  neg,
  relu,
  softmax,
  square,
  sub,
  sum,
  tanh,
  transpose,
  type Value,
} from "@elbo/autograd";
import { key, normal, type Tensor } from "@elbo/tensor";
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.js";
import { traceExample } from "../src/run/example.js";
import { hasThreads } from "../src/run/platform.js";
import { expectSameResults, interpret } from "./support/interpret.js";
import { backward, forward, type GraphProgram, graphProgram } from "./support/program.js";
import { expectSameTree } from "./support/same.js";

type Compiled = (...x: Value[]) => Value | readonly Value[];

const TEAMS = [forward(1), forward(2), backward(3)];

/** The program of a function, held to eager arithmetic with all teams. */
function expectSameOnTeams(f: Compiled, args: readonly Tensor[]): GraphProgram {
  const { graph } = traceExample(f as never, args);
  const program = graphProgram(graph, { threads: 3 });
  const want = interpret(graph, args);
  for (const team of TEAMS) expectSameResults(program.step(args, [], team), want);
  return program;
}

/** Lengths on both sides of 8 rows, of vectors and of groups of 16, and odd ones. */
const short = fc.constantFrom(1, 2, 5, 7, 8, 9, 15, 16, 17, 31, 33, 48, 64, 67);
/** Lengths on both sides of a block, of two, and with a rest. */
const long = fc.constantFrom(1023, 1024, 1025, 1040, 2047, 2048, 2049, 3000, 5003);
const either = fc.oneof(short, long);
const random = (seed: number, ...shape: number[]): Tensor => normal(key(seed), shape);

const MATRIX: Readonly<Record<string, Compiled>> = {
  "elementwise operations": (x) => [exp(neg(square(x))), mul(x, 3)],
  "operations on a transposed operand": (x) => tanh(add(transpose(x), sum(x, { axis: 0, keepDims: true }).shape[0])),
  "sums of rows": (x) => sum(square(x), { axis: 1 }),
  "sums of columns": (x) => sum(square(x), { axis: 0 }),
  "several folds of rows beside stores": (x) => [max(x, { axis: 1 }), sum(x, { axis: 1 }), square(x)],
  "several folds of columns beside stores": (x) => [min(x, { axis: 0 }), sum(x, { axis: 0 }), square(x)],
  "a sum of everything": (x) => sum(exp(neg(square(x)))),
  "softmax of rows": (x) => softmax(x, { axis: 1 }),
  "columns less their means": (x) => sub(x, mean(x, { axis: 0 })),
};

describe("of loops", () => {
  for (const [name, f] of Object.entries(MATRIX)) {
    it(name, () => {
      fc.assert(
        fc.property(either, short, fc.boolean(), fc.nat({ max: 99 }), (a, b, turned, seed) => {
          expectSameOnTeams(f, [turned ? random(seed, b, a) : random(seed, a, b)]);
        }),
        { numRuns: 8 },
      );
    });
  }

  it("folds of outer, middle and inner axes", () => {
    fc.assert(
      fc.property(short, short, short, (a, b, c) => {
        const folds: Compiled = (x) => [0, 1, 2].flatMap((axis) => [sum(x, { axis }), max(square(x), { axis })]);
        expectSameOnTeams(folds, [random(a, a, b, c)]);
      }),
      { numRuns: 8 },
    );
  });
});

const PRODUCTS: Readonly<Record<string, Compiled>> = {
  "a product alone": (a, b) => matmul(a, b),
  "a product with a bias and an activation": (a, b, bias) => relu(add(matmul(a, b), bias)),
  "a product that is an output beside what follows": (a, b, bias) => {
    const c = matmul(a, b);
    return [c, tanh(mul(c, bias)), square(c)];
  },
  "a product with sums of its columns": (a, b, bias) => {
    const y = relu(add(matmul(a, b), bias));
    return [sum(y, { axis: 0 }), y];
  },
  "a product with largest of its columns alone": (a, b) => max(matmul(a, b), { axis: 0 }),
  "a product with sums of its rows": (a, b) => sum(square(matmul(a, b)), { axis: 1 }),
  "softmax of a product": (a, b) => softmax(matmul(a, b), { axis: 1 }),
  "two products added": (a, b) => add(matmul(a, b), matmul(square(a), b)),
  "products of a product": (a, b) => matmul(matmul(a, b), matmul(a, b), { transposeA: true }),
};

describe("of products", () => {
  for (const [name, f] of Object.entries(PRODUCTS)) {
    it(name, () => {
      fc.assert(
        fc.property(either, short, short, fc.nat({ max: 5 }), (a, b, c, order) => {
          const [m, k, n] = [
            [a, b, c],
            [a, c, b],
            [b, a, c],
            [c, a, b],
            [b, c, a],
            [c, b, a],
          ][order];
          // The product of a product has as many columns twice: not of thousands.
          fc.pre(!name.startsWith("products") || n < 100);
          expectSameOnTeams(f, [random(m, m, k), random(n, k, n), random(k, n)]);
        }),
        { numRuns: 8 },
      );
    });
  }

  it("folds of one without rows", () => {
    for (const name of ["a product with sums of its columns", "a product with sums of its rows"]) {
      expectSameOnTeams(PRODUCTS[name], [random(1, 0, 4), random(2, 4, 5), random(3, 5)]);
    }
    expectSameOnTeams((a, b) => sum(matmul(a, b), { axis: 0 }), [random(1, 0, 4), random(2, 4, 5)]);
  });

  it("one whose operands are the state that it becomes", () => {
    const state = [random(1, 67, 67)];
    const { graph } = traceExample(([a]: Value[]) => [[tanh(matmul(a, a))], []], [], state);
    const program = graphProgram(graph, { threads: 3 });
    for (const team of TEAMS) expectSameResults(program.step([], state, team), interpret(graph, [], state));
  });

  it("transposed ones", () => {
    fc.assert(
      fc.property(short, short, either, fc.boolean(), fc.boolean(), (m, n, k, transposeA, transposeB) => {
        const f: Compiled = (a, b) => relu(matmul(a, b, { transposeA, transposeB }));
        expectSameOnTeams(f, [random(1, ...turned([m, k], transposeA)), random(2, ...turned([k, n], transposeB))]);
      }),
      { numRuns: 8 },
    );
  });

  it("batches of them, also of one matrix for all", () => {
    fc.assert(
      fc.property(short, short, short, fc.integer({ min: 1, max: 5 }), fc.boolean(), (m, k, n, batch, common) => {
        const f: Compiled = (a, b) => square(matmul(a, b));
        expectSameOnTeams(f, [random(1, 2, batch, m, k), common ? random(2, k, n) : random(2, batch, k, n)]);
      }),
      { numRuns: 8 },
    );
  });
});

const turned = (shape: readonly number[], really: boolean): number[] => (really ? shape.toReversed() : [...shape]);

it.runIf(hasThreads())("workers that run at the same time give the bits of one thread", async () => {
  const start = [random(1, 70, 70), random(2, 70)];
  const step = ([weight, bias]: Value[], x: Value): readonly [Value[], Value] => {
    const y = tanh(add(matmul(x, weight), bias));
    const slope = matmul(x, y, { transposeA: true });
    return [[sub(weight, mul(slope, 1e-3)), sub(bias, mean(y, { axis: 0 }))], sum(softmax(y))];
  };
  const made = (threads: number) => compile(step, { state: start as Value[], threads });
  const [one, three] = [made(1), made(3)];
  const args = [random(3, 131, 70), random(4, 67, 70), random(5, 1025, 70)];
  for (const x of args) expectSameTree(three(x), one(x));
  const latest = Date.now() + 5000;
  while (three.stats().threads < 3 && Date.now() < latest) await pause(5);
  expect(three.stats().threads).toBe(3);
  for (let i = 0; i < 100; i++) expectSameTree(three(args[i % 3]), one(args[i % 3]));
  expectSameTree(three.read(), one.read());
  three.close();
});

it("shares of a product so narrow that they take another path stay within their workspace", () => {
  for (const [m, k, n, threads] of [
    [19, 1400, 20, 3],
    [19, 1400, 20, 4],
    [43, 2000, 44, 6],
    [97, 264, 100, 13],
  ] as const) {
    const args = [random(1, m, k), random(2, k, n)];
    const { graph } = traceExample(((x: Value, y: Value) => matmul(x, y)) as never, args);
    const results = graphProgram(graph, { threads }).step(args, [], forward(threads));
    expectSameResults(results, interpret(graph, args));
  }
});

it("large work is divided: no thread of a team does all of it", () => {
  const layer: Compiled = (a, b, bias) => relu(add(matmul(a, b), bias));
  const sums: Compiled = (a) => sum(exp(a), { axis: 0 });
  for (const f of [layer, sums]) {
    const args = [random(1, 96, 64), random(2, 64, 80), random(3, 80)];
    const { graph } = traceExample(f as never, args.slice(0, f.length));
    const [alone] = graphProgram(graph, { threads: 3 }).step(args.slice(0, f.length), [], { order: [1, 1, 1] }).outputs;
    expect(alone.data.some(Number.isNaN)).toBe(true);
    expect(alone.data.every(Number.isNaN)).toBe(false);
  }
});
