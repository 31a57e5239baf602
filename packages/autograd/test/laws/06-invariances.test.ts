// Law 6, invariances: what softmax and logSumExp conserve, and Euler's theorem for homogeneous functions.

import { add, fromTypedArray, mul as times, sum as total } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  abs,
  div,
  grad,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  min,
  mul,
  prod,
  relu,
  softmax,
  sqrt,
  square,
  sum,
  type Value,
  vjp,
} from "../../src/index.js";
import { expectAllClose, expectClose, expectSameBits, numbers } from "../support/compare.js";
import { type Gen, holds, reals, wholes } from "../support/sample.js";

const RUNS = 30;
const draw = (gen: Gen) => {
  const shape = [gen(fc.integer, { min: 1, max: 3 }), gen(fc.integer, { min: 1, max: 5 })];
  return { axis: gen(fc.integer, { min: 0, max: 1 }), x: reals(gen, shape) };
};

describe("normalising along an axis", () => {
  it("softmax and logSoftmax: gradients sum to 0 along it, whatever the cotangent", () => {
    holds(RUNS, (gen) => {
      const { axis, x } = draw(gen);
      const w = reals(gen, x.shape);
      for (const f of [softmax, logSoftmax]) {
        const [gradient] = vjp((v: Value) => f(v, { axis }), x)[1](w);
        // At most 5 terms of size 10.
        for (const one of numbers(total(gradient as typeof x, { axis }))) expectClose(one, 0, 1e-14 * 10, "sum");
      }
    });
  });

  it("logSumExp: gradients sum to the cotangent along it", () => {
    holds(RUNS, (gen) => {
      const { axis, x } = draw(gen);
      const [y, pullback] = vjp((v: Value) => logSumExp(v, { axis }), x);
      const w = reals(gen, y.shape);
      expectAllClose(sum(pullback(w)[0], { axis }), w, 1e-14);
    });
  });

  it("a shift passes through logSumExp and leaves softmax alone, values and gradients", () => {
    holds(RUNS, (gen) => {
      const { axis, x } = draw(gen);
      // Quarters, shifted by a whole number: the shift itself rounds nothing.
      const quarters = times(0.25, wholes(gen, x.shape));
      const shift = gen(fc.integer, { min: -1000, max: 1000 });
      const w = reals(gen, x.shape);
      const shifted = add(quarters, shift);
      expectAllClose(logSumExp(shifted, { axis }), add(logSumExp(quarters, { axis }), shift), 1e-15 * 4);
      expectSameBits(softmax(shifted, { axis }), softmax(quarters, { axis }));
      const at = (from: typeof x) => vjp((v: Value) => softmax(v, { axis }), from)[1](w)[0];
      expectSameBits(at(shifted), at(quarters));
    });
  });

  it("all at -Infinity: the value is -Infinity and the gradient 0", () => {
    const x = fromTypedArray(Float64Array.of(-Infinity, -Infinity), [2]);
    expect(logSumExp(x).item()).toBe(-Infinity);
    expect(numbers(grad((v: Value) => logSumExp(v))(x))).toEqual([0, 0]);
  });
});

/** Scalar functions with f(t x) = t^k f(x) for t > 0. */
const homogeneous: [name: string, degree: (n: number) => number, f: (x: Value) => Value][] = [
  ["sum", () => 1, (x) => sum(x)],
  ["mean", () => 1, (x) => mean(x)],
  ["sum of squares", () => 2, (x) => sum(square(x))],
  ["norm", () => 1, (x) => sqrt(sum(square(x)))],
  ["max", () => 1, (x) => max(x)],
  ["min", () => 1, (x) => min(x)],
  ["l1", () => 1, (x) => sum(abs(x))],
  ["relu", () => 1, (x) => sum(relu(x))],
  ["maximum of x and 2x", () => 1, (x) => sum(maximum(x, mul(2, x)))],
  ["prod", (n) => n, (x) => prod(x)],
  ["ratio", () => 0, (x) => div(sum(x), sqrt(sum(square(x))))],
  ["quadratic form", () => 2, (x) => matmul(x, x)],
];

describe("Euler: <grad f(x), x> = k f(x)", () => {
  for (const [name, degree, f] of homogeneous) {
    it(name, () => {
      holds(RUNS, (gen) => {
        const n = gen(fc.integer, { min: 1, max: 7 });
        const x = reals(gen, [n]);
        if (numbers(x).every((one) => one === 0)) return;
        const gradient = grad(f)(x);
        const left = numbers(gradient).reduce((all, one, i) => all + one * numbers(x)[i], 0);
        // Up to 7 terms of a few roundings each, none above 7 * 2^7.
        expectClose(left, degree(n) * f(x).item(), 1e-12, name);
      });
    });
  }
});
