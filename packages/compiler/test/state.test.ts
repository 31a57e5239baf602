// The state of a compiled function: whatever becomes of its leaves, a step gives what the eager function gives.

import {
  add,
  argMax,
  broadcastTo,
  concat,
  foldIn,
  gather,
  matmul,
  mean,
  mul,
  neg,
  normal,
  relu,
  reshape,
  slice,
  split,
  square,
  sub,
  sum,
  tanh,
  transpose,
  type Value,
} from "@elbo/autograd";
import {
  ArgumentError,
  arange,
  fromTypedArray,
  full,
  type Key,
  key,
  normal as draw,
  Tensor,
  zeros,
} from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, type StatefulProgram } from "../src/index.js";
import { expectSameTree } from "./support/same.js";

type Stateful = (state: never, ...args: never[]) => readonly [unknown, unknown];

/** Steps of a program and of its function, held to each other: outputs and states. */
function expectSameSteps(f: Stateful, state: unknown, steps: readonly (readonly unknown[])[], threads = 1): void {
  const program = compile(f as (s: unknown, ...args: unknown[]) => readonly [unknown, unknown], { state, threads });
  let eager = state;
  expectSameTree(program.read(), eager);
  for (const args of steps) {
    const [next, outputs] = f(eager as never, ...(args as never[]));
    expectSameTree(program(...args), outputs);
    expectSameTree(program.read(), next);
    eager = next;
  }
  program.close();
}

const none = [[], [], []];
const square4 = (seed: number): Tensor => draw(key(seed), [4, 4]);

describe("what becomes of leaves", () => {
  const cases: Readonly<Record<string, readonly [Stateful, unknown]>> = {
    "one is updated in place": [(a: Value) => [add(mul(a, 0.5), 1), []], square4(1)],
    "two are swapped": [([a, b]: Value[]) => [[b, a], [a]], [square4(1), square4(2)]],
    "three go round, one of them changed": [
      ([a, b, c]: Value[]) => [[b, tanh(c), a], []],
      [square4(1), square4(2), square4(3)],
    ],
    "one is read in another order than it is written": [(a: Value) => [add(transpose(a), a), []], square4(1)],
    "one is summed in the loop that writes it": [(a: Value) => [sub(a, mean(a, { axis: 0 })), sum(a)], square4(1)],
    "one is both operands of the product that it becomes": [(a: Value) => [tanh(matmul(a, a)), []], square4(1)],
    "a large one is both operands of the product that it becomes": [
      (a: Value) => [tanh(matmul(a, a)), []],
      draw(key(1), [50, 50]),
    ],
    "the old value comes out": [
      (a: Value) => [add(a, 1), { old: a, part: slice(a, [1]), turned: transpose(a) }],
      square4(1),
    ],
    "the new value comes out, and a view of it": [
      (a: Value) => {
        const next = add(a, 1);
        return [next, [next, transpose(next), slice(next, [null, { step: -2 }])]];
      },
      square4(1),
    ],
    "the old and the new value make others": [
      ([a, b, c]: Value[]) => {
        const next = add(a, 1);
        return [[next, mul(b, next), sub(c, a)], sum(mul(next, a))];
      },
      [square4(1), square4(2), square4(3)],
    ],
    "a new value makes a product that makes another": [
      ([a, b]: Value[]) => {
        const next = tanh(a);
        return [[next, matmul(next, transpose(b))], matmul(b, a)];
      },
      [square4(1), square4(2)],
    ],
    "one stays": [([a, b]: Value[]) => [[a, add(b, a)], []], [square4(1), square4(2)]],
    "two become one value": [([a, b]: Value[]) => [[add(a, b), add(a, b)], []], [square4(1), square4(2)]],
    "two become one leaf": [([a]: Value[]) => [[a, a], []], [square4(1), square4(2)]],
    "one becomes a constant": [([a]: Value[]) => [[zeros([4, 4]), a], []], [square4(1), square4(2)]],
    "one becomes a number in all places": [([a]: Value[]) => [[broadcastTo(mean(a), [4, 4])], []], [square4(1)]],
    "one becomes a view of another": [
      ([a, b]: Value[]) => [[transpose(b), reshape(a, [4, 4])], []],
      [square4(1), square4(2)],
    ],
    "one becomes a fold": [([a, b]: Value[]) => [[add(a, b), sum(a, { axis: 0 })], b], [square4(1), zeros([4])]],
    "numbers count": [
      ({ count, rate }: { count: Value; rate: Value }) => [
        { count: add(count, 1), rate: mul(rate, 0.9) },
        mul(count, rate),
      ],
      { count: 0, rate: 0.1 },
    ],
    "a key is split": [
      ({ random, x }: { random: Key; x: Value }) => {
        const [next, own] = split(random);
        return [{ random: next, x: add(x, normal(own, [4, 4])) }, [random, foldIn(own, 2)]];
      },
      { random: key(7), x: square4(1) },
    ],
    "whole numbers are moved": [
      ([indices, x]: Value[]) => [[argMax(gather(x, indices), { axis: 1 }), add(x, 1)], indices],
      [fromTypedArray(new Int32Array([3, 1, 0, 2]), [4]), square4(1)],
    ],
    "they are views of each other": [
      ([a, b]: Value[]) => [[add(a, b), neg(b)], []],
      [transpose(square4(1)), new Tensor(arange(16).data, { shape: [4, 4], strides: [0, 0], offset: 3 })],
    ],
  };
  for (const [name, [f, state]] of Object.entries(cases)) {
    it(name, () => expectSameSteps(f, state, none));
    it(`${name}, with threads`, () => expectSameSteps(f, state, none, 2));
  }

  it("any of what is computed", () => {
    const pick = fc.nat({ max: 11 });
    const choices = fc.record({
      pairs: fc.array(fc.tuple(pick, pick, fc.nat({ max: 4 })), { minLength: 1, maxLength: 9 }),
      next: fc.tuple(pick, pick, pick),
      out: fc.array(pick, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(choices, ({ pairs, next, out }) => {
        const f = (state: Value[]): [Value[], Value[]] => {
          const values = [...state];
          const at = (i: number): Value => values[i % values.length];
          for (const [i, j, kind] of pairs) {
            if (kind === 0) values.push(transpose(at(i)));
            else if (kind === 1) values.push(tanh(matmul(at(i), at(j))));
            else if (kind === 2) values.push(sub(at(i), mean(at(j), { axis: 0 })));
            else if (kind === 3)
              values.push(reshape(concat([slice(at(i), [{ start: 2 }]), slice(at(j), [{ stop: 2 }])]), [4, 4]));
            else values.push(tanh(add(at(i), at(j))));
          }
          return [next.map(at), out.map(at)];
        };
        expectSameSteps(f as Stateful, [square4(1), square4(2), square4(3)], none);
      }),
      { numRuns: 60 },
    );
  });
});

it("one state goes through steps of several shapes", () => {
  const f = ({ weight, count }: { weight: Value; count: Value }, x: Value): [unknown, unknown] => {
    const y = relu(matmul(x, weight));
    return [{ weight: sub(weight, mul(0.01, matmul(x, y, { transposeA: true }))), count: add(count, x.shape[0]) }, y];
  };
  const batches = [7, 3, 7, 300, 1, 0, 3, 7].map((batch, seed) => [draw(key(seed), [batch, 6])]);
  expectSameSteps(f, { weight: draw(key(9), [6, 6]), count: 0 }, batches);
});

describe("read and write", () => {
  const start = { a: square4(1), k: key(3), n: 2 };
  const made = (): StatefulProgram<typeof start, [], unknown> =>
    compile(({ a, k, n }: typeof start) => [{ a: add(a, n) as Tensor, k: foldIn(k, 1), n }, []] as const, {
      state: start,
      threads: 1,
    });

  it("what was written is read, and goes on as if it had come about", () => {
    const [one, other] = [made(), made()];
    one();
    const saved = one.read();
    one();
    other.write(saved);
    other();
    expectSameTree(other.read(), one.read());
  });

  it("a step changes neither the tensors that were given nor those that were read", () => {
    const program = made();
    const before = program.read();
    program();
    expectSameTree(before, start);
    expectSameTree(start.a, square4(1));
  });

  it("outputs stay as they are when the next step runs", () => {
    const program = compile((a: Value) => [add(a, 1), { a, next: add(a, 1) }] as const, {
      state: square4(1),
      threads: 1,
    });
    const first = program();
    program();
    expectSameTree(first, { a: square4(1), next: add(square4(1), 1) });
  });

  it("a number may be written as a tensor, and a tensor as a number", () => {
    const program = made();
    program.write({ ...start, n: full([], 0.5) as never });
    expectSameTree(program.read().n, 0.5);
    const counter = compile((count: Value) => [add(count, 1), []] as const, { state: zeros([]) as Value, threads: 1 });
    counter.write(7 as never);
    counter();
    expectSameTree(counter.read(), 8);
  });

  it("a state of other leaves or shapes is refused, and nothing is written", () => {
    const program = made();
    const wrong: unknown[] = [
      { ...start, a: zeros([4, 5]) },
      { a: start.a },
      { ...start, b: 1 },
      [start.a, start.k, 2],
    ];
    wrong.push({ ...start, a: fromTypedArray(new Int32Array(16), [4, 4]) }, { ...start, n: zeros([1]) });
    for (const state of wrong)
      expect(() => program.write(state as typeof start), JSON.stringify(state)).toThrow(ArgumentError);
    expectSameTree(program.read(), start);
  });
});

describe("outputs without a kernel of their own", () => {
  const captured = draw(key(5), [3, 4]);
  const same = (f: (...x: Value[]) => unknown, ...args: Tensor[]): void =>
    expectSameTree(compile(f as () => Value, { threads: 1 })(...(args as [])), f(...args));

  it("views of arguments", () =>
    same((x) => [transpose(x), slice(x, [{ step: -2 }, 1]), broadcastTo(x, [2, 3, 4]), reshape(x, [2, 6])], captured));
  it("arguments, also twice", () => same((x) => ({ x, again: [x, x] }), captured));
  it("constants, also twice, and views of them", () =>
    same((x) => [captured, captured, transpose(captured), zeros([2, 2]), 3, add(x, captured)], captured));
  it("a tensor that is captured twice", () => same((x) => add(mul(x, captured), captured), captured));
  it("captured views of one storage", () =>
    same((x) => matmul(x, matmul(transpose(captured), slice(captured, [{ step: -1 }])) as Tensor), captured));
  it("trees without leaves", () => same((x) => [[], {}, square(x)], captured));
});

it("arguments without elements", () => {
  const f = (x: Value, w: Value) => ({
    rows: sum(x, { axis: 1 }),
    columns: sum(x, { axis: 0 }),
    all: add(sum(x), 1),
    product: relu(matmul(x, w)),
    folded: sum(relu(matmul(x, w)), { axis: 0 }),
    none: matmul(transpose(x), x),
    joined: concat([x, x, w]),
    means: sub(x, mean(w, { axis: 0 })),
  });
  const args = [zeros([0, 5]), draw(key(1), [5, 5])] as const;
  expectSameTree(compile(f, { threads: 1 })(...args), f(...args));
});
