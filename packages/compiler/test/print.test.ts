// How the stages print: names, numbers, formulas, readings through views, places, and what a program tells of itself.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as ag from "@elbo/autograd";
import type { Value } from "@elbo/autograd";
import { key, type Key, normal, ones, tensor, zeros } from "@elbo/tensor";
import { i32, instantiate, ModuleBuilder, newMemory } from "@elbo/tensor/kernels";
import { compile } from "@elbo/compiler";
import {
  emitExample,
  flopsOfKernel,
  fuse,
  functionsOf,
  lower,
  type Plan,
  planExample,
  printGraph,
  printModule,
  printPhases,
  printPlan,
  printSchedule,
  schedule,
  simplify,
  traceExample,
} from "@elbo/compiler/stages";
import { bytesText, flopsText, floatText } from "../src/print/quantities.js";
import { parameterNames } from "../src/trace/specs.js";
import { randomGraph } from "./support/random-graph.js";

type Compiled = (...args: never[]) => unknown;

function planOf(f: Compiled, args: readonly unknown[], state?: unknown, threads = 1): Plan {
  const graph = lower(simplify(traceExample(f, args, state).graph));
  return planExample(graph, schedule(graph, fuse(graph)), threads);
}

/** The lines of the schedule of a function, without the phase and what stands at the right. */
function linesOf(f: Compiled, args: readonly unknown[], state?: unknown): string[] {
  const { graph, schedule: scheduled } = planOf(f, args, state);
  return printSchedule(graph, scheduled)
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/)[0])
    .filter((line) => !line.startsWith("phase"));
}

test("bytes and operations have three digits and a unit", () => {
  expect([4, 1023, 204800, 3692416].map(bytesText)).toEqual(["4 bytes", "1023 bytes", "200 KiB", "3.52 MiB"]);
  expect([7, 5200, 80281600, 2.5e9].map(flopsText)).toEqual(["7 FLOP", "5.2 kFLOP", "80.3 MFLOP", "2.5 GFLOP"]);
});

test("a float32 number is written by the shortest decimal that stands for it", () => {
  expect([0.9, 1e-8, -0, NaN, Infinity, 16777216].map((x) => floatText(Math.fround(x)))).toEqual([
    "0.9",
    "1e-8",
    "-0",
    "NaN",
    "Infinity",
    "16777216",
  ]);
  fc.assert(fc.property(fc.float({ noNaN: true }), (x) => Object.is(Math.fround(Number(floatText(x))), x)));
});

test("parameters are named as in the source, patterns and rests not at all", () => {
  const named: [Compiled, (string | undefined)[]][] = [
    [(x: never) => x, ["x"]],
    [(x: never, { y }: { y: never }, [z]: never[]) => [x, y, z], ["x", undefined, undefined]],
    [
      function f(a: never, b = Math.max(1, 2), c?: never) {
        return [a, b, c];
      } as Compiled,
      ["a", "b", "c"],
    ],
    [(...all: never[]) => all, [undefined]],
    [() => 1, [undefined]],
    [Math.max as Compiled, [undefined]],
  ];
  for (const [f, names] of named) expect(parameterNames(f), f.toString()).toEqual(names);
});

test("arguments without a name are called by their place", () => {
  const text = printGraph(
    traceExample(
      ag.grad((x: Value) => ag.sum(ag.square(x))),
      [ones([3])],
    ).graph,
  );
  expect(text).toMatch(/^input {6}arg0 \[3\]\n/);
});

test("a leaf of the state goes without `state`, unless an argument has its name", () => {
  const state = { w: ones([2]), v: ones([2]) };
  const f = (s: { w: Value; v: Value }, w: Value) => [{ w: ag.mul(s.w, w), v: s.v }, ag.sum(s.v)];
  expect(linesOf(f as Compiled, [ones([2])], state)).toEqual(["%3 [2] = state.w * w", "%4 [] = sum over all of v"]);
});

test("brackets stand where the order of operations needs them", () => {
  const x = ones([4]);
  const f = (a: Value, b: Value, c: Value) => [
    ag.sub(a, ag.sub(b, c)),
    ag.sub(ag.sub(a, b), c),
    ag.mul(ag.mul(a, b), ag.add(b, c)),
    ag.div(a, ag.mul(b, c)),
    ag.neg(ag.neg(ag.add(a, c))),
    ag.where(ag.less(a, b), ag.clamp(c, 0, 2), 3),
  ];
  expect(linesOf(f, [x, x, x]).map((line) => line.split(" = ")[1])).toEqual([
    undefined,
    "a - (b - c)",
    "a - b - c",
    "a * b * (b + c)",
    "a / (b * c)",
    expect.stringMatching(/^(?:-\(-\(a \+ c\)\)|a \+ c)$/),
    "where(a < b, clamp(c, low: 0, high: 2), 3)",
  ]);
});

test("what is read through a view is named by its index", () => {
  const x = zeros([6, 8]);
  const views: [(x: Value) => Value, string][] = [
    [(v) => ag.slice(v, [null, { start: 2 }]), "x[i, 2 + j]"],
    [(v) => ag.transpose(v), "x[j, i]"],
    [(v) => ag.flip(v, 1), "x[i, 7 - j]"],
    [(v) => ag.slice(v, [{ start: 1, step: 2 }]), "x[1 + 2 i, j]"],
    [(v) => ag.reshape(v, [48]), "x"],
    [(v) => ag.slice(v, [3]), "x[3, i]"],
    [(v) => ag.slice(ag.reshape(v, [4, 12]), [null, { stop: 10 }]), "x(12 i + j)"],
  ];
  for (const [view, text] of views) {
    const [line] = linesOf((v: Value) => ag.exp(view(v)), [x]).filter((one) => one.includes("exp"));
    // The parameter is called v here.
    expect(line).toContain(`exp(${text.replaceAll("x", "v")})`);
  }
});

test("folds say what vanishes", () => {
  const f = (x: Value) => [ag.sum(x, { axis: [1, 2] }), ag.max(x, { axis: 2 }), ag.min(x, { axis: 0 }), ag.sum(x)];
  const text = linesOf(f, [normal(key(1), [2, 3, 4])]).join("\n");
  for (const words of [
    "sum over the last 2 axes of x",
    "max over the last axis of x",
    "min over the first axis of x",
    "sum over all of x",
  ]) {
    expect(text).toContain(words);
  }
});

test("an output that no kernel makes has a line of its own", () => {
  const lines = linesOf((x: Value) => [ag.exp(x), ag.transpose(x), ag.mul(tensor(2), 3)], [zeros([2, 3])]);
  expect(lines.slice(-2)).toEqual(["output [3, 2] = x[j, i]", "output [] = 6"]);
});

test("products count 2 m n k, loops one for each operation and element, copies and the library nothing", () => {
  const f = (a: Value, b: Value, k: Key) => [
    ag.matmul(a, b),
    ag.exp(ag.add(a, 1)),
    ag.concat([a, a]),
    ag.normal(k, [9]),
  ];
  const { schedule: scheduled } = planOf(f, [zeros([2, 3]), zeros([3, 5]), key(1)]);
  expect(
    scheduled.phases
      .flat()
      .map(flopsOfKernel)
      .toSorted((a, b) => a - b),
  ).toEqual([0, 0, 12, 60]);
});

test("values of a plan that share bytes have phases apart", () => {
  const plan = planOf((x: Value) => ag.sum(ag.softmax(ag.matmul(x, ag.softmax(x)))), [zeros([16, 16])]);
  const rows = printPlan(plan)
    .split("\n")
    .slice(2)
    .map((line) =>
      /^ *(\d+) +(\d+) {2}(\d+) to (\d+|end)/
        .exec(line)!
        .slice(1)
        .map((text) => (text === "end" ? 99 : Number(text))),
    );
  expect(rows).toHaveLength(plan.lifetimes.size);
  for (const [a, [at, bytes, from, to]] of rows.entries()) {
    for (const [at2, bytes2, from2, to2] of rows.slice(a + 1)) {
      expect(at + bytes <= at2 || at2 + bytes2 <= at || to < from2 || to2 < from).toBe(true);
    }
  }
});

test("the functions of a module are read from its bytes", () => {
  const builder = new ModuleBuilder();
  builder.define("nothing", [], "none", () => []);
  builder.define("one", [], "i32", () => [i32.const(1)]);
  const functions = functionsOf(builder.bytes);
  expect(functions.map(({ name }) => name)).toEqual(["nothing", "one"]);
  // i32.const 1 takes two bytes.
  expect(functions[1].bytes - functions[0].bytes).toBe(2);

  const emitted = emitExample(planOf((x: Value) => ag.sum(ag.matmul(x, x)), [zeros([4, 4])]));
  const all = functionsOf(emitted.bytes);
  expect(all.map(({ name }) => name)).toEqual(Object.keys(instantiate(emitted.bytes, newMemory(2 ** 20))));
  const listed = printModule(emitted).split("\n").slice(2);
  const sum = (column: number): number =>
    listed.reduce((total, line) => total + Number(line.trim().split(/ +/).at(column)), 0);
  expect([sum(-2), sum(-1)]).toEqual([all.length, all.reduce((total, { bytes }) => total + bytes, 0)]);
});

test("a program tells its variants, and counts compilations", () => {
  const scale = compile((x: Value, by: number) => ag.mul(x, by), { threads: 1 });
  expect(scale.stats()).toMatchObject({ compilations: 0, variants: [], threads: 1 });
  scale(ones([2, 3]), 2);
  scale(ones([2, 3]), 5);
  scale(ones([7]), 2);
  const stats = scale.stats();
  expect(stats.compilations).toBe(2);
  expect(stats.variants.map((one) => [one.arguments, one.steps, one.flops, one.phases])).toEqual([
    ["x [2, 3], by number", 2, 6, 1],
    ["x [7], by number", 1, 7, 1],
  ]);
  expect(stats.kernels).toEqual([
    { variant: 1, phase: 1, text: "%2 [2, 3] = x * by", flops: 6 },
    { variant: 2, phase: 1, text: "%2 [7] = x * by", flops: 7 },
  ]);
  expect(String(scale)).toContain("variant 2: x [7], by number\n1 phase, 1 kernel, 7 FLOP, arena ");
});

test("a profiled program has the seconds of every kernel, of each variant by itself", () => {
  const twice = compile((x: Value) => ag.mul(ag.sum(x), 2), { profile: true });
  twice(ones([4]));
  for (let i = 0; i < 9; i++) twice(ones([200_000]));
  const { kernels } = twice.stats();
  expect(kernels.map(({ variant, phase }) => [variant, phase])).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ]);
  const [small, large] = [1, 2].map((number) =>
    kernels.filter(({ variant }) => variant === number).map(({ seconds }) => seconds!),
  );
  expect(large[0]).toBeGreaterThan(small[1]);
  expect(String(twice)).toMatch(/sum over all of x +200 kFLOP {2}\d+\.\d{3} ms {2}->/);
});

test("phases with offsets are those of the schedule with places", () => {
  const plan = planOf((x: Value) => ag.sum(ag.softmax(x)), [zeros([3, 5])]);
  const strip = (text: string): string => text.replaceAll(/->.*/g, "");
  expect(strip(printPhases(plan))).toBe(strip(printSchedule(plan.graph, plan.schedule)));
});

test("every operation prints at every stage: random graphs", () => {
  for (let seed = 0; seed < 60; seed++) {
    const { graph } = randomGraph({ seed, size: 40 });
    const lowered = lower(simplify(graph));
    const plan = planExample(lowered, schedule(lowered, fuse(lowered)));
    const text = [printGraph(graph), printGraph(lowered), printPhases(plan), printPlan(plan)].join("\n");
    expect(text).not.toMatch(/undefined|\[object|\bnull\b/);
  }
});
