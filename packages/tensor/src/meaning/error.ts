// Meanings of the error function and of what is made from it.

import { type Arithmetic, meaning } from "./arithmetic.js";
import { twoSquare } from "./pair.js";
import { poly } from "./polynomial.js";
import { reduceExp, timesExp, withSign } from "./reduction.js";

// erf(x) / x - 1 as a polynomial of x^2 on |x| <= 3/4: minimax, 2^-29.
const ERF_NEAR = [
  0.12837916612625122, -0.3761261999607086, 0.11283379048109055, -0.026834335178136826, 0.005113156978040934,
  -0.0006737583898939192,
];

// (x + 3/2) e^(x^2) erfc(x) on x >= 3/4 as a polynomial of (x - 3/2) / (x + 3/2): minimax, 2^-25.
const ERFCX = [
  0.9647562503814697, -0.5078502893447876, 0.075621597468853, 0.04778171330690384, -0.008126306347548962,
  -0.009616796858608723, -0.0006256891065277159, 0.002276642946526408,
];

/** e^(x^2) erfc(x) for x >= 3/4. */
function erfcScaled<F, I, B>(s: Arithmetic<F, I, B>, x: F): F {
  const shifted = s.add(x, s.float(1.5));
  return s.div(poly(s, s.div(s.sub(x, s.float(1.5)), shifted), ERFCX), shifted);
}

/** erf in double: 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n + 1) / (1 3 ... (2n + 1)), all terms positive (A&S 7.1.6). */
function series(x: number): number {
  let [term, total] = [x, x];
  for (let n = 1; term > total * 1e-17; n++) total += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** erfc in double: e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), from the end (A&S 7.1.14). */
function fraction(x: number): number {
  let value = x;
  for (let n = 200; n >= 1; n--) value = x + n / 2 / value;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value);
}

// Where series and fraction meet: 200 levels of the fraction leave e^-40 there.
const MEET = 1;

function erfcDouble(x: number): number {
  if (x < 0) return 2 - erfcDouble(-x);
  return x < MEET ? 1 - series(x) : fraction(x);
}

function erfDouble(x: number): number {
  if (x === 0) return x;
  return Math.sign(x) * (Math.abs(x) < MEET ? series(Math.abs(x)) : 1 - fraction(Math.abs(x)));
}

/** erf(x) for |x| <= 3/4, where `square` is x^2. */
function erfNear<F, I, B>(s: Arithmetic<F, I, B>, x: F, square: F): F {
  return s.add(x, s.mul(x, poly(s, square, ERF_NEAR)));
}

/** 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: odd polynomial near 0, 1 - erfc elsewhere. */
export const erf = meaning(
  "erf",
  1,
  (s, x) => {
    const size = s.pmin(s.abs(x), s.float(5));
    const square = s.mul(size, size);
    const near = erfNear(s, size, square);
    const far = s.sub(s.float(1), timesExp(s, erfcScaled(s, size), reduceExp(s, s.neg(square))));
    return withSign(s, s.select(s.lt(size, s.float(0.75)), near, far), x);
  },
  erfDouble,
);

/** 1 - erf(x), with relative accuracy down to subnormal results. */
export const erfc = meaning(
  "erfc",
  1,
  (s, x) => {
    const size = s.pmin(s.abs(x), s.float(12));
    const square = twoSquare(s, size);
    // The absolute error of x^2, up to 104, would become a relative one of the tail: x^2 is a pair.
    const tail = timesExp(s, erfcScaled(s, size), reduceExp(s, s.neg(square.high), s.neg(square.low)));
    const far = s.select(s.lt(x, s.float(0)), s.sub(s.float(2), tail), tail);
    const near = s.sub(s.float(1), erfNear(s, x, square.high));
    return s.select(s.lt(size, s.float(0.75)), near, far);
  },
  erfcDouble,
);

// (Phi(x) - 1/2) / x as a polynomial of x^2 on |x| <= 1.07: minimax, 2^-29.
const PHI_NEAR = [
  0.3989422619342804, -0.06649001687765121, 0.009971532970666885, -0.0011825364781543612, 0.0001099785731639713,
  -6.4754804043332115e-6,
];

// (t + 17/8) e^(t^2 / 2) Phi(-t) on t >= 1.06 as a polynomial of (t - 17/8) / (t + 17/8): minimax, 2^-25.
const PHI_FAR = [
  0.6824654340744019, -0.35991382598876953, 0.054229725152254105, 0.03365538641810417, -0.005896514281630516,
  -0.0067803929559886456, -0.00039792520692572, 0.0016007741214707494,
];

/**
 * x Phi(x), Phi(x) = erfc(-x / sqrt(2)) / 2 the normal distribution function (Hendrycks and Gimpel, Gaussian error
 * linear units, 2016). Without cancellation for x < 0, down to subnormal results; -0 at -Infinity, its limit.
 */
export const gelu = meaning(
  "gelu",
  1,
  (s, x) => {
    const size = s.pmin(s.abs(x), s.float(15));
    const square = twoSquare(s, size);
    const minusHalf = s.float(-0.5);
    const reduced = reduceExp(s, s.mul(minusHalf, square.high), s.mul(minusHalf, square.low));
    const shifted = s.add(size, s.float(2.125));
    const over = s.mul(size, poly(s, s.div(s.sub(size, s.float(2.125)), shifted), PHI_FAR));
    // x Phi(x) = x - x Phi(-x) for x > 0.
    const tail = timesExp(s, s.div(over, shifted), reduced);
    const far = s.sub(s.pmax(x, s.float(-0)), tail);
    const near = s.mul(x, s.add(s.float(0.5), s.mul(x, poly(s, square.high, PHI_NEAR))));
    return s.select(s.lt(size, s.float(1.0625)), near, far);
  },
  (x) => (x === -Infinity ? -0 : 0.5 * x * erfcDouble(-x * Math.SQRT1_2)),
);
