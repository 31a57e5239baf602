// A symmetric tridiagonal matrix made diagonal by QL steps with implicit shifts.

import { ElboError } from "../core/errors.js";
import type { Tridiagonal } from "./tridiagonal.js";

/** About 2 steps an eigenvalue are usual; more than this means NaN or a mistake. */
const STEPS_PER_EIGENVALUE = 30;

/** Half a unit in the last place of 1. */
const ROUNDING = 2 ** -53;

/** An element this small is 0 beside a matrix whose largest element is about 1; the squares of larger ones do not underflow. */
const NEGLIGIBLE = 2 ** -450;

/**
 * Overwrites `diagonal` with the eigenvalues, in no order, and the rows of `basis` with their eigenvectors: every
 * rotation of T turns two rows of the basis, so that `basis^T T basis` stays what it was. The mirror image of Golub and
 * Van Loan, Matrix Computations, algorithms 8.3.2 and 8.3.3: it works from the top, where T is small if it is graded.
 * @throws ElboError with the code CONVERGENCE after 30 steps for each eigenvalue, which no finite matrix is known to need
 */
export function diagonalise(t: Tridiagonal): void {
  const { diagonal, offDiagonal } = t;
  const n = diagonal.length;
  let steps = 0;
  for (let low = 0; low < n;) {
    const high = blockEnd(diagonal, offDiagonal, low);
    if (high === low) low++;
    else if (steps++ < STEPS_PER_EIGENVALUE * n) step(t, low, high);
    else {
      throw new ElboError("CONVERGENCE", `eigenvalue ${low} of ${n} did not converge in ${steps - 1} steps`, {
        op: "symmetricEigen",
      });
    }
  }
}

/** The last index of the block from `low` on in which T does not fall apart; the element where it does becomes 0. */
function blockEnd(diagonal: Float64Array, offDiagonal: Float64Array, low: number): number {
  for (let i = low; i < offDiagonal.length; i++) {
    const beside = ROUNDING * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]));
    if (Math.abs(offDiagonal[i]) <= Math.max(beside, NEGLIGIBLE)) {
      offDiagonal[i] = 0;
      return i;
    }
  }
  return diagonal.length - 1;
}

/**
 * One step on the block `low..high`. The first rotation is that of `T - shift I` in the plane of its last two axes; it
 * makes an element beside the tridiagonal, which the others chase upwards and out.
 */
function step({ diagonal: d, offDiagonal: e, basis }: Tridiagonal, low: number, high: number): void {
  const n = d.length;
  let x = d[high] - shift(d[low], e[low], d[low + 1]);
  let bulge = e[high - 1];
  for (let k = high - 1; k >= low; k--) {
    const r = Math.sqrt(x * x + bulge * bulge);
    const [cosine, sine] = r > NEGLIGIBLE ? [x / r, bulge / r] : [1, 0];
    if (k + 1 < high) e[k + 1] = r;
    // The block [d[k], e[k]; e[k], d[k + 1]] between the rotation and its transpose.
    const turned = sine * (d[k] - d[k + 1]) + 2 * cosine * e[k];
    d[k + 1] += sine * turned;
    d[k] -= sine * turned;
    e[k] = cosine * turned - e[k];
    turnRows(basis, k * n, n, cosine, sine);
    x = e[k];
    if (k > low) {
      bulge = sine * e[k - 1];
      e[k - 1] *= cosine;
    }
  }
}

/** Wilkinson's: the eigenvalue of `[a, b; b, c]` closer to a. */
function shift(a: number, b: number, c: number): number {
  const half = (c - a) / 2;
  const root = Math.sqrt(half * half + b * b);
  return a - (b * b) / (half < 0 ? half - root : half + root);
}

/** Turns the row at `start` and the one after it: `[cosine lower + sine upper, cosine upper - sine lower]`. */
function turnRows(m: Float64Array, start: number, n: number, cosine: number, sine: number): void {
  for (let upper = start, lower = start + n; upper < start + n; upper++, lower++) {
    const x = m[upper];
    const y = m[lower];
    m[lower] = cosine * y + sine * x;
    m[upper] = cosine * x - sine * y;
  }
}
