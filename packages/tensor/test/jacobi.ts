// The eigenvalues of a small symmetric matrix by Jacobi's rotations: slow, plain, and an oracle for the fast way.

import type { Tensor } from "../src/index.js";

/** In descending order. Cyclic Jacobi: Golub and Van Loan, Matrix Computations, section 8.5. */
export function jacobiEigenvalues(matrix: Tensor): number[] {
  const n = matrix.shape[0];
  const a = matrix.toArray() as number[][];
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) if (a[p][q] !== 0) rotate(a, p, q);
  }
  return a.map((row, i) => row[i]).sort((x, y) => y - x);
}

/** Makes `a[p][q]` zero; `t` is the smaller root of `t^2 + 2 theta t = 1`. */
function rotate(a: number[][], p: number, q: number): void {
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(t, 1);
  const sine = t * cosine;
  for (const row of a) [row[p], row[q]] = [cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]];
  for (let k = 0; k < a.length; k++) {
    [a[p][k], a[q][k]] = [cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]];
  }
}
