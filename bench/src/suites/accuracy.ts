// How far a result is from the truth: units in the last place, the bound of a sum of products, a distribution's distance.

import { meaning } from "@elbo/tensor";
import type { ElementwiseProblem, MatmulProblem, UnaryName } from "../engines/engine.js";

/** The unit roundoff of float32. */
const EPS = 2 ** -24;

/** `k eps / (1 - k eps)`: the relative bound of a sum of k products in any order (Higham, section 3.1). */
const gamma = (k: number): number => (k * EPS) / (1 - k * EPS);

export interface Reference {
  readonly product: Float64Array;
  /** `|A| |B|`. */
  readonly size: Float64Array;
}

/** The product in double, and its size, row by row of B so that memory is read in order. */
export function referenceProduct({ a, b, m, k, n, transposeA, transposeB }: MatmulProblem): Reference {
  const rows = new Float64Array(k * n);
  for (let p = 0; p < k; p++) for (let j = 0; j < n; j++) rows[p * n + j] = transposeB ? b[j * k + p] : b[p * n + j];
  const [product, size] = [new Float64Array(m * n), new Float64Array(m * n)];
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const x = transposeA ? a[p * m + i] : a[i * k + p];
      for (let j = 0; j < n; j++) {
        const term = x * rows[p * n + j];
        product[i * n + j] += term;
        size[i * n + j] += Math.abs(term);
      }
    }
  }
  return { product, size };
}

/** The largest `|got - product| / (gamma_k |A| |B|)`; above 1 a sum is wrong. */
export function productError(got: Float32Array, { product, size }: Reference, k: number): number {
  if (got.length !== product.length) return NaN;
  let largest = 0;
  for (let i = 0; i < got.length; i++) largest = worse(largest, Math.abs(got[i] - product[i]) / (gamma(k) * size[i]));
  return largest;
}

/** The larger; NaN if either is, which `Math.max` of a running value keeps. */
const worse = (a: number, b: number): number => Math.max(a, b);

/** The distance of a float32 to its neighbour at `x`. */
const ulp = (x: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

const DOUBLE: Readonly<Record<UnaryName, (x: number) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => {
    const e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  },
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  erf: meaning.erf.double!,
  sin: Math.sin,
  cos: Math.cos,
};

/** The elements that are judged: the first so many of a problem's. */
const SAMPLE = 65_536;

export interface Judged {
  readonly error: number;
  readonly errorUnit: string;
}

/** The unary functions and `add` in ulp; `sum` over its bound; `normal` by the distance of its distribution. */
export function elementwiseError({ name, n, inputs: [x, y] }: ElementwiseProblem, got: Float32Array): Judged {
  if (name === "normal") return { error: kolmogorov(got), errorUnit: "sqrt(n) D" };
  if (name === "sum") {
    const [total, size] = x.reduce(([s, a], v) => [s + v, a + Math.abs(v)], [0, 0]);
    return { error: Math.abs(got[0] - total) / (gamma(n) * size), errorUnit: "gamma_n sum|x|" };
  }
  let error = got.length === n ? 0 : NaN;
  for (let i = 0; i < Math.min(n, SAMPLE); i++) {
    const exact = name === "add" ? x[i] + y[i] : DOUBLE[name](x[i]);
    error = worse(error, Math.abs(got[i] - exact) / ulp(exact));
  }
  return { error, errorUnit: "ulp" };
}

/** Kolmogorov's `sqrt(n) sup |F_n - Phi|`: a true sample stays below 1.63 in 99 of 100 cases. */
function kolmogorov(sample: Float32Array): number {
  const sorted = sample.slice().sort();
  const n = sorted.length;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const phi = meaning.erfc.double!(-sorted[i] / Math.SQRT2) / 2;
    largest = worse(largest, Math.max((i + 1) / n - phi, phi - i / n));
  }
  return largest * Math.sqrt(n);
}
