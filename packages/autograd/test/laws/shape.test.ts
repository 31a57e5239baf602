// The shape rule of every record is the shape of its value.

import { describe, expect } from "vitest";
import { everyOp } from "../support/sample.js";

describe("the shape rule gives the shape of the value", () => {
  everyOp(
    40,
    ({ record, attributes, inputs }) => {
      const y = record.evaluate(inputs, attributes);
      expect(
        record.shape(
          inputs.map((x) => x.shape),
          attributes,
        ),
      ).toEqual(y.shape);
    },
    () => true,
  );
});
