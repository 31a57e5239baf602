// What simplify promises: the same bits, a fixed point, and less to compute.

import {
  add,
  binaryCrossEntropyWithLogits,
  exp,
  expm1mx,
  matmul,
  mean,
  mul,
  normal,
  type Operand,
  relu,
  softmax,
  sub,
  sum,
  type Value,
  valueAndGrad,
} from "@elbo/autograd";
import { type Key, key, normal as draw, type Tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph } from "../src/graph/graph.js";
import { simplify } from "../src/simplify/simplify.js";
import { trace } from "../src/trace/trace.js";
import { expectSameResults, interpret } from "./support/interpret.js";
import { graphSeeds, randomGraph } from "./support/random-graph.js";

describe("on random graphs", () => {
  it("simplify keeps every output and next state to the bit", () => {
    fc.assert(
      fc.property(graphSeeds(), (options) => {
        const { graph, inputs, state } = randomGraph(options);
        expectSameResults(interpret(simplify(graph), inputs, state), interpret(graph, inputs, state));
      }),
      { numRuns: 400 },
    );
  });

  it("simplify is idempotent", () => {
    fc.assert(
      fc.property(graphSeeds(), (options) => {
        const once = simplify(randomGraph(options).graph);
        expect(simplify(once)).toEqual(once);
      }),
      { numRuns: 250 },
    );
  });
});

describe("on the gradient of a small variational autoencoder", () => {
  const [pixels, hidden, latent, batch] = [20, 12, 3, 8];
  const sizes = [
    [pixels, hidden],
    [hidden, latent],
    [hidden, latent],
    [latent, hidden],
    [hidden, pixels],
  ];
  const params = sizes.flatMap(([from, to], i) => [draw(key(i), [from, to]), zeros([to])]);
  const x = uniform(key(7), [batch, pixels]);

  const dense = (h: Value, [w, b]: readonly Value[]): Value => add(matmul(h, w), b);
  /** The negative evidence lower bound in nats per example. */
  const loss = (p: readonly Value[], data: Operand, noise: Key): Value => {
    const h = relu(dense(data as Value, p.slice(0, 2)));
    const [mu, logVariance] = [dense(h, p.slice(2, 4)), dense(h, p.slice(4, 6))];
    const z = add(mu, mul(exp(mul(0.5, logVariance)), normal(noise, [batch, latent])));
    const logits = dense(relu(dense(z, p.slice(6, 8))), p.slice(8, 10));
    const kl = mul(0.5, add(expm1mx(logVariance), mul(mu, mu)));
    return mean(add(sum(binaryCrossEntropyWithLogits(logits, data), { axis: 1 }), sum(kl, { axis: 1 })));
  };
  const gradient = traced((p, data) => valueAndGrad((q: Value[]) => loss(q, data, key(3)))(p), [params, x]);
  const simple = simplify(gradient);
  const count = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length;

  it("there are fewer nodes, with the same values", () => {
    expect(simple.nodes.length).toBeLessThan(gradient.nodes.length);
    const inputs = [...params, x];
    expectSameResults(interpret(simple, inputs), interpret(gradient, inputs));
  });

  it("what only broadcasting needs is gone", () => {
    expect(count(gradient, "broadcastTo")).toBeGreaterThan(0);
    expect([count(simple, "broadcastTo"), count(simple, "stopGradient")]).toEqual([0, 0]);
  });

  it("masks of relu look at its result, so that nothing else reads what went into it", () => {
    const readers = (id: number): string[] =>
      simple.nodes.filter(({ inputs }) => inputs.includes(id)).map(({ op }) => op);
    const before = simple.nodes.filter(({ op }) => op === "relu").map(({ inputs }) => inputs[0]);
    expect(before.map(readers)).toEqual([["relu"], ["relu"]]);
  });
});

it("softmax and its gradient share their exponentials", () => {
  const logits = draw(key(1), [4, 5]);
  const graph = traced((x) => valueAndGrad((v: Value) => sum(mul(softmax(v), sub(softmax(v), 1))))(x), [logits]);
  expect(simplify(graph).nodes.filter(({ op }) => op === "exp").length).toBe(1);
});

/** The graph of a function of float32 tensors and lists of them. */
function traced(f: (...args: never[]) => unknown, args: readonly (Tensor | readonly Tensor[])[]): Graph {
  const specs = args
    .flat()
    .map(({ shape }, i) => ({ name: `x${i}`, kind: "tensor", shape, dtype: "float32" }) as const);
  return trace(f, args, specs).graph;
}
