// Law 4, order: the error of the central difference falls fourfold when the step halves.

import { add, mul } from "@elbo/tensor";
import { afterAll, describe, expect } from "vitest";
import { type OpName, vjp } from "../../src/index.js";
import { central } from "../../src/testing/index.js";
import { inner } from "../support/compare.js";
import { differentiable, everyOp, hasRule, reals } from "../support/sample.js";

/** Operations that are at most quadratic along a line: their central difference has no error to fall. */
const flat = new Set<OpName>([
  ...(["add", "sub", "mul", "neg", "abs", "square", "maximum", "minimum", "where", "relu", "leakyRelu"] as const),
  ...(["clamp", "reshape", "transpose", "broadcastTo", "slice", "unslice", "pad", "flip", "concat", "gather"] as const),
  ...(["scatterAdd", "im2col", "col2im", "cast", "sum", "max", "min", "cumsum", "matmul"] as const),
]);

const steps = Array.from({ length: 7 }, (_, i) => 2 ** -(7 + i));

// How it is judged. E(h) = D(h) - <J^T w, u> = c h^2 + O(h^4) + rounding of about eps |f| / h. Steps run from 2^-7 to
// 2^-13, where h^4 is a ten thousandth or less of h^2 on these domains unless c nearly cancels. A pair (h, h/2) counts
// where E(h/2) is a thousand times its rounding; of those that count the smallest is judged: its ratio must lie within
// a tenth of 4. Samples where none counts, or where c so cancels that h^4 still shows (the ratio moves by more than a
// twentieth between neighbouring pairs), are passed over; but every operation that is not flat must have had one that counts.
describe("E(h) / E(h/2) = 4", () => {
  const judged = new Map<OpName, number>();
  everyOp(
    12,
    ({ op, f, floats }, gen) => {
      judged.set(op, judged.get(op) ?? 0);
      const [y, pullback] = vjp(f, ...floats);
      // Directions within [-1, 1], so that 2^-7 along them stays inside of the domains.
      const u = floats.map((x) => mul(0.5, reals(gen, x.shape)));
      const w = reals(gen, y.shape);
      const slope = inner(pullback(w), u).value;
      const along = (h: number): number => inner([f(...floats.map((x, i) => add(x, mul(h, u[i]))))], [w]).value;
      const errors = steps.map((h) => {
        const { slope: quotient, size } = central(along, h);
        return { error: quotient - slope, rounding: (2 ** -52 * 8 * (size + Math.abs(slope) + 1)) / h };
      });
      const ratios = errors.flatMap(({ error }, i) => {
        const next = errors[i + 1];
        return next !== undefined && Math.abs(next.error) > 1000 * next.rounding ? [error / next.error] : [];
      });
      const [before, last] = ratios.slice(-2);
      if (last === undefined || Math.abs(before - last) > 0.2) return;
      judged.set(op, judged.get(op)! + 1);
      expect(last).toBeGreaterThan(3.6);
      expect(last).toBeLessThan(4.4);
    },
    (record, op) => differentiable(record) && hasRule(record) && !flat.has(op),
  );

  afterAll(() => {
    expect([...judged].filter(([, count]) => count === 0).map(([op]) => op)).toEqual([]);
  });
});
