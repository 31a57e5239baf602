// Law 1, duality: <w, J u> = <J^T w, u>. There is no step size in it; on small whole numbers linear ops are exact.

import { describe, expect } from "vitest";
import { jvp, vjp } from "../../src/index.js";
import { expectAllClose, expectClose, inner } from "../support/compare.js";
import { everyOp, hasRule, reals, sampleOf, wholes } from "../support/sample.js";

// Both sides are sums of one set of products w_i J_ij u_j in two orders. A product takes no more than some 50
// roundings (the slope, two multiplications, a sum of fewer than 64 terms), so 2 * 50 * 2^-53 = 1e-14 of the sizes of
// the terms that were added would do; slopes that cancel inside (1 - tanh^2, silu) get a factor of a hundred.
const TOLERANCE = 1e-12;

describe("<w, J u> = <J^T w, u>", () => {
  everyOp(15, ({ f, floats }, gen) => {
    const u = floats.map((x) => reals(gen, x.shape));
    const [y, pullback] = vjp(f, ...floats);
    const w = reals(gen, y.shape);
    const pushed = inner([w], [jvp(f, floats, u)[1]]);
    const pulled = inner(pullback(w), u);
    expectClose(pushed.value, pulled.value, TOLERANCE * (1 + pushed.size + pulled.size), "<w, J u> and <J^T w, u>");
  });
});

describe("linear ops: exact on small whole numbers, and J u = f(u)", () => {
  everyOp(
    15,
    ({ op }, gen) => {
      // Conditions and indices are int32: they are no part of what the operation is linear in.
      const { f, floats } = sampleOf(op, gen, { whole: true });
      const u = floats.map((x) => wholes(gen, x.shape));
      const [y, pullback] = vjp(f, ...floats);
      const w = wholes(gen, y.shape);
      const pushed = jvp(f, floats, u)[1];
      expect(inner([w], [pushed]).value).toBe(inner(pullback(w), u).value);
      expectAllClose(pushed, f(...u), 0, "J u and f(u)");
    },
    (record) => record.linear && hasRule(record),
  );
});
