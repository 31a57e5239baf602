// Compiled equals eager to the bit: random graphs, random functions with their gradients, and the functions of a key.

import {
  abs,
  add,
  bernoulli,
  broadcastTo,
  concat,
  cumsum,
  customVjp,
  div,
  exp,
  flip,
  foldIn,
  gather,
  gelu,
  grad,
  log1p,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  mul,
  neg,
  normal,
  randomInt,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  softplus,
  split,
  square,
  sub,
  sum,
  tanh,
  transpose,
  uniform,
  type Value,
  valueAndGrad,
  where,
  greater,
  less,
  equal,
  notEqual,
  lessEqual,
  greaterEqual,
} from "@elbo/autograd";
import { fromTypedArray, type Key, key, normal as draw, type Tensor, tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { compile } from "../src/index.js";
import { expectSameResults, interpret } from "./support/interpret.js";
import { backward, forward, graphProgram } from "./support/program.js";
import { graphSeeds, randomGraph } from "./support/random-graph.js";
import { expectSameTree } from "./support/same.js";

it("a random graph gives the bits of its eager operations, on any number of threads in any order", () => {
  fc.assert(
    fc.property(graphSeeds(), (options) => {
      const { graph, inputs, state } = randomGraph(options);
      const program = graphProgram(graph, { threads: 3 });
      const want = interpret(graph, inputs, state);
      for (const team of [forward(1), forward(2), backward(3)]) {
        expectSameResults(program.step(inputs, state, team), want);
      }
    }),
    { numRuns: 70 },
  );
});

/** Steps that keep a matrix `[m, n]` a matrix, in which a function is drawn; `w` and `b` are `[n, n]` and `[n]`. */
const STEPS: Readonly<Record<string, (x: Value, w: Value, b: Value) => Value>> = {
  dense: (x, w, b) => tanh(add(matmul(x, w), b)),
  attention: (x) => matmul(softmax(matmul(x, x, { transposeB: true })), x),
  relu: (x) => relu(x),
  gelu: (x) => gelu(x),
  softplus: (x) => softplus(neg(x)),
  gate: (x, w) => mul(x, sigmoid(matmul(x, w))),
  bell: (x) => exp(neg(square(x))),
  centre: (x) => sub(x, mean(x, { axis: 0 })),
  normalise: (x) => div(x, add(1, sum(square(x), { axis: 1, keepDims: true }))),
  softmax: (x) => softmax(x, { axis: 0 }),
  stretch: (x, _, b) => sub(x, reshape(logSumExp(mul(x, b), { axis: 1 }), [x.shape[0], 1])),
  peak: (x) => div(x, add(1, max(abs(x)))),
  hinge: (x, _, b) => maximum(x, broadcastTo(b, x.shape)),
  choose: (x, _, b) => where(greater(x, b), x, log1p(abs(x))),
  turn: (x) => flip(transpose(transpose(x)), [0]),
  running: (x) => mul(0.25, cumsum(x, { axis: 1, reverse: true })),
  halves: (x) => concat([slice(x, [{ start: 1 }]), slice(x, [{ stop: 1 }])], { axis: 0 }),
};

interface Drawn {
  readonly steps: readonly string[];
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
}

const drawn = (most: number): fc.Arbitrary<Drawn> =>
  fc.record({
    steps: fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: most }),
    rows: fc.integer({ min: 1, max: 19 }),
    columns: fc.integer({ min: 1, max: 35 }),
    seed: fc.nat({ max: 1000 }),
  });

/** The mean of a matrix that has gone through the steps, as a function of matrix and weights. */
const scalarOf =
  ({ steps }: Drawn) =>
  ([x, w, b]: readonly Value[]): Value =>
    mean(steps.reduce((value, step) => STEPS[step](value, w, b), x));

const argumentsOf = ({ rows, columns, seed }: Drawn): Tensor[] => [
  draw(key(seed), [rows, columns]),
  draw(key(seed + 1), [columns, columns]),
  draw(key(seed + 2), [columns]),
];

describe("compile(f) gives the bits of f", () => {
  const same = (f: (...args: never[]) => unknown, args: readonly unknown[]): void => {
    expectSameTree(compile(f, { threads: 1 })(...(args as never[])), f(...(args as never[])));
  };

  it("of values and gradients", () => {
    fc.assert(
      fc.property(drawn(6), (drawing) => same(valueAndGrad(scalarOf(drawing)), [argumentsOf(drawing)])),
      { numRuns: 40 },
    );
  });

  it("of second derivatives", () => {
    fc.assert(
      fc.property(drawn(3), (drawing) => {
        const slope = grad(scalarOf(drawing));
        const curvature = grad((x: readonly Value[]) =>
          slope(x as Value[]).reduce<Value>((total, g) => add(total, sum(square(g))), tensor(0)),
        );
        same(curvature as (...args: never[]) => unknown, [argumentsOf(drawing)]);
      }),
      { numRuns: 15 },
    );
  });

  it("of chains that are longer than a loop, or a stack, may be", () => {
    const times = (n: number, f: (x: Value) => Value) => (x: Value) =>
      sum(Array.from({ length: n }).reduce<Value>((y) => f(y), x));
    same(times(200, tanh), [draw(key(1), [15])]);
    same(
      times(1500, (x) => add(mul(x, 0.9), 0.1)),
      [draw(key(2), [3])],
    );
  });

  it("of random numbers from a key, and of keys", () => {
    const f = (k: Key, p: Value) => {
      const [one, other] = split(k);
      return {
        keys: [one, foldIn(other, 7)],
        values: [uniform(one, [5, 7], { low: -2, high: 3 }), normal(foldIn(k, 3), [1027]), bernoulli(other, p)],
        whole: randomInt(one, [33], { low: -4, high: 900 }),
      };
    };
    for (const seed of [0, 1, 2 ** 31]) same(f, [key(seed), draw(key(1), [9, 2])]);
  });

  it("of comparisons of whole numbers of any size and sign", () => {
    const comparisons = [equal, notEqual, less, lessEqual, greater, greaterEqual];
    const whole = fc.array(fc.oneof(fc.integer(), fc.integer({ min: -2, max: 2 })), { minLength: 9, maxLength: 9 });
    const f = (a: Value, b: Value) => comparisons.flatMap((compare) => [compare(a, b), compare(a, a), compare(a, -1)]);
    fc.assert(
      fc.property(whole, whole, (a, b) =>
        same(
          f,
          [a, b].map((list) => fromTypedArray(Int32Array.from(list), [9])),
        ),
      ),
      { numRuns: 20 },
    );
  });

  it("of programs that time themselves", () => {
    const f = valueAndGrad(scalarOf({ steps: ["dense", "softmax"], rows: 9, columns: 20, seed: 1 }));
    const args = argumentsOf({ steps: [], rows: 9, columns: 20, seed: 1 });
    const program = compile(f as (x: Tensor[]) => unknown, { profile: true });
    expectSameTree(program(args), f(args));
  });

  it("of functions with derivatives of their own", () => {
    const clipped = customVjp(
      (x) => mul(x, 1.5),
      (g) => [where(greater(g, 0.1), 0.1, g)],
    );
    same(
      valueAndGrad((x: Value) => sum(square(clipped(x)))),
      [draw(key(3), [6, 5])],
    );
  });

  it("of trees, numbers and whole numbers", () => {
    const indices = fromTypedArray(new Int32Array([2, 0, 1]), [3]);
    const f = ({ a, b: [b, c] }: { a: Value; b: readonly [Value, Value] }) => ({
      z: [mul(a, b), where(greater(c, 1), c, 0)],
      a: [where(c, 1, 0), where(0.5, c, 1)],
      three: [less(c, 2), gather(a, 1), gather(c, 0)],
    });
    same(f, [{ a: draw(key(0), [3]), b: [0.1, indices] }]);
  });
});
