// What the exponentials and the logarithms share: reduction to one binade, and the polynomials there.

import { type Arithmetic } from "./arithmetic.js";
import { poly } from "./polynomial.js";

// ln 2 = LN2_HIGH + LN2_LOW. LN2_HIGH has 15 bits, so that its product with a whole number below 512 is exact
// (Cody and Waite, Software Manual for the Elementary Functions, 1980).
const LN2_HIGH = 22713 / 32768;
const LN2_LOW = Math.LN2 - LN2_HIGH;

// Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits of the word.
const ROUNDER = 12582912;
const ROUNDER_BITS = 0x4b400000;

const SIGN = -0x80000000;

/** 2^n for -127 < n < 128. */
export function powerOfTwo<F, I, B>(s: Arithmetic<F, I, B>, n: I): F {
  return s.fromBits(s.shiftLeft(s.addInt(n, s.int(127)), 23));
}

/** x 2^n for |n| <= 252 by two factors, so that only the last product rounds, overflows or underflows. */
export function scale<F, I, B>(s: Arithmetic<F, I, B>, x: F, n: I): F {
  const half = s.shiftRight(n, 1);
  return s.mul(s.mul(x, powerOfTwo(s, half)), powerOfTwo(s, s.subInt(n, half)));
}

/** The nearest whole number to x, as a float and as an integer; |x| < 2^22. */
export function wholePart<F, I, B>(s: Arithmetic<F, I, B>, x: F): { float: F; int: I } {
  const shifted = s.add(x, s.float(ROUNDER));
  return { float: s.sub(shifted, s.float(ROUNDER)), int: s.subInt(s.bits(shifted), s.int(ROUNDER_BITS)) };
}

/** x, but no less than `low` and no more than `high`; NaN stays NaN. */
export function within<F, I, B>(s: Arithmetic<F, I, B>, x: F, low: number, high: number): F {
  return s.pmin(s.pmax(x, s.float(low)), s.float(high));
}

/** The bits of y >= 0 under the sign of x, that of -0 too. */
export function withSign<F, I, B>(s: Arithmetic<F, I, B>, y: F, x: F): F {
  return s.fromBits(s.orInt(s.bits(y), s.andInt(s.bits(x), s.int(SIGN))));
}

/** y, negated where x has a sign bit. */
export function flipSign<F, I, B>(s: Arithmetic<F, I, B>, y: F, x: F): F {
  return s.fromBits(s.addInt(s.bits(y), s.andInt(s.bits(x), s.int(SIGN))));
}

// (e^r - 1 - r) / r^2 on |r| <= 0.3475: minimax for the relative error of e^r - 1, 2^-31.
const EXPM1_TAIL = [
  0.5, 0.1666666567325592, 0.04166649281978607, 0.008333543315529823, 0.0013932380825281143, 0.00019764414173550904,
];

/** e^r - 1 for |r| <= 0.3475. */
export function expm1Small<F, I, B>(s: Arithmetic<F, I, B>, r: F): F {
  return s.add(r, s.mul(s.mul(r, r), poly(s, r, EXPM1_TAIL)));
}

/** `n` and `m` of e^(x + low) = 2^n (1 + m), |m| <= 0.42, for -150 <= x <= 89 and a low part of a few ulps of x. */
export function reduceExp<F, I, B>(s: Arithmetic<F, I, B>, x: F, low?: F): { n: I; m: F } {
  const n = wholePart(s, s.mul(x, s.float(Math.LOG2E)));
  const r = s.sub(s.sub(x, s.mul(n.float, s.float(LN2_HIGH))), s.mul(n.float, s.float(LN2_LOW)));
  return { n: n.int, m: expm1Small(s, low === undefined ? r : s.add(r, low)) };
}

/** e^x from its reduction; subnormal results are rounded once. */
export function expOf<F, I, B>(s: Arithmetic<F, I, B>, { n, m }: { n: I; m: F }): F {
  return scale(s, s.add(s.float(1), m), n);
}

/** y e^x from the reduction of e^x: y + y m rounds less than y (1 + m), and the scaling comes last. */
export function timesExp<F, I, B>(s: Arithmetic<F, I, B>, y: F, { n, m }: { n: I; m: F }): F {
  return scale(s, s.add(y, s.mul(y, m)), n);
}

/** `k` and `m` of x = 2^k m, sqrt(1/2) <= m < sqrt(2), for any finite x > 0. */
export function reduceLog<F, I, B>(s: Arithmetic<F, I, B>, x: F): { k: I; m: F; subnormal: B } {
  const subnormal = s.lt(x, s.float(2 ** -126));
  const word = s.bits(s.select(subnormal, s.mul(x, s.float(2 ** 23)), x));
  const k = s.shiftRight(s.subInt(word, s.int(0x3f3504f3)), 23);
  return { k, m: s.fromBits(s.subInt(word, s.shiftLeft(k, 23))), subnormal };
}

// (2 atanh(t) / t - 2) / t^2 as a polynomial of t^2, on t <= (sqrt(2) - 1) / (sqrt(2) + 1): minimax, 2^-30.
const ATANH_TAIL = [0.6666677594184875, 0.39977583289146423, 0.2987079620361328];

/** log(2^k (1 + f)) for sqrt(1/2) <= 1 + f < sqrt(2). */
export function logOf<F, I, B>(s: Arithmetic<F, I, B>, k: F, f: F): F {
  // log(1 + f) = 2 atanh(t) for t = f / (2 + f), which is f - (f^2/2 - t (f^2/2 + R)) with R = 2 atanh(t) / t - 2:
  // the leading term f carries no error (the arrangement of FreeBSD's msun, e_log.c).
  const t = s.div(f, s.add(s.float(2), f));
  const z = s.mul(t, t);
  const half = s.mul(s.float(0.5), s.mul(f, f));
  const correction = s.mul(t, s.add(half, s.mul(z, poly(s, z, ATANH_TAIL))));
  const tail = s.sub(half, s.add(correction, s.mul(k, s.float(LN2_LOW))));
  return s.add(s.mul(k, s.float(LN2_HIGH)), s.sub(f, tail));
}

/** log(x + error) for finite x > 0 and an error of at most half an ulp. */
export function logPositive<F, I, B>(s: Arithmetic<F, I, B>, x: F, error?: F): F {
  const { k, m, subnormal } = reduceLog(s, x);
  const exponent = s.sub(s.toFloat(k), s.select(subnormal, s.float(23), s.float(0)));
  const f = s.sub(m, s.float(1));
  return logOf(s, exponent, error === undefined ? f : s.add(f, scale(s, error, s.subInt(s.int(0), k))));
}

// As ATANH_TAIL, on t <= 1/3: minimax, 2^-33.
const ATANH_TAIL_WIDE = [
  0.6666667461395264, 0.3999894857406616, 0.2861521244049072, 0.21443885564804077, 0.24245256185531616,
];

/** y + log(1 + e^x) for x <= 0 <= y from the reduction of e^x; y joins the smaller part first, which rounds less. */
export function addLog1pExp<F, I, B>(s: Arithmetic<F, I, B>, y: F, { n, m }: { n: I; m: F }): F {
  const grown = s.add(s.float(1), m);
  const f = scale(s, grown, n);
  // As in `logOf`: log(1 + f) = f - t (f - R).
  const t = s.div(f, s.add(s.float(2), f));
  const z = s.mul(t, t);
  const tail = s.mul(t, s.sub(f, s.mul(z, poly(s, z, ATANH_TAIL_WIDE))));
  // 1 + m = grown + lost: the logarithm lacks f lost / (grown (1 + f)), and 0.7 is near 1 / (grown (1 + f)).
  const lost = s.sub(m, s.sub(grown, s.float(1)));
  return s.add(f, s.sub(y, s.sub(tail, s.mul(s.float(0.7), s.mul(f, lost)))));
}
