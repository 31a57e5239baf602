// Law 3, first half: every rule against finite differences in float64, along random directions, in both modes, and the
// derivative of every pullback against finite differences of the pullback.

import * as fc from "fast-check";
import { describe } from "vitest";
import { checkGrads } from "../../src/testing/index.js";
import { differentiable, everyOp } from "../support/sample.js";

describe("derivatives are those of finite differences", () => {
  everyOp(
    12,
    ({ f, floats }, gen) => {
      const seed = gen(fc.nat);
      // Domains keep kinks 0.05 away (0.01 between ordered elements): 5e-4 times a normal number does not reach them.
      checkGrads(f, floats, { order: 2, directions: 1, step: 5e-4, tolerance: 1e-6, seed });
    },
    // The derivative that stopGradient declares is on purpose not that of its value; see control.test.ts.
    (record, op) => differentiable(record) && op !== "stopGradient",
  );
});
