// Posterior ellipses: closed forms of the 2 x 2 eigenproblem, and projections of diagonal covariances.

import { ArgumentError, eye, key, normal, ShapeError, tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { principalComponents } from "../src/baselines/pca.js";
import { ellipseAxes, posteriorAxes } from "../src/evaluation/ellipses.js";

const length = fc.double({ min: 0.01, max: 10, noNaN: true });
const turn = fc.double({ min: -1.5, max: 1.5, noNaN: true });

describe("ellipseAxes", () => {
  test("R(angle) diag(major^2, minor^2) R(angle)^T gives back the axes and the angle", () => {
    fc.assert(
      fc.property(length, length, turn, (one, other, angle) => {
        const [major, minor] = [Math.max(one, other) + 0.01, Math.min(one, other)];
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const found = ellipseAxes(
          (major * cos) ** 2 + (minor * sin) ** 2,
          (major ** 2 - minor ** 2) * cos * sin,
          (major * sin) ** 2 + (minor * cos) ** 2,
        );
        // The smaller eigenvalue is a difference: its error is a rounding of the larger one.
        const rounding = 1e-14 * major ** 2;
        expect(Math.abs(found.major ** 2 - major ** 2)).toBeLessThan(rounding);
        expect(Math.abs(found.minor ** 2 - minor ** 2)).toBeLessThan(rounding);
        expect(Math.abs(found.angle - angle)).toBeLessThan((10 * rounding) / (major ** 2 - minor ** 2));
      }),
    );
  });

  test("circles have angle 0, a line has no width, and what is no covariance is refused", () => {
    expect(ellipseAxes(4, 0, 4)).toEqual({ major: 2, minor: 2, angle: 0 });
    expect(ellipseAxes(0, 0, 9)).toEqual({ major: 3, minor: 0, angle: Math.PI / 2 });
    expect(ellipseAxes(1, 1, 1).minor).toBe(0);
    for (const [a, b, c] of [
      [-1, 0, 1],
      [1, 2, 1],
      [NaN, 0, 1],
    ])
      expect(() => ellipseAxes(a, b, c)).toThrow(ArgumentError);
  });
});

describe("posteriorAxes", () => {
  test("along the coordinate axes they are the deviations themselves", () => {
    const [wide, tall] = posteriorAxes(
      tensor([
        [2, 1],
        [1, 3],
      ]),
      eye(2),
    );
    expect(wide).toEqual({ major: 2, minor: 1, angle: 0 });
    expect(tall).toEqual({ major: 3, minor: 1, angle: Math.PI / 2 });
  });

  test("equal deviations are a circle of that radius on any orthonormal plane, others lie between the extremes", () => {
    const { components } = principalComponents(normal(key(3), [50, 5]));
    const along = components.data.filter((_, at) => at % 5 < 2);
    const plane = tensor(Array.from({ length: 5 }, (_, j) => [along[2 * j], along[2 * j + 1]]));
    fc.assert(
      fc.property(fc.array(length, { minLength: 5, maxLength: 5 }), length, (deviations, same) => {
        const [circle, ellipse] = posteriorAxes(tensor([Array(5).fill(same), deviations]), plane);
        // The columns are orthonormal to float32.
        expect(Math.abs(circle.major / same - 1)).toBeLessThan(1e-5);
        expect(Math.abs(circle.minor / same - 1)).toBeLessThan(1e-5);
        expect(ellipse.major).toBeLessThanOrEqual(Math.max(...deviations) * (1 + 1e-5));
        expect(ellipse.minor).toBeGreaterThanOrEqual(Math.min(...deviations) * (1 - 1e-5));
      }),
    );
  });

  test("wrong shapes and NaN are refused", () => {
    expect(() => posteriorAxes(tensor([[1, 2, 3]]), eye(2))).toThrow(ShapeError);
    expect(() => posteriorAxes(tensor([[1, 2]]), eye(3))).toThrow(ShapeError);
    expect(() => posteriorAxes(tensor([[1, NaN]]), eye(2))).toThrow(ArgumentError);
  });
});
