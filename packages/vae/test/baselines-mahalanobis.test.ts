// The Mahalanobis distance against the form by Cholesky's factor, and its laws.

import {
  add,
  cholesky,
  div,
  eye,
  key,
  matmul,
  mul,
  normal,
  square,
  sub,
  sum,
  tensor,
  triangularSolve,
  zeros,
} from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mahalanobis } from "../src/baselines/mahalanobis.js";
import { expectAllClose, expectClose, numbers } from "./support/numbers.js";
import { realTable } from "./support/tables.js";

const searches = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 6 }))
  .chain(([n, d]) => fc.tuple(realTable([n, d]), realTable([4, d]), fc.constantFrom(0.01, 0.1, 2)));

describe("mahalanobis", () => {
  test("is |L^-1 (x - mu)|^2 with L L^T = Sigma + ridge I", () => {
    fc.assert(
      fc.property(searches, ([rows, queries, ridge]) => {
        const [n, d] = rows.shape;
        const double = rows.cast("float64");
        const mu = double.mean({ axis: 0 });
        const centred = sub(double, mu);
        const sigma = div(matmul(centred, centred, { transposeA: true }), n - 1);
        const factor = cholesky(add(sigma, mul(eye(d, { dtype: "float64" }), ridge)));
        const white = triangularSolve(factor, sub(queries.cast("float64"), mu).transpose());
        const want = numbers(sum(square(white), { axis: 0 }));
        // Differences of at most 2 in d directions, off by about 10 d roundings in float32, seen through 1 / ridge.
        const allowed = (10 * d * d * 4 * 2 ** -24) / ridge;
        expectAllClose([...mahalanobis(rows, ridge)(queries)], want, allowed);
      }),
    );
  });

  test("with a ridge that is next to nothing, the rows themselves average d (n - 1) / n, at any scale of the axes", () => {
    const rows = mul(normal(key(0), [500, 3]), tensor([1, 100, 0.01]));
    const distances = [...mahalanobis(rows, 1e-12)(rows)];
    expectClose(distances.reduce((total, one) => total + one, 0) / 500, (3 * 499) / 500, 1e-4);
  });

  test("is 0 at the mean, 4 times as much twice as far, and the square over the ridge where the rows do not vary", () => {
    const rows = add(normal(key(1), [100, 2]), tensor([5, -3]));
    const mu = rows.cast("float64").mean({ axis: 0 }).reshape([1, 2]);
    const distance = mahalanobis(rows);
    expectClose(distance(mu)[0], 0, 1e-12);
    const step = tensor([[0.5, 1]], { dtype: "float64" });
    expectClose(distance(add(mu, mul(step, 2)))[0], 4 * distance(add(mu, step))[0], 1e-5);
    expectClose(mahalanobis(zeros([3, 2]), 0.25)(tensor([[3, 4]]))[0], 100, 1e-6);
  });

  test("refuses a ridge that is not positive, rows of another width, and NaN", () => {
    for (const ridge of [0, -1, NaN, Infinity]) expect(() => mahalanobis(zeros([3, 2]), ridge)).toThrow(/ridge/);
    expect(() => mahalanobis(zeros([3, 2]))(zeros([1, 3]))).toThrow(/rows of 3 numbers, 2 are needed/);
    expect(() => mahalanobis(tensor([[NaN]]))).toThrow(/element 0 of rows is NaN/);
    expect(() => mahalanobis(zeros([3, 1]))(tensor([[NaN]]))).toThrow(/element 0 of queries is NaN/);
  });
});
