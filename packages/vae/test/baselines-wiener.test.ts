// Wiener's filter: the closed form of its gains, its fit within the error of sampling, and that no gains do better.

import {
  add,
  type Key,
  key,
  matmul,
  maximum,
  mul,
  normal,
  slice,
  split,
  sub,
  tensor,
  type Tensor,
  zeros,
} from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { componentsInSpan, type Pca, principalComponents, project } from "../src/baselines/pca.js";
import { type RowFilter, wienerFilter, wienerForNoise, wienerGains } from "../src/baselines/wiener.js";
import { expectAllClose, expectClose, numbers } from "./support/numbers.js";

/** Correlated rows: independent ones of standard deviations 2, 1, 1/2, 0 through a fixed turn, around (1, 2, 3, 4). */
function cleanRows(from: Key, count: number): Tensor {
  const turn = mul(
    0.5,
    tensor([
      [1, 1, 1, 1],
      [1, -1, 1, -1],
      [1, 1, -1, -1],
      [1, -1, -1, 1],
    ]),
  );
  const along = mul(normal(from, [count, 4]), tensor([2, 1, 0.5, 0]));
  return add(matmul(along, turn), tensor([1, 2, 3, 4]));
}

const [cleanKey, noiseKey, freshKey] = split(key(7), 3);
const COUNT = 4000;
const clean = cleanRows(cleanKey, COUNT);
const pca = principalComponents(clean);
const noiseOf = (sigma: number): Tensor => mul(normal(noiseKey, [COUNT, 4]), sigma);

/** What a filter multiplies each component by: `v_k . (f(v_k) - f(0))`. */
function gainsOf(filter: RowFilter, { components }: Pca): number[] {
  const moved = sub(filter(components.transpose()), filter(zeros([1, 4])));
  return numbers(matmul(moved, components)).filter((_, at) => at % 5 === 0);
}

const squaredError = (a: Tensor, b: Tensor): number =>
  numbers(a).reduce((total, x, at) => total + (x - b.data[at]) ** 2, 0);

describe("wienerGains", () => {
  test("are variance / (variance + sigma^2), 0 without variance", () => {
    const variances = tensor([4, 1, 0.25, 0], { dtype: "float64" });
    expect(numbers(wienerGains(variances, 1))).toEqual([0.8, 0.5, 0.2, 0]);
    expect(numbers(wienerGains(variances, 0))).toEqual([1, 1, 1, 0]);
    for (const sigma of [-1, NaN, Infinity]) expect(() => wienerGains(variances, sigma)).toThrow(/sigma/);
  });
});

describe("wienerForNoise", () => {
  test("multiplies each component by its gain and leaves the mean", () => {
    const filter = wienerForNoise(pca, 0.7);
    expectAllClose(gainsOf(filter, pca), numbers(wienerGains(pca.variances, 0.7)), 100 * 2 ** -24);
    expectAllClose(numbers(filter(pca.mean.reshape([1, 4]))), numbers(pca.mean), 2 ** -23);
  });

  test("does better than no filter and than the mean, on fresh rows", () => {
    const fresh = cleanRows(freshKey, COUNT);
    const noisy = add(fresh, noiseOf(0.7));
    const error = squaredError(wienerForNoise(pca, 0.7)(noisy), fresh);
    // The expected error is sum lambda sigma^2 / (lambda + sigma^2); of 4000 rows, within 5 of its standard errors.
    const want = [4, 1, 0.25, 0].reduce((total, v) => total + (v * 0.49) / (v + 0.49), 0);
    expect(Math.abs(error / COUNT / want - 1)).toBeLessThan(5 * Math.sqrt(2 / COUNT));
    expect(error).toBeLessThan(squaredError(noisy, fresh) / 2);
  });
});

describe("wienerFilter", () => {
  test("fits the closed form to unclipped Gaussian noise, within the error of sampling", () => {
    for (const sigma of [0.3, 1]) {
      const got = gainsOf(wienerFilter(pca, clean, add(clean, noiseOf(sigma))), pca);
      const want = numbers(wienerGains(pca.variances, sigma));
      // To first order in the sums x.e and e.e of the noise e, the gain varies by
      // sqrt(v s (s^2 + v^2) / n) / (v + s)^2, with the variance v of x and s of e.
      got.forEach((gain, k) => {
        const [v, s] = [pca.variances.data[k], sigma ** 2];
        const deviation = Math.sqrt((v * s * (s * s + v * v)) / COUNT) / (v + s) ** 2;
        expect(Math.abs(gain - want[k]), `component ${k}`).toBeLessThan(5 * deviation + 1e-5);
      });
    }
  });

  test("no other gains and no other offset have less error on the pairs it was fitted to", () => {
    const noisy = maximum(add(mul(clean, 0.5), noiseOf(0.8)), 0);
    const filter = wienerFilter(pca, clean, noisy);
    const best = squaredError(filter(noisy), clean);
    const gains = gainsOf(filter, pca);
    const centred = sub(noisy, noisy.mean({ axis: 0 }));
    const direction = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(direction, direction, (change, offset) => {
        const scaled = mul(matmul(centred, pca.components), tensor(gains.map((gain, k) => gain + change[k])));
        const rows = matmul(scaled, pca.components, { transposeB: true });
        const other = add(add(rows, clean.mean({ axis: 0 })), tensor(offset));
        // Errors of about 1e4 in sum, each term rounded to float32.
        expect(best).toBeLessThanOrEqual(squaredError(other, clean) * (1 + 1e-5));
      }),
      { numRuns: 30 },
    );
  });

  test("takes a bias of the noise away", () => {
    const biased = add(add(clean, noiseOf(0.5)), 0.3);
    const estimate = wienerFilter(pca, clean, biased)(biased);
    expectAllClose(numbers(estimate.mean({ axis: 0 })), numbers(clean.mean({ axis: 0 })), 1e-5);
  });

  test("clips where it is asked to, and only there", () => {
    const rows = slice(clean, [{ stop: 50 }]);
    const estimate = wienerForNoise(pca, 0.1)(rows);
    expect(numbers(estimate).some((x) => x > 1)).toBe(true);
    const clipped = numbers(estimate).map((x) => Math.min(1, Math.max(0, x)));
    expect(numbers(wienerForNoise(pca, 0.1, { clip: true })(rows))).toEqual(clipped);
    expect(numbers(wienerFilter(pca, clean, clean, { clip: true })(rows)).every((x) => x >= 0 && x <= 1)).toBe(true);
  });

  test("is the identity on the components where there is no noise", () => {
    expectAllClose(numbers(wienerFilter(pca, clean, clean)(clean)), numbers(clean), 200 * 2 ** -24);
    expectClose(project(pca, clean, 4).data[3], 0, 1e-5);
  });

  test("along the components of the rows' span is that along the whole basis: outside it the gain is 0", () => {
    for (const count of [3, 7, 9]) {
      const [rows, noise] = split(key(count), 2).map((from) => normal(from, [count, 8]));
      const noisy = add(rows, noise);
      const [whole, span] = [principalComponents(rows), componentsInSpan(rows)];
      expect(span.variances.size).toBe(Math.min(8, count - 1));
      // Elements of up to 8 through two products of 8 terms, and gains off by what a variance is.
      const allowed = 8 * 128 * 2 ** -24;
      const fitted = [span, whole].map((along) => numbers(wienerFilter(along, rows, noisy)(noisy)));
      expectAllClose(fitted[0], fitted[1], allowed);
      const known = [span, whole].map((along) => numbers(wienerForNoise(along, 0.5)(noisy)));
      expectAllClose(known[0], known[1], allowed);
    }
  });

  test("refuses pairs of two shapes, rows of another width, NaN, and unknown options", () => {
    expect(() => wienerFilter(pca, clean, zeros([3, 4]))).toThrow(/one shape/);
    expect(() => wienerFilter(pca, zeros([3, 2]), zeros([3, 2]))).toThrow(/rows of 2 numbers, 4 are needed/);
    expect(() => wienerForNoise(pca, 1)(zeros([1, 3]))).toThrow(/rows of 3 numbers, 4 are needed/);
    expect(() => wienerFilter(pca, clean, mul(clean, NaN))).toThrow(/element 0 of noisy is NaN/);
    expect(() => wienerForNoise(pca, 1, { clips: true } as never)).toThrow(/no option "clips"/);
  });
});
