// stopGradient and customVjp: what steers differentiation itself.

import { ShapeError, tensor } from "@elbo/tensor";
import { describe, expect, it } from "vitest";
import {
  clamp,
  cos,
  customVjp,
  exp,
  grad,
  hessian,
  hvp,
  jvp,
  mul,
  neg,
  sin,
  stopGradient,
  sub,
  sum,
  type Value,
  valueAndGrad,
} from "../src/index.js";
import { checkGrads, GradientError } from "../src/testing/index.js";
import { double, scalar, slopes } from "./support/points.js";
import { withDerivativeOf } from "./support/corrupt.js";

describe("stopGradient", () => {
  it("has the value and no derivative, in either mode", () => {
    const [value, gradient] = valueAndGrad((x: Value) => sum(mul(x, stopGradient(x))))(double(2, 3));
    expect([value.item(), gradient.toArray()]).toEqual([13, [2, 3]]);
    expect(jvp(stopGradient as (x: Value) => Value, [scalar(2)], [scalar(1)])[1].item()).toBe(0);
  });
  it("stops every order", () => {
    expect(hessian((x) => mul(x, stopGradient(mul(x, x))))(scalar(3)).item()).toBe(0);
  });
  it("differs from finite differences on purpose, which the checker says", () => {
    expect(() => checkGrads((x: Value) => stopGradient(x), [double(1, 2)])).toThrow(GradientError);
  });
  it("has a rule that is seen when it is spoilt", () => {
    const slope = (): number => slopes((x) => stopGradient(x), 2)[0];
    expect(slope()).toBe(0);
    expect(withDerivativeOf("stopGradient", { kind: "each", rules: [(g) => g] }, slope)).toBe(1);
  });
  it("makes a straight-through estimator", () => {
    const through = (x: Value): Value => sub(x, stopGradient(sub(x, clamp(x, 0, 1))));
    expect(slopes(through, 5)).toEqual([1]);
  });
});

describe("customVjp", () => {
  const sine = customVjp(
    (x) => sin(x),
    (g, _, x) => [mul(g, cos(x))],
  );

  it("takes the rule instead of the derivative", () => {
    const doubled = customVjp(
      (x) => x,
      (g) => [mul(2, g)],
    );
    expect(slopes(doubled, 7)).toEqual([2]);
  });
  it("gives the rule the result too", () => {
    const own = customVjp(
      (x) => exp(x),
      (g, y) => [mul(g, y)],
    );
    expect(slopes(own, 1)).toEqual([Math.E]);
  });
  it("takes part in derivatives of any order and in both modes, as the rule is made of operations", () => {
    checkGrads((x: Value) => mul(sine(x), sine(mul(2, x))), [double(0.3, -1.2)], { order: 2 });
    const third = grad(grad(grad((x: Value) => sine(x))));
    expect(third(scalar(0.7)).item()).toBeCloseTo(-Math.cos(0.7), 14);
    expect(hvp((x: Value) => sine(x), scalar(0.7), scalar(2)).item()).toBeCloseTo(-2 * Math.sin(0.7), 14);
  });
  it("works inside of the differentiation of something else", () => {
    // d/dx [x d/dy (sin(y) x) at y = x] = d/dx [x^2 cos x] = 2x cos x - x^2 sin x
    const f = (x: Value): Value => mul(x, grad((y: Value) => mul(sine(y), x))(x));
    expect(grad(f)(scalar(0.7)).item()).toBeCloseTo(1.4 * Math.cos(0.7) - 0.49 * Math.sin(0.7), 14);
  });
  it("has a cotangent for each of several operands", () => {
    const product = customVjp(
      (a, b) => mul(a, b),
      (g, _, a, b) => [mul(g, b), neg(mul(g, a))],
    );
    expect(slopes(product, 2, 3)).toEqual([3, -2]);
  });
  it("refuses cotangents of other shapes, and too few", () => {
    const wide = customVjp(
      (x) => sum(x),
      (g) => [g],
    );
    const none = customVjp(
      (x) => sum(x),
      () => [],
    );
    for (const f of [wide, none]) {
      expect(() => grad((x: Value) => f(x))(tensor([1, 2]))).toThrow(ShapeError);
      expect(() => grad((x: Value) => f(x))(tensor([1, 2]))).toThrow(
        /customVjp: the rule must give a list of cotangents of shapes \[2\]/,
      );
    }
  });
  it("refuses a traced value from outside, which its rule would miss", () => {
    const f = (x: Value): Value =>
      customVjp(
        (y) => mul(x, y),
        (g) => [g],
      )(2);
    expect(() => grad(f)(scalar(1))).toThrow(/pass it as an argument/);
  });
});
