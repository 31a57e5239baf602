// Polynomials by Horner's rule, lowest coefficient first.

import { type Arithmetic } from "./arithmetic.js";

/** `c[0] + c[1] x + c[2] x^2 + ...`, from the innermost bracket outwards. */
export function poly<F, I, B>(s: Arithmetic<F, I, B>, x: F, coefficients: readonly number[]): F {
  let sum = s.float(coefficients[coefficients.length - 1]);
  for (let i = coefficients.length - 2; i >= 0; i--) sum = s.add(s.mul(sum, x), s.float(coefficients[i]));
  return sum;
}
