// The normal distribution: its density, its draws and their derivatives.

import { concrete, exp, expandDims, grad, mul, square, sum, type Value } from "@elbo/autograd";
import { checkGrads } from "@elbo/autograd/testing";
import { full, key, normal as noise, tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logProb, meanOf, normal, sample, standardNormal, varianceOf } from "../src/distributions/index.js";
import { expectAllClose, expectClose, expectMean, moments, numbers } from "./support/numbers.js";

const double = (values: number[]) => tensor(values, { dtype: "float64" });
const within = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });

/** Each dimension as the textbook has it, from the standard deviation. */
function density(x: number, mean: number, sigma: number): number {
  return Math.exp(-((x - mean) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));
}

describe("logProb", () => {
  const dimensions = fc.array(fc.tuple(within(5), within(3), within(5)), { minLength: 1, maxLength: 6 });

  test("is the sum of the logarithms of the densities", () => {
    fc.assert(
      fc.property(dimensions, (rows) => {
        const [x, mean, v] = [0, 1, 2].map((i) => double(rows.map((row) => row[i])));
        const p = normal(mean, v);
        // The distance from the mean is held to 12 standard deviations, where the density itself does not underflow.
        fc.pre(rows.every(([at, mu, logVariance]) => Math.abs(at - mu) < 12 * Math.exp(logVariance / 2)));
        const want = rows.reduce((total, [at, mu, lv]) => total + Math.log(density(at, mu, Math.exp(lv / 2))), 0);
        expectClose(logProb(p, x).item(), want, 1e-10);
      }),
    );
  });

  test("numbers stand for all dimensions alike", () => {
    const x = double([0.3, -1.2, 4]);
    const want = logProb(normal(full([3], 0.5, { dtype: "float64" }), full([3], -1, { dtype: "float64" })), x).item();
    // e^1 is taken of a number here, in float32.
    expectClose(logProb(normal(0.5, -1), x).item(), want, 1e-6);
    expectClose(logProb(standardNormal, tensor([0])).item(), -0.5 * Math.log(2 * Math.PI), 1e-7);
  });

  test("broadcasts over leading axes and sums the last", () => {
    const p = normal(zeros([3]), zeros([2, 3]));
    expect(logProb(p, zeros([4, 2, 3])).shape).toEqual([4, 2]);
  });

  test("gradients in x, mean and log-variance, to second order", () => {
    checkGrads(
      (mean: Value, v: Value, x: Value) => logProb(normal(mean, v), x),
      [tensor([0.2, -1, 3]), tensor([0.5, -2, 1]), tensor([1, -1.5, 0])],
    );
  });
});

describe("sample", () => {
  const count = 20_000;

  test("has the mean and the variance asked for", () => {
    const [mu, v] = [1.5, -1];
    const draws = numbers(sample(normal(full([count], mu), v), key(1)));
    expectMean(draws, mu);
    // The variance of the squared distance of a normal variable is 2 sigma^4.
    expectMean(
      draws.map((x) => (x - mu) ** 2),
      Math.exp(v),
    );
  });

  test("every element has noise of its own, whichever parameter has the larger shape", () => {
    const narrow = (mean: Value | number, v: Value | number) => sample(normal(mean, v), key(2));
    for (const draw of [
      narrow(0, zeros([2, 3])),
      narrow(zeros([3]), zeros([2, 3])),
      narrow(zeros([2, 1]), zeros([3])),
    ]) {
      expect(draw.shape).toEqual([2, 3]);
      expect(new Set(numbers(draw)).size).toBe(6);
    }
    expect(narrow(zeros([2, 3]), 0).toArray()).toEqual(narrow(0, zeros([2, 3])).toArray());
    expect(sample(standardNormal, key(2)).shape).toEqual([]);
  });

  test("is mean + e^(v/2) epsilon, and so has the derivatives 1 and (z - mean) / 2", () => {
    const [mean, v] = [double([0.5, -2]), double([1, -3])];
    const z = numbers(sample(normal(mean, v), key(3)));
    const draw = (m: Value, lv: Value) => sum(sample(normal(m, lv), key(3)));
    const epsilon = numbers(noise(key(3), [2]));
    expectAllClose(z, [0.5 + Math.exp(0.5) * epsilon[0], -2 + Math.exp(-1.5) * epsilon[1]], 1e-12);
    expect(numbers(grad(draw, { argnum: 0 })(mean, v))).toEqual([1, 1]);
    expectAllClose(numbers(grad(draw, { argnum: 1 })(mean, v)), [(z[0] - 0.5) / 2, (z[1] + 2) / 2], 1e-12);
  });

  test("reparameterised and score-function gradients of E[z^2] agree; their variances are the textbook's", () => {
    const theta = 0.75;
    const z = (mean: Value) => sample(normal(mean, 0), key(4));
    const mean = full([count], theta, { dtype: "float64" });
    const pathwise = numbers(grad((m: Value) => sum(square(z(m))))(mean));
    // z^2 d/dtheta log N(z; theta, 1), the draws held fixed.
    const draws = concrete(z(mean));
    const weighted = (m: Value) => mul(square(draws), logProb(normal(expandDims(m, 1), 0), expandDims(draws, 1)));
    const scores = numbers(grad((m: Value) => sum(weighted(m)))(mean));
    expectAllClose(
      scores,
      numbers(draws).map((value) => value ** 2 * (value - theta)),
      1e-12,
    );
    expectMean(pathwise, 2 * theta);
    expectMean(scores, 2 * theta);
    expect(moments(pathwise).variance / 4).toBeCloseTo(1, 1);
    expect(moments(scores).variance / (theta ** 4 + 14 * theta ** 2 + 15)).toBeCloseTo(1, 1);
  });
});

test("mean and variance are the parameters'", () => {
  const p = normal(tensor([1, 2]), tensor([0, Math.log(9)]));
  expect(meanOf(p).toArray()).toEqual([1, 2]);
  expectAllClose(numbers(varianceOf(p)), [1, 9], 1e-6);
  expect([meanOf(standardNormal).item(), varianceOf(standardNormal).item()]).toEqual([0, exp(0).item()]);
});
