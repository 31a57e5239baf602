// The symmetric eigenproblem: the factors give the matrix back, the vectors are orthonormal, and edge cases are decided.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  DTypeError,
  ElboError,
  eye,
  matmul,
  mul,
  ShapeError,
  symmetricEigen,
  tensor,
  type Tensor,
  transpose,
  zeros,
} from "../src/index.js";
import { diagonalise } from "../src/linalg/ql.js";
import { jacobiEigenvalues } from "./jacobi.js";
import { draws, frobenius, matrixOf, randomMatrix, symmetricOf, U } from "./matrices.js";
import { expectSameBits } from "./support.js";

/**
 * The backward error as a multiple of |A|. About 2 n sweeps of rotations are 5 n stages of disjoint ones, each of which
 * adds sqrt(2) gamma_6 = 8.5 u (Higham, Accuracy and Stability, lemma 19.9): 42 n u. The n reflections add 8 n u if the
 * error of an inner product grows as the square root of its length (the worst case is its length).
 */
const backward = (n: number): number => 50 * n * U;

/** All that holds for every symmetric matrix A; the norms are Frobenius'. */
function expectEigen(a: Tensor): void {
  const n = a.shape[0];
  const norm = frobenius(a);
  const { values, vectors } = symmetricEigen(a);
  expect([values.dtype, vectors.dtype]).toEqual(["float64", "float64"]);
  expect([values.shape, vectors.shape]).toEqual([[n], [n, n]]);
  const [lambda, v] = [Array.from(values.data), vectors.data];
  expect(frobenius(matmul(mul(vectors, values), vectors, { transposeB: true }).sub(a))).toBeLessThanOrEqual(
    backward(n) * norm,
  );
  const gram = matmul(vectors, vectors, { transposeA: true });
  expect(frobenius(gram.sub(eye(n)))).toBeLessThanOrEqual(backward(n) * Math.sqrt(n));
  expect(lambda).toEqual([...lambda].sort((x, y) => y - x));
  // The values are those of A + E exactly: |tr E| <= sqrt(n) |E|, and norms differ by |E| at most.
  const trace = Array.from({ length: n }, (_, i) => a.data[i * (n + 1)]).reduce((x, y) => x + y, 0);
  const sum = lambda.reduce((x, y) => x + y, 0);
  expect(Math.abs(sum - trace)).toBeLessThanOrEqual(Math.sqrt(n) * backward(n) * norm);
  expect(Math.abs(frobenius(values) - norm)).toBeLessThanOrEqual(backward(n) * norm);
  for (let j = 0; j < n; j++) {
    const column = Array.from({ length: n }, (_, i) => v[i * n + j]);
    const largest = Math.max(...column.map(Math.abs));
    expect(column.find((x) => Math.abs(x) === largest)).toBeGreaterThan(0);
  }
}

describe("symmetricEigen of any symmetric matrix", () => {
  test("A V = V diag(values), V^T V = I, order, signs, trace and norm", () => {
    fc.assert(
      fc.property(draws(24), (draw) => expectEigen(symmetricOf(draw))),
      { numRuns: 200 },
    );
  });

  test("and of a large one", () => expectEigen(symmetricOf({ n: 200, seed: 3, decades: 0 })));

  test("its values are Jacobi's (Weyl: no value moves by more than the backward errors of both)", () => {
    fc.assert(
      fc.property(draws(10), (draw) => {
        const a = symmetricOf(draw);
        const limit = 2 * backward(draw.n) * frobenius(a);
        const fast = symmetricEigen(a).values.data;
        jacobiEigenvalues(a).forEach((slow, i) => expect(Math.abs(fast[i] - slow)).toBeLessThanOrEqual(limit));
      }),
    );
  });

  test("only the symmetric part counts, seen from any side", () => {
    fc.assert(
      fc.property(draws(8), ({ n, seed }) => {
        const a = randomMatrix(seed, n, n);
        const one = symmetricEigen(a);
        for (const same of [transpose(a), matrixOf(n, n, (i, j) => a.data[i * n + j] / 2 + a.data[j * n + i] / 2)]) {
          expectSameBits(symmetricEigen(same).values, one.values);
          expectSameBits(symmetricEigen(same).vectors, one.vectors);
        }
      }),
    );
  });

  test("a power of two scales the values and leaves the vectors, to the bit", () => {
    fc.assert(
      fc.property(draws(8), fc.integer({ min: -900, max: 900 }), (draw, exponent) => {
        const a = symmetricOf({ ...draw, decades: 0 });
        const scale = matrixOf(1, 1, () => 2 ** exponent);
        const [one, scaled] = [symmetricEigen(a), symmetricEigen(mul(a, scale))];
        expectSameBits(scaled.values, mul(one.values, scale.reshape([1])));
        expectSameBits(scaled.vectors, one.vectors);
      }),
    );
  });
});

describe("symmetricEigen of special matrices", () => {
  test("the second difference has the values 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 50;
    const a = matrixOf(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    expectEigen(a);
    symmetricEigen(a).values.data.forEach((value, i) => {
      const exact = 2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1));
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(backward(n) * frobenius(a));
    });
  });

  test("no rows, one row, zeros", () => {
    const none = symmetricEigen(zeros([0, 0]));
    expect([none.values.shape, none.vectors.shape]).toEqual([[0], [0, 0]]);
    expect(symmetricEigen(tensor([[-3]])).values.toArray()).toEqual([-3]);
    expect(symmetricEigen(tensor([[-3]])).vectors.toArray()).toEqual([[1]]);
    expect(symmetricEigen(matrixOf(3, 3, () => -0)).values.toArray()).toEqual([0, 0, 0]);
    expectSameBits(symmetricEigen(zeros([3, 3])).vectors, eye(3, { dtype: "float64" }));
  });

  test("a diagonal matrix gives its elements in order and unit vectors, exactly; equal ones in their order", () => {
    const diagonal = [1, -2, 7, 1, 1e-30, 7];
    const { values, vectors } = symmetricEigen(matrixOf(6, 6, (i, j) => (i === j ? diagonal[i] : 0)));
    expect(values.toArray()).toEqual([7, 7, 1, 1, 1e-30, -2]);
    const order = [2, 5, 0, 3, 4, 1];
    expectSameBits(
      vectors,
      matrixOf(6, 6, (i, j) => (order[j] === i ? 1 : 0)),
    );
  });

  test.each([1, 2, 5, 30])("rank one, n = %i: x x^T has |x|^2 once and 0 else, and the vector x", (n) => {
    const x = Array.from(randomMatrix(n, n, 1).data);
    const a = matrixOf(n, n, (i, j) => x[i] * x[j]);
    expectEigen(a);
    const { values, vectors } = symmetricEigen(a);
    const square = x.reduce((sum, value) => sum + value * value, 0);
    values.data.forEach((value, i) =>
      expect(Math.abs(value - (i === 0 ? square : 0))).toBeLessThanOrEqual(2 * backward(n) * square),
    );
    // Davis and Kahan: the angle is at most |E| / gap, and the gap is |x|^2 itself.
    const overlap = x.reduce((sum, value, i) => sum + value * vectors.data[i * n], 0);
    expect(1 - Math.abs(overlap) / Math.sqrt(square)).toBeLessThanOrEqual(2 * backward(n));
  });

  test("eigenvalues that come in tens", () => {
    const n = 30;
    const { vectors } = symmetricEigen(symmetricOf({ n, seed: 5, decades: 0 }));
    const levels = Float64Array.from({ length: n }, (_, i) => 3 - Math.floor(i / 10));
    const a = matmul(
      mul(
        vectors,
        matrixOf(1, n, (_, j) => levels[j]),
      ),
      vectors,
      { transposeB: true },
    );
    expectEigen(a);
    const limit = 2 * backward(n) * frobenius(a);
    symmetricEigen(a).values.data.forEach((value, i) => expect(Math.abs(value - levels[i])).toBeLessThanOrEqual(limit));
  });

  test.each([1, -1])("graded from 1e-12 to 1e12, either way (%i)", (way) => {
    fc.assert(
      fc.property(draws(24), ({ n, seed }) => {
        const a = symmetricOf({ n, seed, decades: 0 }).data;
        const d = Array.from({ length: n }, (_, i) => 10 ** (way * 6 * ((2 * i) / Math.max(1, n - 1) - 1)));
        expectEigen(matrixOf(n, n, (i, j) => a[i * n + j] * (d[i] * d[j])));
      }),
    );
  });

  test("numbers at both ends of double", () => {
    const ends = (unit: number): Tensor => matrixOf(2, 2, (i, j) => (i === j ? 2 * unit : unit));
    expect(symmetricEigen(ends(2 ** -1074)).values.toArray()).toEqual([3 * 2 ** -1074, 2 ** -1074]);
    const large = symmetricEigen(ends(2 ** 1021)).values.data.map((value) => value / 2 ** 1021);
    expect(Math.abs(large[0] - 3)).toBeLessThanOrEqual(2 * backward(2) * 3);
  });

  test("elements whose squares underflow are worth nothing beside 1, and do not spoil the basis", () => {
    const beside = (tiny: (i: number, j: number) => number): Tensor =>
      matrixOf(5, 5, (i, j) => (i === 0 && j === 0 ? 1 : 1e-161 * tiny(i, j)));
    expectEigen(beside((i, j) => i + j + 1));
    expectEigen(beside((i, j) => (Math.abs(i - j) === 1 ? 1 : 0)));
    // Here a rotation in the midst of a QL step meets two such elements.
    const diagonal = [1.2899406511040624e-107, 0, 5.49295612403514e-35, 1];
    const off = [1.0966801992009627e-122, 4.84982732274262e-34, 90025.7747626784];
    expectEigen(matrixOf(4, 4, (i, j) => (i === j ? diagonal[i] : Math.abs(i - j) === 1 ? off[Math.min(i, j)] : 0)));
    fc.assert(
      fc.property(draws(16), ({ n, seed }) => {
        const { data } = symmetricOf({ n, seed, decades: 300 });
        expectEigen(matrixOf(n, n, (i, j) => (i === 0 && j === 0 ? 1 : 1e-150 * data[i * n + j])));
      }),
      { numRuns: 300 },
    );
  });
});

describe("symmetricEigen refuses", () => {
  test.each<[string, Tensor, unknown, string]>([
    ["what is not square", tensor([[1, 2, 3]]), ShapeError, "symmetricEigen: needs a square matrix, got [1, 3]"],
    ["a vector", tensor([1]), ShapeError, "symmetricEigen: needs a square matrix, got [1]"],
    ["NaN", tensor([[NaN]]), ArgumentError, "symmetricEigen: needs finite numbers, the matrix has NaN at [0, 0]"],
    ["indices", eye(2, { dtype: "int32" }), DTypeError, "symmetricEigen: int32 holds indices"],
  ])("%s", (_, matrix, kind, message) => {
    expect(() => symmetricEigen(matrix)).toThrow(kind as typeof ElboError);
    expect(() => symmetricEigen(matrix)).toThrow(message);
  });

  test("steps that do not end: a typed error", () => {
    const lost = {
      diagonal: new Float64Array(3).fill(NaN),
      offDiagonal: new Float64Array(2),
      basis: new Float64Array(9),
    };
    expect(() => diagonalise(lost)).toThrow(ElboError);
    expect(() => diagonalise(lost)).toThrow("symmetricEigen: eigenvalue 0 of 3 did not converge in 90 steps");
  });
});
