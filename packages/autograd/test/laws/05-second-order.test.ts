// Law 5, second order: the Hessian is symmetric, <u, H v> = <v, H u>, and forward over reverse is reverse over reverse.

import { describe, expect, it } from "vitest";
import { add, grad, hessian, hvp, mul, pow, square, sum, type Value } from "../../src/index.js";
import { fromTypedArray } from "@elbo/tensor";
import { expectAllClose, expectClose, inner } from "../support/compare.js";
import { everyOp, reals } from "../support/sample.js";

// Two ways through the same few hundred roundings, of terms that are at most some thousands: see law 1.
const TOLERANCE = 1e-11;

describe("symmetry, and two ways to one product", () => {
  everyOp(8, ({ f, floats }, gen) => {
    const y = f(...floats);
    const [w, v] = [reals(gen, y.shape), reals(gen, y.shape)];
    // The square gives a second derivative to operations that have none of their own.
    const phi = (x: Value[]): Value => {
      const value = f(...x);
      return sum(add(mul(w, value), mul(v, square(value))));
    };
    const [a, b] = [floats.map((x) => reals(gen, x.shape)), floats.map((x) => reals(gen, x.shape))];
    const [alongA, alongB] = [hvp(phi, floats, a), hvp(phi, floats, b)];
    const [left, right] = [inner(b, alongA), inner(a, alongB)];
    expectClose(left.value, right.value, TOLERANCE * (1 + left.size + right.size), "<b, H a> and <a, H b>");

    const slope = (x: Value[]): Value => {
      const parts = grad(phi)(x).map((one, i) => sum(mul(one, a[i])));
      return parts.reduce((total, one) => add(total, one));
    };
    const reversed = grad(slope)(floats);
    alongA.forEach((x, i) => expectAllClose(x, reversed[i], TOLERANCE, "over reverse", 1 + left.size));
  });
});

describe("pow, where its exponent is 0", () => {
  // Regression: the slope in the base was replaced by the constant 0 there, which lost the mixed derivative 1 / a.
  it("keeps a symmetric Hessian: d2/da db a^b = (1 + b log a) a^(b - 1)", () => {
    const f = (x: Value): Value => pow(gatherAt(x, 0), gatherAt(x, 1));
    const at = fromTypedArray(Float64Array.of(2, 0), [2]);
    expectAllClose(hessian(f)(at), fromTypedArray(Float64Array.of(0, 0.5, 0.5, Math.LN2 ** 2), [2, 2]), 1e-14);
  });
});

const gatherAt = (x: Value, i: number): Value => sum(mul(x, fromTypedArray(Float64Array.of(1 - i, i), [2])));

describe("pow at base 0", () => {
  // Regression: derivatives beyond the exponent were 0 * Infinity there.
  it("has derivatives of every order for whole exponents", () => {
    let f = (x: Value): Value => pow(x, 2);
    const seen: number[] = [];
    for (let order = 1; order <= 5; order++) {
      f = grad(f);
      seen.push(f(fromTypedArray(Float64Array.of(0), [])).item());
    }
    expect(seen).toEqual([0, 2, 0, 0, 0]);
  });
});
