// Meanings of the logistic family and of the activations that are built on it.

import { type Arithmetic, meaning } from "./arithmetic.js";
import { expm1 } from "./exponential.js";
import { twoProduct, twoSquare, twoSum } from "./pair.js";
import { poly } from "./polynomial.js";
import { addLog1pExp, expOf, powerOfTwo, reduceExp, scale, withSign } from "./reduction.js";

// e^-150 is far below the least subnormal.
const LOWEST = -150;

// (tanh(x) / x - 1) / x^2 as a polynomial of x^2 on |x| <= 0.55: minimax, 2^-29.
const TANH_NEAR = [
  -0.33333316445350647, 0.133325457572937, -0.05384784936904907, 0.021052472293376923, -0.006245992612093687,
];

/** The hyperbolic tangent: odd polynomial near 0, 1 - 2 / (1 + e^(2|x|)) under the sign of x elsewhere. */
export const tanh = meaning(
  "tanh",
  1,
  (s, x) => {
    // 1 - tanh(10) < 2^-27.
    const size = s.pmin(s.abs(x), s.float(10));
    const { n, m } = reduceExp(s, s.add(size, size));
    const power = powerOfTwo(s, n);
    const grown = s.add(s.float(1), s.add(power, s.mul(power, m)));
    const far = s.sub(s.float(1), s.div(s.float(2), grown));
    const z = s.mul(size, size);
    const near = s.add(size, s.mul(size, s.mul(z, poly(s, z, TANH_NEAR))));
    return withSign(s, s.select(s.lt(size, s.float(0.55)), near, far), x);
  },
  Math.tanh,
);

const sigmoidDouble = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** x / (1 + e) for 0 <= e <= 1. */
function divideByOnePlus<F, I, B>(s: Arithmetic<F, I, B>, x: F, e: F): F {
  // Where 1 + e = under - excess, x / (1 + e) is about (1 + excess / under) x / under. The excess weighs most where
  // `under` is near 1, and so the division of it is left out.
  const under = s.add(s.float(1), e);
  const quotient = s.div(x, under);
  const excess = s.sub(s.sub(under, s.float(1)), e);
  return s.add(quotient, s.mul(quotient, excess));
}

/** 1 / (1 + e^-x), from e^-|x|, which cannot overflow: e^x / (1 + e^x) below 0. */
export const sigmoid = meaning(
  "sigmoid",
  1,
  (s, x) => {
    const e = expOf(s, reduceExp(s, s.pmax(s.neg(s.abs(x)), s.float(LOWEST))));
    return divideByOnePlus(s, s.select(s.lt(x, s.float(0)), e, s.float(1)), e);
  },
  sigmoidDouble,
);

/** log(1 + e^x) = max(x, 0) + log1p(e^-|x|). */
function softplusOf<F, I, B>(s: Arithmetic<F, I, B>, x: F): F {
  return addLog1pExp(s, s.pmax(x, s.float(0)), reduceExp(s, s.pmax(s.neg(s.abs(x)), s.float(LOWEST))));
}

const softplusDouble = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** log(1 + e^x), the smooth ramp. */
export const softplus = meaning("softplus", 1, (s, x) => softplusOf(s, x), softplusDouble);

/**
 * -log of the Bernoulli probability of t in 0..1 under the logit l: max(l, 0) - l t + log1p(e^-|l|), finite for every
 * finite logit, and small without cancellation where l and t agree.
 */
export const binaryCrossEntropyWithLogits = meaning(
  "binaryCrossEntropyWithLogits",
  2,
  (s, l, t) => {
    const linear = s.sub(s.pmax(l, s.float(0)), s.mul(l, t));
    return addLog1pExp(s, linear, reduceExp(s, s.pmax(s.neg(s.abs(l)), s.float(LOWEST))));
  },
  (l, t) => Math.max(l, 0) - l * t + Math.log1p(Math.exp(-Math.abs(l))),
);

/** log(sigmoid(x)) = -softplus(-x). */
export const logSigmoid = meaning(
  "logSigmoid",
  1,
  (s, x) => s.neg(softplusOf(s, s.neg(x))),
  (x) => -softplusDouble(-x),
);

/** x sigmoid(v + low) for v of the sign of x, scaled last: x e^v may be normal where e^v is not. */
function timesSigmoid<F, I, B>(s: Arithmetic<F, I, B>, x: F, v: F, low?: F): F {
  const negative = s.lt(v, s.float(0));
  const lower = low === undefined ? undefined : s.select(negative, low, s.neg(low));
  const { n, m } = reduceExp(s, s.pmax(s.neg(s.abs(v)), s.float(LOWEST)), lower);
  // Below -200 all is 0, above 200 it is x; the bounds keep infinity times 0 away. x + x m rounds less than x (1 + m).
  const bounded = s.pmax(x, s.float(-200));
  const over = s.select(negative, s.add(bounded, s.mul(bounded, m)), x);
  const quotient = divideByOnePlus(s, over, expOf(s, { n, m }));
  return s.select(negative, scale(s, quotient, n), s.select(s.lt(x, s.float(200)), quotient, x));
}

/** x sigmoid(x) (swish); -0 at -Infinity, its limit. */
export const silu = meaning(
  "silu",
  1,
  (s, x) => timesSigmoid(s, x, x),
  (x) => (x === -Infinity ? -0 : x * sigmoidDouble(x)),
);

/** max(x, 0): 0 at both zeros; NaN stays NaN. */
export const relu = meaning("relu", 1, (s, x) => s.max(x, s.float(0)));

/** x where x >= 0, else slope x. */
export const leakyRelu = meaning("leakyRelu", 2, (s, x, slope) => s.select(s.lt(x, s.float(0)), s.mul(slope, x), x));

/** x where x >= 0, else alpha (e^x - 1). */
export const elu = meaning("elu", 2, (s, x, alpha) =>
  s.select(s.lt(x, s.float(0)), s.mul(alpha, s.apply(expm1, x)), x),
);

// tanh form of gelu: x sigmoid(x (A + B x^2)), A = 2 sqrt(2 / pi), B = 0.044715 A.
const A = 2 * Math.sqrt(2 / Math.PI);
const B_CUBIC = 0.044715 * A;

/**
 * 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), which is x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)); -0 at
 * -Infinity (Hendrycks and Gimpel, Gaussian error linear units, 2016).
 */
export const geluTanh = meaning(
  "geluTanh",
  1,
  (s, x) => {
    // The tail e^v multiplies the absolute error of v, up to 100, into a relative one: v is computed as a pair.
    const bounded = s.pmin(s.pmax(x, s.float(-16)), s.float(16));
    const square = twoSquare(s, bounded);
    const cubic = twoProduct(s, square.high, s.float(B_CUBIC));
    const rest = s.add(
      s.mul(square.high, s.float(B_CUBIC - Math.fround(B_CUBIC))),
      s.mul(square.low, s.float(B_CUBIC)),
    );
    const slope = twoSum(s, s.float(A), cubic.high);
    const slopeLow = s.add(s.add(slope.low, s.float(A - Math.fround(A))), s.add(cubic.low, rest));
    const v = twoProduct(s, bounded, slope.high);
    return timesSigmoid(s, x, v.high, s.add(v.low, s.mul(bounded, slopeLow)));
  },
  (x) => (x === -Infinity ? -0 : x * sigmoidDouble(x * (A + B_CUBIC * x * x))),
);
