// The optimizers against their papers' algorithms, written again in scalars.

import { cast, leavesWithPaths, mapTree, type Value } from "@elbo/autograd";
import { tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adam } from "../src/optim/adam.js";
import { momentsOf, numbersOf, type Optimizer } from "../src/optim/optimizer.js";
import { sgd } from "../src/optim/sgd.js";
import { bits, expectAllClose, expectClose, numbers } from "./support/numbers.js";

const double = (values: readonly number[]) => tensor(values, { dtype: "float64" });

/** Runs an optimizer along a list of gradients, on a tree of two leaves. */
function run<S>(
  optimizer: Optimizer<S>,
  start: readonly number[],
  gradients: readonly number[][],
  rate: number,
): number[][] {
  const tree = (values: readonly number[]) => ({
    layers: [{ weight: double(values.slice(1)) }],
    bias: double([values[0]]),
  });
  let [params, state] = [tree(start), optimizer.init(tree(start))];
  return gradients.map((g) => {
    ({ params, state } = optimizer.update(params, tree(g), state, rate));
    return [...numbers(params.bias), ...numbers(params.layers[0].weight)];
  });
}

interface Decays {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Kingma and Ba (2015), algorithm 1, for one number, line by line. */
function adamOfThePaper(
  start: number,
  gradients: readonly number[],
  rate: number,
  { beta1, beta2, epsilon }: Decays,
  v0 = 0,
): number[] {
  let [theta, m, v] = [start, 0, v0];
  return gradients.map((g, i) => {
    const t = i + 1;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const mHat = m / (1 - Math.pow(beta1, t));
    const vHat = v / (1 - Math.pow(beta2, t));
    theta -= (rate * mHat) / (Math.sqrt(vHat) + epsilon);
    return theta;
  });
}

const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const size = fc.double({ min: 1e-3, max: 100, noNaN: true });
const signed = fc.tuple(size, fc.boolean()).map(([x, negative]) => (negative ? -x : x));
const three = fc.array(signed, { minLength: 3, maxLength: 3 });
const fifty = fc.array(three, { minLength: 50, maxLength: 50 });
const rates = fc.constantFrom(1e-4, 1e-3, 0.1);

describe("adam", () => {
  test("is the paper's algorithm over 50 steps", () => {
    const decays = fc.constantFrom(defaults, { beta1: 0.8, beta2: 0.99, epsilon: 1e-4 });
    fc.assert(
      fc.property(three, fifty, rates, decays, (start, gradients, rate, options) => {
        const got = run(adam(options), start, gradients, rate);
        start.forEach((w, j) => {
          const want = adamOfThePaper(
            w,
            gradients.map((g) => g[j]),
            rate,
            options,
          );
          expectAllClose(
            got.map((params) => params[j]),
            want,
            1e-11,
          );
        });
      }),
      { numRuns: 20 },
    );
  });

  test("in float32 too, within its rounding", () => {
    const gradients = Array.from({ length: 50 }, (_, t) => Math.fround(Math.sin(t) * 10 ** (t % 5)));
    const optimizer = adam();
    let params = tensor([0.5]);
    let state = optimizer.init(params);
    for (const g of gradients) ({ params, state } = optimizer.update(params, tensor([g]), state, 0.01));
    expectClose(params.item(), adamOfThePaper(0.5, gradients, 0.01, defaults)[49], 1e-5);
  });

  test("the first step has the size of the learning rate, whatever the gradient's", () => {
    fc.assert(
      fc.property(three, three, rates, (start, g, rate) => {
        const [moved] = run(adam(), start, [g], rate);
        // |g| / (|g| + epsilon) is 1 within 1e-5 for gradients of 1e-3 or more.
        start.forEach((w, j) => expectClose((w - moved[j]) / rate, Math.sign(g[j]), 2e-5));
      }),
    );
  });

  test("the second moment starts at 0: from 1, the first steps would be far smaller", () => {
    const gradients = Array.from({ length: 10 }, () => 0.1);
    const [right, wrong] = [0, 1].map((v0) => adamOfThePaper(0, gradients, 0.01, defaults, v0)[9]);
    expect(right).toBeCloseTo(-0.1, 6);
    expect(wrong).toBeGreaterThan(-0.01);
    expect(
      run(
        adam(),
        [0, 0, 0],
        gradients.map((g) => [g, g, g]),
        0.01,
      )[9],
    ).toEqual([right, right, right].map((x) => expect.closeTo(x, 12)));
  });

  test("a gradient of 0 from the start moves nothing", () => {
    expect(
      run(
        adam(),
        [1, 2, 3],
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
        0.1,
      )[1],
    ).toEqual([1, 2, 3]);
  });
});

describe("sgd", () => {
  test("without momentum is w - lr g", () => {
    fc.assert(
      fc.property(three, fifty, rates, (start, gradients, rate) => {
        const w = [...start];
        const want = gradients.map((g) => g.map((slope, j) => (w[j] -= rate * slope)));
        expect(run(sgd(), start, gradients, rate)).toEqual(want);
      }),
      { numRuns: 20 },
    );
  });

  test("with momentum is u = momentum u + g, w - lr u", () => {
    fc.assert(
      fc.property(three, fifty, rates, (start, gradients, rate) => {
        const [w, u] = [[...start], [0, 0, 0]];
        const want = gradients.map((g) =>
          g.map((slope, j) => {
            u[j] = 0.9 * u[j] + slope;
            return (w[j] -= rate * u[j]);
          }),
        );
        const got = run(sgd({ momentum: 0.9 }), start, gradients, rate);
        got.forEach((params, t) => expectAllClose(params, want[t], 1e-12));
      }),
      { numRuns: 20 },
    );
  });
});

describe.each<[string, Optimizer<unknown>]>([
  ["adam", adam() as Optimizer<unknown>],
  ["sgd", sgd() as Optimizer<unknown>],
  ["momentum", sgd({ momentum: 0.9 }) as Optimizer<unknown>],
])("%s", (_, optimizer) => {
  const params = { layers: [{ weight: tensor([1, 2]) }, { weight: tensor([[3]]) }], bias: double([4]) };
  const gradients = { layers: [{ weight: tensor([0.1, 0.2]) }, { weight: tensor([[0.3]]) }], bias: double([0.4]) };

  test("the state is a plain tree of zeros and numbers, with the shapes and dtypes of the parameters", () => {
    const state = optimizer.init(params);
    const shapes = leavesWithPaths(params).map(([path, leaf]) => [path, leafShape(leaf)]);
    const moments = new Set(
      leavesWithPaths(state)
        .filter(([, leaf]) => typeof leaf !== "number")
        .map(([path]) => path.split(".")[0]),
    );
    expect(moments.size).toBeGreaterThan(0);
    for (const moment of moments) {
      const branch = leavesWithPaths((state as Record<string, unknown>)[moment]);
      expect(branch.map(([path, leaf]) => [path, leafShape(leaf)])).toEqual(shapes);
      for (const [, leaf] of branch) expect(numbers(leaf as Value).every((x) => x === 0)).toBe(true);
    }
  });

  test("the tensors' half needs the factors alone, in float32 if they are given so, and leaves the numbers alone", () => {
    const single = mapTree((w: Value) => cast(w, "float32"), params);
    const slopes = mapTree((g: Value) => cast(g, "float32"), gradients);
    const [first, rate] = [optimizer.init(single) as object, 0.1];
    const { factors, numbers } = optimizer.prepare(first, rate);
    const next = optimizer.step(single, slopes, momentsOf(first), factors);
    expect(leavesWithPaths(next.moments).every(([, leaf]) => typeof leaf !== "number")).toBe(true);
    const whole = optimizer.update(single, slopes, first, rate);
    expect(bits({ params: next.params, state: { ...next.moments, ...(numbers as object) } })).toEqual(bits(whole));
    const scalars = Object.fromEntries(Object.entries(factors).map(([name, factor]) => [name, tensor(factor)]));
    expect(bits(optimizer.step(single, slopes, momentsOf(first), scalars))).toEqual(bits(next));
    expect(optimizer.prepare(numbersOf(first), rate)).toEqual({ factors, numbers });
  });

  test("changes nothing in place", () => {
    const first = optimizer.update(params, gradients, optimizer.init(params), 0.1);
    const before = bits([params, gradients, first]);
    const second = optimizer.update(first.params, gradients, first.state, 0.1);
    expect(bits([params, gradients, first])).toEqual(before);
    expect(bits(optimizer.update(first.params, gradients, first.state, 0.1))).toEqual(bits(second));
    expect(bits(second.params)).not.toEqual(bits(first.params));
  });
});

const leafShape = (leaf: Value | number): string =>
  typeof leaf === "number" ? "number" : `${leaf.dtype}[${leaf.shape.join(", ")}]`;
