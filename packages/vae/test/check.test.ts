// The check of inputs against their likelihood.

import { fromTypedArray, Tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkInputs } from "../src/data/check.js";
import { DataError } from "../src/data/errors.js";

/** Zeros of this shape with one other value. */
function withOne(shape: readonly number[], at: number, value: number): Tensor {
  const inputs = zeros(shape, { dtype: "float64" });
  inputs.storage[at] = value;
  return inputs;
}

describe("checkInputs", () => {
  test("takes what the likelihood is defined for, and nothing else", () => {
    const judge = (value: number, likelihood: "bernoulli" | "gaussian") => () =>
      checkInputs("fit", withOne([2, 3, 4], 17, value), likelihood);
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 255, NaN, Infinity, -Infinity)), (value) => {
        if (Number.isFinite(value)) judge(value, "gaussian")();
        else expect(judge(value, "gaussian")).toThrow(DataError);
        if (value >= 0 && value <= 1) judge(value, "bernoulli")();
        else expect(judge(value, "bernoulli")).toThrow(DataError);
      }),
    );
  });

  test("names the first bad element", () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(4), fc.nat(5), (i, r, c) => {
        const inputs = withOne([4, 5, 6], (i * 5 + r) * 6 + c, 17);
        inputs.storage.fill(NaN, (i * 5 + r) * 6 + c + 1);
        expect(() => checkInputs("fit", inputs, "bernoulli")).toThrow(
          `fit: pixels run from 0 to 1, inputs[${i}, ${r}, ${c}] is 17; divide by 255?`,
        );
      }),
    );
  });

  test("names it in the order of the view, not of the storage", () => {
    const { storage } = withOne([2, 3], 4, -2); // at [1, 1], which a transpose leaves there, and a flip moves
    const flipped = new Tensor(storage, { shape: [2, 3], strides: [3, -1], offset: 2 });
    const column = new Tensor(storage, { shape: [3, 2], strides: [1, 3], offset: 0 });
    expect(() => checkInputs("fit", flipped, "bernoulli")).toThrow("inputs[1, 1] is -2");
    expect(() => checkInputs("fit", column, "bernoulli")).toThrow("inputs[1, 1] is -2");
  });

  test("advises by what it finds", () => {
    const say = (value: number) => () => checkInputs("fit", withOne([1, 2], 1, value), "bernoulli");
    expect(say(-0.5)).toThrow("inputs[0, 1] is -0.5; rescale them, or use the gaussian likelihood.");
    expect(say(1000)).toThrow("rescale them");
    expect(say(NaN)).toThrow("fit: inputs[0, 1] is NaN; fill in or drop");
    const scalar = fromTypedArray(new Float32Array([Infinity]), []);
    expect(() => checkInputs("fit", scalar, "gaussian")).toThrow("fit: inputs is Infinity;");
  });

  test("nothing at all is fine", () => checkInputs("fit", zeros([0, 28, 28]), "bernoulli"));
});
