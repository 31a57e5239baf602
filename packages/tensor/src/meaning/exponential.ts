// Meanings of the exponentials, the logarithms and the powers.

import { type Arithmetic, meaning } from "./arithmetic.js";
import { fastTwoSum, pairProduct, twoProduct, twoSum } from "./pair.js";
import { poly } from "./polynomial.js";
import {
  addLog1pExp,
  expOf,
  expm1Small,
  logPositive,
  powerOfTwo,
  reduceExp,
  reduceLog,
  scale,
  wholePart,
  within,
} from "./reduction.js";

// e^-150 is far below the least subnormal (e^-103.3) and e^89 above the greatest float (e^88.8).
const LOWEST = -150;
const HIGHEST = 89;

/** e^x; subnormal results are rounded once. */
export const exp = meaning("exp", 1, (s, x) => expOf(s, reduceExp(s, within(s, x, LOWEST, HIGHEST))), Math.exp);

/** e^x - 1, without cancellation near 0. */
export const expm1 = meaning(
  "expm1",
  1,
  (s, x) => {
    // With e^x = 2h (1 + m), e^x - 1 = 2 (h m + (h - 1/2)): 2h may be 2^128. e^-30 - 1 rounds to -1.
    const { n, m } = reduceExp(s, within(s, x, -30, HIGHEST));
    const h = powerOfTwo(s, s.subInt(n, s.int(1)));
    const y = s.mul(s.float(2), s.add(s.mul(h, m), s.sub(h, s.float(0.5))));
    // A tiny x is its own image: halving it would lose the last bit of a subnormal, and the sign of -0.
    return s.select(s.lt(s.abs(x), s.float(2 ** -25)), x, y);
  },
  Math.expm1,
);

// ((e^v - 1 - v) / v^2 - 1/2) / v on |v| <= 0.7: minimax, 2^-27.
const EXPM1MX = [
  0.16666670143604279, 0.0416666641831398, 0.00833276566118002, 0.0013888885732740164, 0.00020075922657269984,
  2.494044201739598e-5,
];

/** e^v - 1 - v, never negative: v^2/2 + v^3/6 + ... for |v| <= 0.7, elsewhere from the reduction of e^v. */
export const expm1mx = meaning(
  "expm1mx",
  1,
  (s, v) => {
    const square = s.mul(v, v);
    const near = s.add(s.mul(s.float(0.5), square), s.mul(square, s.mul(v, poly(s, v, EXPM1MX))));
    // With e^v = 2h (1 + m), e^v - 1 - v = 2 (h m + (h - 1/2 - v/2)): h - 1/2 and v/2 are exact.
    const { n, m } = reduceExp(s, within(s, v, -30, HIGHEST));
    const h = powerOfTwo(s, s.subInt(n, s.int(1)));
    const rest = s.sub(s.sub(h, s.float(0.5)), s.mul(s.float(0.5), s.pmin(v, s.float(HIGHEST))));
    const far = s.mul(s.float(2), s.add(s.mul(h, m), rest));
    return s.select(s.le(s.abs(v), s.float(0.7)), near, far);
  },
  (v) => {
    if (Math.abs(v) > 1) return v === Infinity ? v : Math.expm1(v) - v;
    // sum over k >= 2 of v^k / k, by Horner: v^25 / 25 < 2^-83.
    let sum = 0;
    for (let k = 25; k >= 3; k--) sum = ((sum + 1) * v) / k;
    return ((sum + 1) * v * v) / 2;
  },
);

/** y = log of a positive number, and what log is where x is not a positive finite number. */
function logSpecial<F, I, B>(s: Arithmetic<F, I, B>, x: F, y: F): F {
  const finite = s.select(s.lt(x, s.float(Infinity)), y, x);
  const zero = s.select(s.eq(x, s.float(0)), s.float(-Infinity), finite);
  return s.select(s.lt(x, s.float(0)), s.float(NaN), zero);
}

/** The natural logarithm: -Infinity at 0, NaN below. */
export const log = meaning("log", 1, (s, x) => logSpecial(s, x, logPositive(s, x)), Math.log);

/** log(1 + x), without cancellation near 0: -Infinity at -1, NaN below. */
export const log1p = meaning(
  "log1p",
  1,
  (s, x) => {
    // 1 + x = sum.high + sum.low exactly.
    const sum = twoSum(s, s.float(1), x);
    const y = logSpecial(s, sum.high, logPositive(s, sum.high, sum.low));
    return s.select(s.lt(s.abs(x), s.float(2 ** -25)), x, y);
  },
  Math.log1p,
);

/** log(1 - e^x) for x < 0: log(-expm1(x)) above -ln 2, log1p(-e^x) below (Maechler 2012); -Infinity at 0, NaN above. */
export const log1mExp = meaning(
  "log1mExp",
  1,
  (s, x) => {
    const { n, m } = reduceExp(s, within(s, x, LOWEST, 0));
    // Where `near` is taken, e^x = 2^n (1 + m) with n = 0 or -1.
    const power = powerOfTwo(s, n);
    const near = s.sub(s.sub(s.float(1), power), s.mul(power, m));
    const e = expOf(s, { n, m });
    const far = fastTwoSum(s, s.float(1), s.neg(e));
    const close = s.lt(s.float(-Math.LN2), x);
    // One logarithm of a value and its rounding error serves both sides.
    const y = logPositive(s, s.select(close, near, far.high), s.select(close, s.float(0), far.low));
    const zero = s.select(s.eq(x, s.float(0)), s.float(-Infinity), y);
    return s.select(s.le(x, s.float(0)), zero, s.float(NaN));
  },
  (x) => (x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x))),
);

/** log(e^x + e^y) = max + log1p(e^-|x - y|); equal infinities give themselves. */
export const logAddExp = meaning(
  "logAddExp",
  2,
  (s, x, y) => {
    const gap = s.select(s.eq(x, y), s.float(0), s.neg(s.abs(s.sub(x, y))));
    return s.add(s.max(x, y), addLog1pExp(s, s.float(0), reduceExp(s, s.pmax(gap, s.float(LOWEST)))));
  },
  (x, y) => Math.max(x, y) + Math.log1p(Math.exp(x === y ? 0 : -Math.abs(x - y))),
);

// log2((1 + t) / (1 - t)) = t (c + c/3 t^2 + c/5 t^4 + ...), c = 2 / ln 2: the first two coefficients as pairs.
const C = 2 / Math.LN2;
const C1 = { high: Math.fround(C), low: C - Math.fround(C) };
const C3 = { high: Math.fround(C / 3), low: C / 3 - Math.fround(C / 3) };
const LOG2_TAIL = [C / 5, C / 7, C / 9, C / 11];

/**
 * x^y as C99's powf: x^0 = 1^y = 1 even for NaN; a negative x needs a whole y; signs of zero and infinity follow odd y.
 * 2^(y log2 |x|) with the logarithm as a pair of floats, to about 2^-40 (Dekker's exact products).
 */
export const pow = meaning(
  "pow",
  2,
  (s, x, y) => {
    const [zero, one, infinity] = [s.float(0), s.float(1), s.float(Infinity)];
    const size = s.abs(x);
    const { k, m, subnormal } = reduceLog(s, size);
    const exponent = s.sub(s.toFloat(k), s.select(subnormal, s.float(23), zero));

    // t = (m - 1) / (m + 1) as a pair: the quotient, then its remainder divided. m - 1 is exact.
    const over = s.sub(m, one);
    const under = fastTwoSum(s, s.select(s.lt(m, one), one, m), s.select(s.lt(m, one), m, one));
    const quotient = s.div(over, under.high);
    const back = twoProduct(s, quotient, under.high);
    const remainder = s.sub(s.sub(s.sub(over, back.high), back.low), s.mul(quotient, under.low));
    const t = { high: quotient, low: s.div(remainder, under.high) };

    const z = pairProduct(s, t, t);
    const c1 = { high: s.float(C1.high), low: s.float(C1.low) };
    const c3 = fastTwoSum(s, s.float(C3.high), s.mul(z.high, poly(s, z.high, LOG2_TAIL)));
    const inner = pairProduct(s, z, { high: c3.high, low: s.add(c3.low, s.float(C3.low)) });
    const sum = fastTwoSum(s, c1.high, inner.high);
    const log2m = pairProduct(s, t, { high: sum.high, low: s.add(sum.low, s.add(inner.low, c1.low)) });
    const whole = fastTwoSum(s, exponent, log2m.high);

    // |log2 x| >= 2^-24 unless x = 1, so that |y| > 2^32 decides like 2^32; and 2^32 is even, as all floats above 2^24.
    const bound = within(s, y, -(2 ** 32), 2 ** 32);
    const product = twoProduct(s, bound, whole.high);
    const power = { high: product.high, low: s.add(product.low, s.mul(bound, s.add(whole.low, log2m.low))) };
    const bounded = within(s, power.high, -160, 130);
    const n = wholePart(s, bounded);
    const r = s.add(s.sub(bounded, n.float), within(s, power.low, -1, 1));
    const value = scale(s, s.add(one, expm1Small(s, s.mul(r, s.float(Math.LN2)))), n.int);

    const falling = s.lt(y, zero);
    const atZero = s.select(falling, infinity, zero);
    const atInfinity = s.select(falling, zero, infinity);
    const magnitude = s.select(s.eq(size, zero), atZero, s.select(s.eq(size, infinity), atInfinity, value));

    const isWhole = s.eq(s.floor(y), y);
    const half = s.mul(y, s.float(0.5));
    const odd = s.and(isWhole, s.not(s.eq(s.floor(half), half)));
    const negative = s.not(s.eqInt(s.andInt(s.bits(x), s.int(-0x80000000)), s.int(0)));
    const signed = s.select(s.and(negative, odd), s.neg(magnitude), magnitude);

    const undefinedThere = s.and(s.and(s.lt(x, zero), s.lt(size, infinity)), s.not(isWhole));
    const real = s.select(undefinedThere, s.float(NaN), signed);
    const known = s.select(s.eq(y, y), s.select(s.eq(x, x), real, x), y);
    return s.select(s.eq(y, zero), one, s.select(s.eq(x, one), one, known));
  },
  // JavaScript's power differs from C99's where |x| = 1: NaN for a NaN or infinite y.
  (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y)),
);
