// In `fast`, compiled equals eager to the bit as well: the order of additions is the same contract, and a multiply-add
// rounds once where the platform fuses it, in both. The distance from `strict` is bounded by rounding alone.

import { add, matmul, mul, relu, sum, tanh, type Value, valueAndGrad } from "@elbo/autograd";
import { abs, key, matmul as product, normal, type Tensor, withMatmulMode } from "@elbo/tensor";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../src/index.js";
import { traceExample } from "../src/run/example.js";
import { expectSameResults, interpret } from "./support/interpret.js";
import { backward, forward, graphProgram } from "./support/program.js";
import { graphSeeds, randomGraph } from "./support/random-graph.js";
import { expectSameTree } from "./support/same.js";

const { fast } = enableRelaxedSimd();
const length = fc.constantFrom(1, 2, 7, 8, 16, 17, 33, 64, 67, 257);
const random = (seed: number, ...shape: number[]): Tensor => normal(key(seed), shape);
const layer = (a: Value, b: Value, bias: Value): Value[] => {
  const y = relu(add(matmul(a, b), bias));
  return [y, sum(y, { axis: 0 }), matmul(y, y, { transposeA: true })];
};

it(`products with what follows them, on any number of threads (multiply-add: ${fast})`, () => {
  fc.assert(
    fc.property(length, length, length, (m, k, n) => {
      const args = [random(1, m, k), random(2, k, n), random(3, n)];
      const { graph } = traceExample(layer as never, args);
      const program = graphProgram(graph, { threads: 3, matmul: "fast" });
      expect(program.variant.multiplyAdd).toBe(fast);
      const want = withMatmulMode("fast", () => interpret(graph, args));
      for (const team of [forward(1), forward(2), backward(3)]) expectSameResults(program.step(args, [], team), want);
    }),
    { numRuns: 20 },
  );
});

it("random graphs with products", () => {
  fc.assert(
    fc.property(graphSeeds(25), (options) => {
      const { graph, inputs, state } = randomGraph({
        ...options,
        families: ["matmul", "unary", "reduce", "view", "binary"],
      });
      const program = graphProgram(graph, { matmul: "fast" });
      expectSameResults(
        program.step(inputs, state),
        withMatmulMode("fast", () => interpret(graph, inputs, state)),
      );
    }),
    { numRuns: 40 },
  );
});

it("gradients, with the mode taken from where the function is compiled or from the option", () => {
  const loss = (w: Value, x: Value): Value => sum(mul(tanh(matmul(x, w)), 0.1));
  const step = valueAndGrad((w: Value) => loss(w, random(1, 33, 40)));
  const w = random(2, 40, 50);
  const want = withMatmulMode("fast", () => step(w));
  expectSameTree(compile(step, { threads: 1, matmul: "fast" })(w), want);
  expectSameTree(withMatmulMode("fast", () => compile(step, { threads: 1 }))(w), want);
});

it("fast and strict differ by no more than their roundings", () => {
  // Each is within gamma(K) of the exact product, times the product of the absolute values (Higham, Accuracy and
  // Stability of Numerical Algorithms, 3.5), where gamma(K) = K u / (1 - K u) and u = 2^-24; that product is itself
  // computed, so it may be too small by the factor 1 - gamma(K).
  fc.assert(
    fc.property(length, length, length, (m, k, n) => {
      const [a, b] = [random(1, m, k), random(2, k, n)];
      const f = (x: Value, y: Value): Value => matmul(x, y);
      const [one, other] = (["fast", "strict"] as const).map(
        (mode) => compile(f, { threads: 1, matmul: mode })(a, b).data,
      );
      const gamma = (k * 2 ** -24) / (1 - k * 2 ** -24);
      const sizes = product(abs(a), abs(b)).data;
      one.forEach((x, i) => {
        expect(Math.abs(x - other[i])).toBeLessThanOrEqual((2 * gamma * sizes[i]) / (1 - gamma));
      });
    }),
    { numRuns: 10 },
  );
});
