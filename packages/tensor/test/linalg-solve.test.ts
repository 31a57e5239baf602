// Triangular and general systems: the solutions fit within the roundings, columns are solved alone, singular is refused.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { abs, ArgumentError, eye, ShapeError, solve, tensor, transpose, triangularSolve, zeros } from "../src/index.js";
import type { Tensor, TriangularOptions } from "../src/index.js";
import { factorise } from "../src/linalg/lu.js";
import { columnsOf, draws, expectResidual, gamma, magnitudes, matrixOf, randomMatrix } from "./matrices.js";
import { expectSameBits } from "./support.js";

const triangleOf = (a: Tensor, lower: boolean): Tensor => {
  const n = a.shape[0];
  return matrixOf(n, n, (i, j) => (i === j || i > j === lower ? a.data[i * n + j] : 0));
};

const triangles: fc.Arbitrary<Required<TriangularOptions>> = fc.record({
  lower: fc.boolean(),
  transpose: fc.boolean(),
});
const widths = fc.integer({ min: 0, max: 4 });

describe("triangularSolve", () => {
  test("T X = B within the roundings, for both triangles and both transposes", () => {
    fc.assert(
      fc.property(draws(16), widths, triangles, ({ n, seed, decades }, columns, options) => {
        const given = randomMatrix(seed, n, n, decades);
        const b = randomMatrix(seed + 1, n, columns, decades);
        const triangle = triangleOf(given, options.lower);
        const matrix = options.transpose ? transpose(triangle) : triangle;
        const x = triangularSolve(given, b, options);
        // Higham, theorem 8.5: gamma_n |T| |x|; the product that checks it adds gamma_n, the subtraction a rounding.
        expectResidual(matrix, x, b, magnitudes(matrix, x), gamma(2 * n + 2));
        expectSameBits(triangularSolve(triangle, b, options), x);
      }),
    );
  });

  test("the lower triangle as it is, unless said otherwise", () => {
    const l = tensor([[2, 0], [1, 4]]); // prettier-ignore
    expect(triangularSolve(l, tensor([2, 9])).toArray()).toEqual([1, 2]);
    expect(triangularSolve(l, tensor([4, 8]), { transpose: true }).toArray()).toEqual([1, 2]);
    expect(triangularSolve(transpose(l), tensor([4, 8]), { lower: false }).toArray()).toEqual([1, 2]);
  });

  test("names the 0 on the diagonal", () => {
    const call = () => triangularSolve(tensor([[1, 0], [1, 0]]), tensor([1, 1])); // prettier-ignore
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow("triangularSolve: the matrix is singular: element 1 of its diagonal is 0");
  });

  test("refuses a misspelt option", () => {
    expect(() => triangularSolve(eye(1), zeros([1]), { upper: true } as TriangularOptions)).toThrow(
      'triangularSolve: has no option "upper"; it takes lower, transpose',
    );
  });
});

describe("solve", () => {
  test("A X = B within the roundings", () => {
    fc.assert(
      fc.property(draws(16), widths, ({ n, seed, decades }, columns) => {
        const a = randomMatrix(seed, n, n, decades);
        const b = randomMatrix(seed + 1, n, columns, decades);
        const { elements, order } = factorise("solve", { n, elements: Float64Array.from(a.data) });
        const factor = (i: number, j: number): number => (i === j ? 1 : i > j ? elements[i * n + j] : 0);
        const upper = (i: number, j: number): number => (i <= j ? elements[i * n + j] : 0);
        const sizes = magnitudes(matrixOf(n, n, factor), matrixOf(n, n, upper)).data;
        // Row i of L U is row order[i] of A.
        const at = Array.from({ length: n }, (_, row) => order.indexOf(row));
        const bound = matrixOf(n, n, (i, j) => sizes[at[i] * n + j]);
        const x = solve(a, b);
        // Higham, theorem 9.4: gamma_(3n) |L| |U| |x|; the check adds gamma_(n+1) |A| |x|, and |A| <= |L| |U| nearly.
        expectResidual(a, x, b, magnitudes(bound, abs(x)), gamma(4 * n + 4));
      }),
    );
  });

  test("no multiplier exceeds 1", () => {
    fc.assert(
      fc.property(draws(16), ({ n, seed, decades }) => {
        const { elements } = factorise("solve", {
          n,
          elements: Float64Array.from(randomMatrix(seed, n, n, decades).data),
        });
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < i; j++) expect(Math.abs(elements[i * n + j])).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("a permutation is undone exactly", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7, maxLength: 7 }), (order) => {
        const p = matrixOf(7, 7, (i, j) => (order[i] === j ? 1 : 0));
        const x = solve(p, tensor([10, 11, 12, 13, 14, 15, 16])).data;
        order.forEach((from, i) => expect(x[from]).toBe(10 + i));
      }),
    );
  });

  test("names the pivot of a column that depends on those before it", () => {
    const repeated = matrixOf(4, 4, (i, j) => (j === 2 ? i + 1 : (i + 1) ** (j + 1)));
    expect(() => solve(repeated, zeros([4]))).toThrow(ArgumentError);
    expect(() => solve(repeated, zeros([4]))).toThrow(/^solve: the matrix is singular: pivot 2 is 0, for column 2/);
    expect(() => solve(zeros([3, 3]), zeros([3]))).toThrow("pivot 0 is 0");
  });
});

describe.each<[string, (a: Tensor, b: Tensor) => Tensor]>([
  ["triangularSolve", triangularSolve],
  ["solve", solve],
])("%s", (name, solver) => {
  test("each column alone gives the same bits, as a vector too", () => {
    fc.assert(
      fc.property(draws(9), widths, ({ n, seed }, columns) => {
        const a = randomMatrix(seed, n, n);
        const b = randomMatrix(seed + 1, n, columns);
        const together = columnsOf(solver(a, b));
        columnsOf(b).forEach((column, j) => expectSameBits(solver(a, column), together[j]));
      }),
    );
  });

  test("keeps empty shapes", () => {
    expect(solver(zeros([0, 0]), zeros([0])).shape).toEqual([0]);
    expect(solver(zeros([0, 0]), zeros([0, 3])).shape).toEqual([0, 3]);
    expect(solver(eye(2), zeros([2, 0])).shape).toEqual([2, 0]);
  });

  test("refuses shapes and numbers that do not fit", () => {
    expect(() => solver(zeros([2, 3]), zeros([2]))).toThrow(`${name}: needs a square matrix, got [2, 3]`);
    for (const shape of [[], [3], [3, 2], [2, 1, 1]]) expect(() => solver(eye(2), zeros(shape))).toThrow(ShapeError);
    expect(() => solver(eye(2), zeros([3]))).toThrow(
      `${name}: a matrix [2, 2] needs a right-hand side [2] or [2, m], got [3]`,
    );
    expect(() => solver(eye(2), tensor([1, NaN]))).toThrow("the right-hand side has NaN at [1]");
    expect(() => solver(tensor([[1, NaN], [0, 1]]), zeros([2]))).toThrow("the matrix has NaN at [0, 1]"); // prettier-ignore
  });
});
