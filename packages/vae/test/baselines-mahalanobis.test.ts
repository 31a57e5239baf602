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
  type Tensor,
  triangularSolve,
  zeros,
} from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mahalanobis, mahalanobisAlong } from "../src/baselines/mahalanobis.js";
import { componentsInSpan } from "../src/baselines/pca.js";
import { expectAllClose, expectClose, numbers } from "./support/numbers.js";
import { realTable } from "./support/tables.js";

const searches = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 6 }))
  .chain(([n, d]) => fc.tuple(realTable([n, d]), realTable([4, d]), fc.constantFrom(0.01, 0.1, 2)));

/** `|L^-1 (x - mu)|^2` with `L L^T = Sigma + ridge I`, in double. */
function byCholesky(rows: Tensor, queries: Tensor, ridge: number): number[] {
  const [n, d] = rows.shape;
  const double = rows.cast("float64");
  const mu = double.mean({ axis: 0 });
  const centred = sub(double, mu);
  const sigma = div(matmul(centred, centred, { transposeA: true }), n - 1);
  const factor = cholesky(add(sigma, mul(eye(d, { dtype: "float64" }), ridge)));
  const white = triangularSolve(factor, sub(queries.cast("float64"), mu).transpose());
  return numbers(sum(square(white), { axis: 0 }));
}

/** Differences of at most 2 in d directions, off by about 10 d roundings in float32, seen through 1 / ridge. */
const allowedFor = (d: number, ridge: number): number => (10 * d * d * 4 * 2 ** -24) / ridge;

describe("mahalanobis", () => {
  test("is |L^-1 (x - mu)|^2 with L L^T = Sigma + ridge I", () => {
    fc.assert(
      fc.property(searches, ([rows, queries, ridge]) => {
        const want = byCholesky(rows, queries, ridge);
        expectAllClose([...mahalanobis(rows, ridge)(queries)], want, allowedFor(rows.shape[1], ridge));
      }),
    );
  });

  test("is the same along the components of the rows' span, of fewer rows than dimensions too", () => {
    const wide = fc
      .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 3, max: 9 }))
      .chain(([n, d]) => fc.tuple(realTable([n, d]), realTable([4, d]), fc.constantFrom(0.01, 0.1, 2)));
    fc.assert(
      fc.property(fc.oneof(wide, searches), ([rows, queries, ridge]) => {
        const d = rows.shape[1];
        // A variance, of which there is 2 d at most, is off by up to 128 roundings of all, beside a ridge.
        const allowed = allowedFor(d, ridge) + (2 * 128 * 2 * d * 2 ** -24) / ridge;
        const got = mahalanobisAlong(componentsInSpan(rows), ridge)(queries);
        expectAllClose([...got], byCholesky(rows, queries, ridge), allowed);
      }),
    );
  });

  test("of a row at right angles to all others, in many dimensions, is its squared length over the ridge", () => {
    const rows = tensor([0, 3, 6].map((x) => Array.from({ length: 1100 }, (_, j) => (j === 0 ? x : 0))));
    const query = tensor([Array.from({ length: 1100 }, (_, j) => (j === 0 ? 6 : j === 7 ? 2 : 0))]);
    expectClose(mahalanobis(rows, 0.5)(query)[0], 9 / 9.5 + 4 / 0.5, 16 * 2 ** -24);
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
