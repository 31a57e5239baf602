// What fusion makes of a training step: the listing that chapter 4 shows, and what that chapter says of it.
// `ELBO_LISTINGS=write npx vitest run packages/compiler/test/vae-step.test.ts` writes the listing into the chapter.

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "@elbo/compiler";
import {
  fuse,
  type Kernel,
  type LoopKernel,
  lower,
  planExample,
  printPhases,
  type ProductKernel,
  schedule,
  simplify,
  type Source,
  traceExample,
} from "@elbo/compiler/stages";
import { exampleArguments, startState, step } from "./support/vae-step.js";

const CHAPTER = new URL("../../../docs/04-from-a-function-to-one-program.md", import.meta.url);
const BLOCK = /(<!-- vae-step -->\n\n```text\n)([\s\S]*?)\n?(```\n\n<!-- end -->)/;

const traced = traceExample(step, exampleArguments(), startState()).graph;
const graph = lower(simplify(traced));
const scheduled = schedule(graph, fuse(graph));
const kernels = scheduled.phases.flat();
const listing = printPhases(planExample(graph, scheduled));

const nameOf = (id: number): string => (graph.nodes[id].attributes as Source).name;
const loopOf = (kernel: Kernel): LoopKernel | null =>
  kernel.kind === "loop" ? kernel : kernel.kind === "product" ? kernel.epilogue : null;
const opsOf = (kernel: Kernel): string[] => loopOf(kernel)?.steps.map(({ op }) => op) ?? [];

/** The one kernel whose loop has a step of this kind. */
function kernelWith(op: string): Kernel {
  const found = kernels.filter((kernel) => opsOf(kernel).includes(op));
  expect(found, op).toHaveLength(1);
  return found[0];
}

/** The leaves of the state that a loop writes in place. */
const writtenBy = (loop: LoopKernel): string[] =>
  loop.stores.flatMap((id) => {
    const leaf = scheduled.inPlace.get(id);
    const states = graph.nodes.filter(({ op }) => op === "state");
    return leaf === undefined
      ? []
      : [nameOf(states.find(({ attributes }) => (attributes as Source).index === leaf)!.id)];
  });

test("chapter 4 shows the listing of the step; if not: ELBO_LISTINGS=write", () => {
  const page = readFileSync(CHAPTER, "utf8");
  if (process.env.ELBO_LISTINGS === "write") {
    writeFileSync(
      CHAPTER,
      page.replace(BLOCK, (_, before: string, _old, after: string) => before + listing + `\n${after}`),
    );
    return;
  }
  expect(BLOCK.exec(page)?.[2]).toBe(listing);
});

test("a compiled step prints the same phases", () => {
  const program = compile(step, { state: startState(), threads: 1 });
  program(...exampleArguments());
  expect(String(program)).toContain(`\n${listing}`);
  const { variants, kernels: stats } = program.stats();
  expect([variants[0].phases, stats.length]).toEqual([scheduled.phases.length, kernels.length]);
});

test("195 operations are 25 kernels in 11 phases", () => {
  const sources = ["input", "state", "constant"];
  expect(traced.nodes.filter(({ op }) => !sources.includes(op))).toHaveLength(195);
  expect([scheduled.phases.length, kernels.length]).toEqual([11, 25]);
  expect(kernels.filter(({ kind }) => kind === "product")).toHaveLength(14);
});

test("Adam of each weight is the epilogue of its gradient's product", () => {
  for (const layer of ["encoder", "mean", "logVar", "decoder", "pixels"]) {
    const leaves = ["m", "v", "params"].map((tree) => `state.${tree}.${layer}.weight`);
    const writers = kernels.filter(
      (kernel) => loopOf(kernel) !== null && writtenBy(loopOf(kernel)!).includes(leaves[0]),
    );
    expect(writers.map(({ kind }) => kind)).toEqual(["product"]);
    const { epilogue, node } = writers[0] as ProductKernel;
    expect(writtenBy(epilogue!).toSorted()).toEqual(leaves.toSorted());
    const reads = epilogue!.steps.flatMap(({ operands }) => operands.map((one) => ("base" in one ? one.base : -1)));
    expect(reads).toContain(node);
  }
});

test("every leaf of the state is written in place, none is copied at the end", () => {
  expect(scheduled.inPlace.size).toBe(30);
  expect(kernels.flatMap(opsOf)).not.toContain("copy");
});

test("the loss of the pixels and its gradient are one loop", () => {
  const loss = kernelWith("binaryCrossEntropyWithLogits");
  expect(loss).toBe(kernelWith("sigmoid"));
  expect((loss as LoopKernel).folds).toHaveLength(1);
});

test("the divergence, its gradient and the sample are one loop, which computes e^v once", () => {
  const divergence = kernelWith("expm1mx");
  expect(divergence).toBe(kernelWith("exp"));
  expect(divergence).toBe(kernelWith("expm1"));
  expect((divergence as LoopKernel).folds).toHaveLength(1);
});

test("each relu, and each mask of its gradient, is in an epilogue", () => {
  for (const op of ["relu", "where"]) {
    const owners = kernels.filter((kernel) => opsOf(kernel).includes(op));
    expect(owners.map(({ kind }) => kind)).toEqual(["product", "product"]);
  }
});
