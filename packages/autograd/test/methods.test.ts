// Methods on traced values: each is the function of its name, for values as for gradients.

import { tensor } from "@elbo/tensor";
import { expect, test } from "vitest";
import { exp, grad, mean, mul, square, sum, transpose, type Value } from "../src/index.js";

test("methods and functions give the same gradients, on tensors and on traced values", () => {
  const x = tensor([
    [0.5, -1],
    [2, 0.25],
  ]);
  const chained = (v: Value): Value => v.square().exp().mul(3).transpose().mean({ axis: 0 }).sum();
  const called = (v: Value): Value => sum(mean(transpose(mul(exp(square(v)), 3)), { axis: 0 }));
  expect(chained(x).item()).toBe(called(x).item());
  expect(grad(chained)(x).toArray()).toEqual(grad(called)(x).toArray());
});
