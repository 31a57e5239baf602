// What the tests of linear algebra share: arbitrary matrices in double, and bounds on what roundings may do to them.

import * as fc from "fast-check";
import { expect } from "vitest";
import { abs, fromTypedArray, matmul, sub, type Tensor, transpose } from "../src/index.js";
import { fractions, inner } from "./support.js";

/** Half a unit in the last place of 1, in double. */
export const U = 2 ** -53;

/** `k u / (1 - k u)`, which bounds what k roundings make of a factor 1 (Higham, Accuracy and Stability, lemma 3.1). */
export const gamma = (k: number): number => (k * U) / (1 - k * U);

/** `[rows, columns]`, float64, by a function of the indices. */
export const matrixOf = (rows: number, columns: number, element: (i: number, j: number) => number): Tensor =>
  fromTypedArray(
    Float64Array.from({ length: rows * columns }, (_, at) => element(Math.floor(at / columns), at % columns)),
    [rows, columns],
  );

/** Numbers in [-1, 1) times powers of ten up to `decades` apart, the same for the same seed. */
export function randomMatrix(seed: number, rows: number, columns: number, decades = 0): Tensor {
  const next = fractions(seed);
  return matrixOf(rows, columns, () => (2 * next() - 1) * 10 ** (decades * (next() - 0.5)));
}

export interface Draw {
  readonly n: number;
  readonly seed: number;
  readonly decades: number;
}

/** An order, a seed and how far apart the magnitudes are. */
export const draws = (maxOrder: number): fc.Arbitrary<Draw> =>
  fc.record({ n: fc.integer({ min: 1, max: maxOrder }), seed: fc.nat(), decades: fc.constantFrom(0, 0, 6, 24) });

export const symmetricOf = ({ n, seed, decades }: Draw): Tensor => {
  const { data } = randomMatrix(seed, n, n, decades);
  return matrixOf(n, n, (i, j) => data[Math.max(i, j) * n + Math.min(i, j)]);
};

/** `D (G G^T + I) D` with a diagonal D of powers of ten: positive definite, symmetric to the bit, of any grading. */
export function positiveOf({ n, seed, decades }: Draw): Tensor {
  const g = randomMatrix(seed, n, n);
  const gram = matmul(g, g, { transposeB: true }).data;
  const next = fractions(seed + 1);
  const d = Array.from({ length: n }, () => 10 ** (decades * (next() - 0.5)));
  return matrixOf(n, n, (i, j) => (gram[i * n + j] + (i === j ? 1 : 0)) * (d[i] * d[j]));
}

export const frobenius = (x: Tensor): number => Math.sqrt(inner(x, x));

/** The product of magnitudes `|A| |B|`, the measure of the errors of `A B`. */
export const magnitudes = (a: Tensor, b: Tensor): Tensor => matmul(abs(a), abs(b));

/** `|A X - B| <= gamma bound`, element by element. */
export function expectResidual(a: Tensor, x: Tensor, b: Tensor, bound: Tensor, factor: number): void {
  expect(x.dtype).toBe("float64");
  expect(x.shape).toEqual(b.shape);
  const residual = abs(sub(matmul(a, x), b)).data;
  const limit = bound.data;
  residual.forEach((value, i) => expect(value, `element ${i}`).toBeLessThanOrEqual(factor * limit[i]));
}

/** The columns of `[n, m]` as tensors. */
export const columnsOf = (x: Tensor): Tensor[] =>
  Array.from({ length: x.shape[1] }, (_, j) => {
    const row = transpose(x).data;
    return fromTypedArray(Float64Array.from(row.subarray(j * x.shape[0], (j + 1) * x.shape[0])), [x.shape[0]]);
  });
