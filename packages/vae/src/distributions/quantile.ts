// The inverse of the standard normal distribution function.

import { ArgumentError, erfc, tensor } from "@elbo/tensor";

/** `Phi(x) = erfc(-x / sqrt 2) / 2`, in double; without cancellation below 0. */
const normalCdf = (x: number): number => erfc(tensor(-x * Math.SQRT1_2, { dtype: "float64" })).item() / 2;

const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * The number x below which a standard normal draw lies with probability p: `Phi(x) = p`. For p from 1e-300 on it is
 * within 1e-14 of the true value, times |x| where that is more than 1; -Infinity at 0 and Infinity at 1.
 * @throws ArgumentError where p is not in 0..1
 * @see Abramowitz and Stegun (1964), 26.2.23 for the start (4.5e-4 off), then two of Halley's steps, each of which cubes
 *   the error
 * @example normalQuantile(0.975) // 1.96
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`a probability is from 0 to 1, got ${p}`, { op: "normalQuantile" });
  if (p > 0.5) return -normalQuantile(1 - p); // the difference is exact there
  if (p === 0.5) return 0;
  if (p === 0) return -Infinity;
  return refine(refine(start(p), p), p);
}

function start(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  return above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
}

/** Halley's step for `Phi(x) - p`, whose second derivative is `-x` times the first. */
function refine(x: number, p: number): number {
  const newton = (normalCdf(x) - p) / normalDensity(x);
  return x - newton / (1 + (x * newton) / 2);
}
