// Law 3, second half: the float32 kernel of every operation against float64 at the same operands, within the bounds
// that support/float32.ts derives.

import { cast } from "@elbo/tensor";
import { describe, expect } from "vitest";
import { expectClose, numbers } from "../support/compare.js";
import { bounds, rounded } from "../support/float32.js";
import { everyOp, sampleWith } from "../support/sample.js";

describe("float32 is within its bound of float64", () => {
  everyOp(
    30,
    ({ op, record, attributes, inputs }) => {
      const own = op === "cast" ? { dtype: "float32" } : attributes;
      const sample = sampleWith(op, record, own, inputs.map(rounded));
      const exact = record.evaluate(sample.inputs, own);
      const single = record.evaluate(
        sample.inputs.map((x) => (x.dtype === "int32" ? x : cast(x, "float32"))),
        own,
      );
      expect(single.dtype).toBe(exact.dtype === "int32" ? "int32" : "float32");
      const [got, want] = [numbers(single), numbers(exact)];
      const allowed = bounds[op](sample, exact);
      got.forEach((y, i) => expectClose(y, want[i], allowed[i], `${op}[${i}]`));
    },
    () => true,
  );
});
