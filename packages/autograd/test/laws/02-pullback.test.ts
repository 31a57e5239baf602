// Law 2, the pullback: it is linear, takes 0 to 0, gives the same bits twice, and changes nothing that it was given.

import { add, mul, zeros } from "@elbo/tensor";
import { describe, expect } from "vitest";
import { concrete } from "../../src/core/traced.js";
import { vjp } from "../../src/index.js";
import { expectAllClose, expectSameBits, numbers } from "../support/compare.js";
import { everyOp, reals } from "../support/sample.js";

describe("pullback(a w1 + b w2) = a pullback(w1) + b pullback(w2)", () => {
  everyOp(10, ({ f, floats }, gen) => {
    const [y, pullback] = vjp(f, ...floats);
    const [w1, w2] = [reals(gen, y.shape), reals(gen, y.shape)];
    const [a, b] = [1.5, -0.75];
    const together = pullback(add(mul(a, w1), mul(b, w2)));
    const [first, second] = [pullback(w1), pullback(w2)];
    // Both sides round a sum of at most 64 products of slopes no greater than some hundreds: 64 * 2^-53 * 1e3 < 1e-11.
    together.forEach((x, i) => expectAllClose(x, add(mul(a, concrete(first[i])), mul(b, concrete(second[i]))), 1e-11));
  });
});

describe("pullback(0) = 0; twice gives the same bits; inputs and attributes stay as they are", () => {
  everyOp(10, ({ f, floats, inputs }, gen) => {
    // The attributes are frozen: writing to them throws.
    const before = inputs.map(numbers);
    const [y, pullback] = vjp(f, ...floats);
    const w = reals(gen, y.shape);
    const cotangent = numbers(w);
    const value = numbers(y);
    const [once, twice] = [pullback(w), pullback(w)];
    once.forEach((x, i) => expectSameBits(x, twice[i]));
    for (const x of pullback(zeros(y.shape, { dtype: y.dtype }))) {
      expect(numbers(x).every((one) => one === 0)).toBe(true);
    }
    expect(inputs.map(numbers)).toEqual(before);
    expect(numbers(w)).toEqual(cotangent);
    expect(numbers(y)).toEqual(value);
  });
});
