// A symmetric matrix made tridiagonal by Householder's reflections, and the orthogonal matrix that did it.

import { addScaled, dotRows } from "./rows.js";

/** `A = Q T Q^T` with T symmetric and tridiagonal. */
export interface Tridiagonal {
  /** `T[i, i]`, n of them. */
  readonly diagonal: Float64Array;
  /** `T[i + 1, i]`, n - 1 of them. */
  readonly offDiagonal: Float64Array;
  /** `Q^T`, row-major. */
  readonly basis: Float64Array;
}

/** A sum of squares this small is 0 beside a matrix whose largest element is about 1; above it, no square matters that underflows. */
const NEGLIGIBLE = 2 ** -900;

/**
 * Golub and Van Loan, Matrix Computations, algorithm 8.3.1, from the last row upwards: the reflection
 * `H = I - v v^T` with `v^T v = 2` makes row i zero left of its element i - 1. Only the lower triangle of `a` counts,
 * and it is overwritten: row i keeps its v, which is 0 where there was nothing to do. The largest magnitude in `a`
 * should be about 1, so that no square overflows.
 */
export function tridiagonalise(a: Float64Array, n: number): Tridiagonal {
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  const q = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    offDiagonal[i - 1] = reflector(a, i * n, i);
    if (a[i * n + i - 1] !== 0) reflectBothSides(a, n, i, q);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
  return { diagonal, offDiagonal, basis: accumulate(a, n) };
}

/**
 * Overwrites the row x of `count` elements at `start` with the v for which `(I - v v^T) x` is `alpha` in its last
 * element and 0 elsewhere, and returns alpha: `v = u / sqrt(u^T u / 2)`, `u = x - alpha e`, with the sign of alpha that
 * adds magnitudes (Higham, Accuracy and Stability of Numerical Algorithms, section 19.1).
 */
function reflector(a: Float64Array, start: number, count: number): number {
  const end = start + count - 1;
  const last = a[end];
  const rest = dotRows(a, start, a, start, count - 1);
  if (rest <= NEGLIGIBLE) {
    a.fill(0, start, end + 1);
    return last;
  }
  const norm = Math.sqrt(rest + last * last);
  const alpha = last > 0 ? -norm : norm;
  const length = Math.sqrt(norm * (norm + Math.abs(last)));
  a[end] = last - alpha;
  for (let k = start; k <= end; k++) a[k] /= length;
  return alpha;
}

/** `A := H A H = A - v q^T - q v^T` on the leading i by i block, where `p = A v` and `q = p - (p^T v / 2) v`. */
function reflectBothSides(a: Float64Array, n: number, i: number, q: Float64Array): void {
  const v = a.subarray(i * n, i * n + i);
  timesSymmetric(a, n, v, q);
  addScaled(q, 0, -dotRows(q, 0, v, 0, i) / 2, v, 0, i);
  for (let j = 0; j < i; j++) {
    const [row, vj, qj] = [j * n, v[j], q[j]];
    for (let k = 0; k <= j; k++) a[row + k] -= vj * q[k] + qj * v[k];
  }
}

/** `p = A v` from the lower triangle of the leading block: each element of a row serves twice, at its mirror image too. */
function timesSymmetric(a: Float64Array, n: number, v: Float64Array, p: Float64Array): void {
  for (let j = 0; j < v.length; j++) {
    const [row, vj] = [j * n, v[j]];
    let sum = 0;
    for (let k = 0; k < j; k++) {
      sum += a[row + k] * v[k];
      p[k] += a[row + k] * vj;
    }
    // The first touch of p[j]: rows above reach only columns left of j.
    p[j] = sum + a[row + j] * vj;
  }
}

/** `Q^T = H_1 H_2 ... H_(n-1)` from the v in the rows of `a`: before step i only the leading i by i block differs from I. */
function accumulate(a: Float64Array, n: number): Float64Array {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let i = 1; i < n; i++) {
    if (a[i * n + i - 1] === 0) continue;
    for (let row = 0; row < i * n; row += n) {
      addScaled(basis, row, -dotRows(basis, row, a, i * n, i), a, i * n, i);
    }
  }
  return basis;
}
