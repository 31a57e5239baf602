// Law 7, numbers: a number among the operands is a scalar of the dtype beside it, in the value and in every gradient.

import { ones } from "@elbo/tensor";
import { describe, expect, it } from "vitest";
import { apply } from "../../src/core/apply.js";
import { customVjp, mul, type Operand, type OpName, type OpRecord, type Value, vjp } from "../../src/index.js";
import { expectSameBits } from "../support/compare.js";
import { scalar } from "../support/points.js";
import { operations } from "../support/sample.js";

// Neither is a float32.
const [first, second] = [0.3, 0.7];

const pairs = operations.filter(
  ([op, { domain, broadcasts }]: [OpName, OpRecord<unknown>]) =>
    broadcasts && op !== "matmul" && domain({ integer: (low) => low }).inputs.length === 2,
);

function compare(f: (a: Operand, b: Operand) => Value): void {
  for (const [left, right] of [
    [(x: Value): Value => f(x, second), (x: Value): Value => f(x, scalar(second))],
    [(x: Value): Value => f(first, x), (x: Value): Value => f(scalar(first), x)],
  ]) {
    const [y, pullback] = vjp(left, scalar(0.4));
    const [want, wanted] = vjp(right, scalar(0.4));
    expectSameBits(y, want, "value");
    expect(y.dtype).toBe("float64");
    const seed = ones([], { dtype: "float64" });
    expectSameBits(pullback(seed)[0], wanted(seed)[0], "gradient");
  }
}

describe("f(x, 0.7) = f(x, scalar 0.7), to the bit", () => {
  // Regression: pow computed the slope of x^0.7 with an exponent of float32.
  for (const [op] of pairs) it(op, () => compare((a, b) => apply(op, {} as never, [a, b])));

  it("customVjp", () => {
    compare(
      customVjp(
        (a, b) => mul(a, b),
        (g, _, a, b) => [mul(g, b), mul(g, a)],
      ),
    );
  });
});
