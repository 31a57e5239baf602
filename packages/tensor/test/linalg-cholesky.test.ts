// Cholesky's factor: it gives the matrix back, is exact where it can be, and says which pivot was not positive.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  cholesky,
  choleskySolve,
  eye,
  logDeterminant,
  matmul,
  ShapeError,
  tensor,
  transpose,
  zeros,
} from "../src/index.js";
import { draws, expectResidual, gamma, magnitudes, matrixOf, positiveOf, randomMatrix, U } from "./matrices.js";
import { expectSameBits } from "./support.js";

/** A lower triangle of whole numbers with a positive diagonal; every step of the factorisation is exact on its square. */
const wholeFactors = fc.integer({ min: 1, max: 8 }).chain((n) =>
  fc
    .record({
      below: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n }),
      diagonal: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: n, maxLength: n }),
    })
    .map(({ below, diagonal }) => matrixOf(n, n, (i, j) => (i === j ? diagonal[i] : i > j ? below[i * n + j] : 0))),
);

describe("cholesky", () => {
  test("L is lower with a positive diagonal, and L L^T is A within the roundings", () => {
    fc.assert(
      fc.property(draws(24), (draw) => {
        const a = positiveOf(draw);
        const l = cholesky(a);
        l.data.forEach((value, at) => {
          const above = (at % draw.n) - Math.floor(at / draw.n);
          if (above > 0) expect(value).toBe(0);
          if (above === 0) expect(value).toBeGreaterThan(0);
        });
        // Higham, theorem 10.3: gamma_(n+1) |L| |L^T|; the product that checks it adds gamma_n, the bound's own is of second order.
        expectResidual(l, transpose(l), a, magnitudes(l, transpose(l)), gamma(2 * draw.n + 2));
      }),
    );
  });

  test("gives whole factors back exactly", () => {
    fc.assert(fc.property(wholeFactors, (l) => expectSameBits(cholesky(matmul(l, transpose(l))), l)));
  });

  test("names the first pivot that is not positive, and its value", () => {
    fc.assert(
      fc.property(wholeFactors, fc.nat(), fc.integer({ min: 0, max: 5 }), (l, place, less) => {
        const n = l.shape[0];
        const k = place % n;
        const signs = matrixOf(n, n, (i, j) => (i !== j ? 0 : i === k ? -less : 1));
        const a = matmul(matmul(l, signs), transpose(l));
        const value = 0 - less * l.data[k * (n + 1)] ** 2;
        expect(() => cholesky(a)).toThrow(ArgumentError);
        expect(() => cholesky(a)).toThrow(
          `cholesky: the matrix is not positive definite: pivot ${k} is ${value}; add a multiple of the identity`,
        );
      }),
    );
  });

  test("only the symmetric part counts", () => {
    const a = tensor([[4, 1], [3, 5]]); // prettier-ignore
    expect(cholesky(a).toArray()).toEqual([[2, 0], [1, 2]]); // prettier-ignore
  });

  test("no rows give no rows", () => expect(cholesky(zeros([0, 0])).shape).toEqual([0, 0]));

  test("refuses other shapes and numbers", () => {
    expect(() => cholesky(zeros([2, 3]))).toThrow(ShapeError);
    expect(() => cholesky(zeros([2]))).toThrow("cholesky: needs a square matrix, got [2]");
    expect(() => cholesky(tensor([[1, Infinity], [0, 1]]))).toThrow("the matrix has Infinity at [0, 1]"); // prettier-ignore
  });
});

describe("choleskySolve", () => {
  test("A X = B within the roundings", () => {
    fc.assert(
      fc.property(draws(20), fc.integer({ min: 0, max: 4 }), (draw, columns) => {
        const { n, seed, decades } = draw;
        const a = positiveOf(draw);
        const b = randomMatrix(seed + 2, n, columns, decades);
        const l = cholesky(a);
        const x = choleskySolve(l, b);
        // Higham, theorem 10.4: gamma_(3n+1) |L| |L^T| |x|; the check adds gamma_(n+1) |A| |x|, and |A| <= |L| |L^T| nearly.
        expectResidual(a, x, b, magnitudes(magnitudes(l, transpose(l)), x), gamma(4 * n + 4));
      }),
    );
  });

  test("refuses what does not fit", () => {
    expect(() => choleskySolve(eye(2), zeros([3]))).toThrow(ShapeError);
    expect(() => choleskySolve(zeros([2, 2]), zeros([2]))).toThrow(
      "choleskySolve: the matrix is singular: element 0 of its diagonal is 0",
    );
  });
});

describe("logDeterminant", () => {
  test("of whole factors: the logarithm of the squared product of the diagonal", () => {
    fc.assert(
      fc.property(wholeFactors, (l) => {
        const n = l.shape[0];
        const terms = Array.from({ length: n }, (_, i) => 2 * Math.log(l.data[i * (n + 1)]));
        const exact = terms.reduce((sum, term) => sum + term, 0);
        // Two logarithms within 2 u each of their values, and two sums of n terms.
        expect(Math.abs(logDeterminant(l).item() - exact)).toBeLessThanOrEqual((2 * n + 4) * U * exact);
      }),
    );
  });

  test("neither overflows nor underflows, and is 0 of nothing", () => {
    const n = 100;
    const diagonal = (value: number) => matrixOf(n, n, (i, j) => (i === j ? value : 0));
    const exact = 2 * n * 300 * Math.LN10;
    expect(logDeterminant(diagonal(1e300)).item() / exact).toBeCloseTo(1, 14);
    expect(logDeterminant(diagonal(-1e-300)).item() / exact).toBeCloseTo(-1, 14);
    expect(logDeterminant(zeros([0, 0], { dtype: "float64" })).item()).toBe(0);
  });
});
