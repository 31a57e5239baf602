// Ordinary mistakes: each is a typed error that says what to do, never a wrong derivative.

import * as t from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { cast, concat, customVjp, grad, greater, mul, sum, type Value, where } from "../src/index.js";

const loose = <T>(value: unknown): T => value as T;
const { tensor } = t;

describe("mistakes", () => {
  test("JavaScript's operators on a traced value, which would lose the derivative", () => {
    const branch = (x: Value): Value => (loose<number>(x) > 0 ? mul(x, 2) : mul(x, 3));
    expect(() => grad(branch)(tensor(1))).toThrow(/^operator: JavaScript's operators do not differentiate/);
    expect(() => grad((x: Value) => mul(x, loose<number>(x) * 2))(tensor(3))).toThrow(/^operator/);
    expect(grad((x: Value) => where(greater(x, 0), mul(x, 2), mul(x, 3)))(tensor(1)).item()).toBe(2);
  });

  test("truncation to int32 is constant between its jumps", () => {
    const f = (x: Value): Value => sum(mul(2.7, cast(cast(x, "int32"), "float32")));
    expect(grad(f)(tensor([1.5])).toArray()).toEqual([0]);
  });

  test("functions that return no tensor, operands that are none, options that are none", () => {
    expect(() => grad(loose<(x: Value) => Value>(() => 3))(tensor(1))).toThrow(/it returned a number/);
    expect(() => grad(loose<(x: Value) => Value>(() => undefined))(tensor(1))).toThrow(/it returned nothing/);
    expect(() => mul(loose<number>([1, 2]), 2)).toThrow(/^mul: needs tensors or numbers, got an array/);
    expect(() => sum(tensor([1]), loose<object>(0))).toThrow(/^sum: options are an object/);
    expect(() => sum(tensor([1]), loose<object>({ dim: 0 }))).toThrow(
      /^sum: has no option "dim"; it takes axis, keepDims/,
    );
    const wrong = customVjp(
      (x) => mul(x, 2),
      loose<() => Value[]>(() => 1),
    );
    expect(() => grad((x: Value) => sum(wrong(x)))(tensor([1, 2]))).toThrow(
      /a list of cotangents of shapes \[2\]; it gave number/,
    );
  });

  test("wide fan-in costs linear time and no stack", () => {
    const count = 150_000;
    const piece = tensor([1]);
    const g = grad((x: Value) => sum(concat(Array.from({ length: count }, () => x))))(piece);
    expect(g.toArray()).toEqual([count]);
  });

  test("traced values can be taken apart along axis 0", () => {
    const g = grad((x: Value) => {
      const [a, b] = x;
      return mul(a, b);
    })(tensor([3, 5]));
    expect(g.toArray()).toEqual([5, 3]);
  });
});
