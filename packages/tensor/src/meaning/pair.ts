// Unevaluated sums of two floats, for the few steps that need more than 24 bits. No fused multiply-add is assumed.

import { type Arithmetic } from "./arithmetic.js";

/** The value `high + low`, where |low| is at most about half an ulp of `high`. */
export interface Pair<F> {
  readonly high: F;
  readonly low: F;
}

/** x + y without error (Knuth, TAOCP 2, section 4.2.2, theorem B). */
export function twoSum<F, I, B>(s: Arithmetic<F, I, B>, x: F, y: F): Pair<F> {
  const high = s.add(x, y);
  const back = s.sub(high, x);
  return { high, low: s.add(s.sub(x, s.sub(high, back)), s.sub(y, back)) };
}

/** x + y without error where |x| >= |y| or x = 0 (Dekker, A floating-point technique, 1971). */
export function fastTwoSum<F, I, B>(s: Arithmetic<F, I, B>, x: F, y: F): Pair<F> {
  const high = s.add(x, y);
  return { high, low: s.sub(y, s.sub(high, x)) };
}

/** The upper 12 bits of x and the lower 12; a product of two such halves is exact, and nothing overflows. */
export function halves<F, I, B>(s: Arithmetic<F, I, B>, x: F): Pair<F> {
  const high = s.fromBits(s.andInt(s.bits(x), s.int(-4096)));
  return { high, low: s.sub(x, high) };
}

/** x y without error, unless it underflows (Dekker 1971, with the halves cut by a mask). */
export function twoProduct<F, I, B>(s: Arithmetic<F, I, B>, x: F, y: F): Pair<F> {
  const [a, b] = [halves(s, x), halves(s, y)];
  const high = s.mul(x, y);
  const cross = s.add(s.add(s.sub(s.mul(a.high, b.high), high), s.mul(a.high, b.low)), s.mul(a.low, b.high));
  return { high, low: s.add(cross, s.mul(a.low, b.low)) };
}

/** x^2 without error, unless it underflows. */
export function twoSquare<F, I, B>(s: Arithmetic<F, I, B>, x: F): Pair<F> {
  const { high: a, low: b } = halves(s, x);
  const high = s.mul(x, x);
  const cross = s.add(s.sub(s.mul(a, a), high), s.mul(s.add(a, a), b));
  return { high, low: s.add(cross, s.mul(b, b)) };
}

/** (x.high + x.low) (y.high + y.low) to about 2^-44; x.low y.low is left out. */
export function pairProduct<F, I, B>(s: Arithmetic<F, I, B>, x: Pair<F>, y: Pair<F>): Pair<F> {
  const product = twoProduct(s, x.high, y.high);
  const cross = s.add(s.mul(x.high, y.low), s.mul(x.low, y.high));
  return fastTwoSum(s, product.high, s.add(product.low, cross));
}
