// The normal quantile function against the forward function, published digits, and the symmetry of the distribution.

import { ArgumentError, erfc, tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalQuantile } from "../src/distributions/quantile.js";

const cdf = (x: number): number => erfc(tensor(-x * Math.SQRT1_2, { dtype: "float64" })).item() / 2;

describe("normalQuantile", () => {
  test("published digits: the usual points, and the far tail", () => {
    // scipy.special.ndtri 1.x, and the tables of the normal distribution.
    const known = [
      [0.975, 1.959963984540054],
      [0.3, -0.5244005127080409],
      [1e-10, -6.361340902404056],
      [1e-100, -21.273453560965322],
      [1e-300, -37.0470962993612],
    ];
    for (const [p, x] of known) expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-14 * Math.max(1, Math.abs(x)));
  });

  test("the distribution function takes it back: |Phi(x) - p| is a rounding of x and of erfc", () => {
    // dPhi = density dx with density / Phi <= |x| + 1 below 0; erfc in double is good to about 1e-15 of its value.
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (p) => {
        const x = normalQuantile(p);
        const relative = 1e-14 * (1 + Math.abs(x)) ** 2;
        expect(Math.abs(cdf(x) - p)).toBeLessThanOrEqual(relative * p);
      }),
    );
  });

  test("it is odd about one half, and rises", () => {
    const upper = fc.double({ min: 0.5, max: 1, noNaN: true });
    const any = fc.double({ min: 1e-300, max: 1, noNaN: true });
    fc.assert(
      fc.property(upper, any, any, (p, q, r) => {
        expect(normalQuantile(p) === -normalQuantile(1 - p) || p === 0.5).toBe(true);
        const [low, high] = [normalQuantile(Math.min(q, r)), normalQuantile(Math.max(q, r))];
        expect(high >= low - 1e-14 * Math.max(1, Math.abs(low))).toBe(true);
      }),
    );
  });

  test("the ends are infinite, and beyond them there is nothing", () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    for (const p of [-0.1, 1.1, NaN]) expect(() => normalQuantile(p)).toThrow(ArgumentError);
  });
});
