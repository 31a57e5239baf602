// The elementwise operations of the table: value, slope, and where tests sample it. `g` is the cotangent of `y`.

import * as t from "@elbo/tensor";
import type { Case, Draw, None, OpAttributes, OpRecord } from "../core/signatures.js";
import type { Operand, Value } from "../core/traced.js";
import {
  abs,
  add,
  cos,
  div,
  equal,
  erfc,
  exp,
  expm1,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  mul,
  neg,
  pow,
  sigmoid,
  sign,
  sin,
  square,
  sub,
  tanh,
  where,
} from "../ops/elementwise.js";
import { broadcastable, elementwise, reals, unary, zeroTangent } from "./algebra.js";

const positive = reals(0.1, 3);
const linear = { linear: true };
const distinct = { distinct: true };

/** The operand that wins takes the cotangent; where both are equal each takes half. */
const share = (g: Value, wins: Value, ties: Value): Value => mul(g, add(wins, mul(0.5, ties)));
/** `e^a / (e^a + e^b)`, of differences so that no digits are lost to the size of a and b; 0 where both are -Infinity. */
const expShare = (y: Value, a: Operand, b: Operand): Value => {
  const some = greater(y, -Infinity);
  return mul(some, sigmoid(where(some, sub(a, b), 0)));
};
/** A number as a scalar of the result's dtype, so that what is computed from it alone has that precision. */
const beside = (y: Value, x: Operand): Value => (typeof x === "number" ? t.full([], x, { dtype: y.dtype }) : x);
const TWO_OVER_SQRT_PI = 1.1283791670955126;
const SQRT_HALF = Math.SQRT1_2;
const SQRT_TWO_OVER_PI = 0.7978845608028654;
const CUBIC = 0.044715;

export const elementwiseRecords = {
  // Arithmetic

  add: elementwise(t.add, [(g) => g, (g) => g], [reals(), reals()], linear),
  sub: elementwise(t.sub, [(g) => g, (g) => neg(g)], [reals(), reals()], linear),
  mul: elementwise(t.mul, [(g, _, _a, b) => mul(g, b), (g, _, a) => mul(g, a)], [reals(), reals()]),
  div: elementwise(t.div, [(g, _, _a, b) => div(g, b), (g, y, _a, b) => neg(div(mul(g, y), b))], [reals(), positive]),

  /**
   * `b a^(b-1)`, 0 where b = 0; `y log a`, 0 where a = 0. Where b = 0 the factor b makes the 0, so that the mixed
   * derivative 1/a is kept; only a base whose reciprocal overflows gives way to 1 there.
   */
  pow: elementwise(
    t.pow,
    [
      (g, y, a, b) => mul(g, mul(b, pow(where(mul(equal(b, 0), less(abs(a), 2 ** -126)), 1, a), sub(beside(y, b), 1)))),
      (g, y, a) => mul(g, where(equal(a, 0), 0, mul(y, log(where(equal(a, 0), 1, beside(y, a)))))),
    ],
    [positive, reals()],
  ),

  neg: unary(t.neg, (g) => neg(g), reals(), linear),
  abs: unary(t.abs, (g, _, x) => mul(g, sign(x)), reals(-2, 2, 0)),
  square: unary(t.square, (g, _, x) => mul(g, mul(2, x)), reals()),
  sqrt: unary(t.sqrt, (g, y) => div(g, mul(2, y)), positive),
  rsqrt: unary(t.rsqrt, (g, y) => mul(g, mul(-0.5, mul(y, square(y)))), positive),
  reciprocal: unary(t.reciprocal, (g, y) => neg(mul(g, square(y))), positive),

  maximum: elementwise(
    t.maximum,
    [(g, _, a, b) => share(g, greater(a, b), equal(a, b)), (g, _, a, b) => share(g, less(a, b), equal(a, b))],
    [reals(), reals()],
    distinct,
  ),
  minimum: elementwise(
    t.minimum,
    [(g, _, a, b) => share(g, less(a, b), equal(a, b)), (g, _, a, b) => share(g, greater(a, b), equal(a, b))],
    [reals(), reals()],
    distinct,
  ),

  where: {
    ...elementwise(
      t.where,
      [null, (g, _, c) => where(c, g, 0), (g, _, c) => where(c, 0, g)],
      [reals(), reals(), reals()],
      linear,
    ),
    domain: (draw: Draw): Case<None> => {
      const [condition, yes, no] = broadcastable(draw, 3);
      return {
        inputs: [
          { indices: condition, below: 2 },
          { shape: yes, interval: reals() },
          { shape: no, interval: reals() },
        ],
        attributes: {},
      };
    },
  },

  // Constant between jumps

  sign: zeroTangent(t.sign, [reals(-2, 2, 0)]),
  floor: zeroTangent(t.floor, [reals(-2, 2, -2, -1, 0, 1, 2)]),
  round: zeroTangent(t.round, [reals(-2, 2, -1.5, -0.5, 0.5, 1.5)]),
  equal: zeroTangent(t.equal, [reals(), reals()], distinct),
  notEqual: zeroTangent(t.notEqual, [reals(), reals()], distinct),
  less: zeroTangent(t.less, [reals(), reals()], distinct),
  lessEqual: zeroTangent(t.lessEqual, [reals(), reals()], distinct),
  greater: zeroTangent(t.greater, [reals(), reals()], distinct),
  greaterEqual: zeroTangent(t.greaterEqual, [reals(), reals()], distinct),

  // The exponential family

  exp: unary(t.exp, (g, y) => mul(g, y), reals()),
  expm1: unary(t.expm1, (g, _, x) => mul(g, exp(x)), reals()),
  expm1mx: unary(t.expm1mx, (g, _, x) => mul(g, expm1(x)), reals()),
  log: unary(t.log, (g, _, x) => div(g, x), positive),
  log1p: unary(t.log1p, (g, _, x) => div(g, add(1, x)), reals(-0.8, 3)),
  /** `-e^x / (1 - e^x) = -1 / (e^-x - 1)`. */
  log1mExp: unary(t.log1mExp, (g, _, x) => neg(div(g, expm1(neg(x)))), reals(-4, -0.2)),
  tanh: unary(t.tanh, (g, y) => mul(g, sub(1, square(y))), reals()),
  sigmoid: unary(t.sigmoid, (g, y, x) => mul(g, mul(y, sigmoid(neg(x)))), reals(-4, 4)),
  softplus: unary(t.softplus, (g, _, x) => mul(g, sigmoid(x)), reals(-4, 4)),
  logSigmoid: unary(t.logSigmoid, (g, _, x) => mul(g, sigmoid(neg(x))), reals(-4, 4)),
  silu: unary(t.silu, (g, _, x) => mul(g, mul(sigmoid(x), add(1, mul(x, sigmoid(neg(x)))))), reals(-4, 4)),

  logAddExp: elementwise(
    t.logAddExp,
    [(g, y, a, b) => mul(g, expShare(y, a, b)), (g, y, a, b) => mul(g, expShare(y, b, a))],
    [reals(), reals()],
  ),

  binaryCrossEntropyWithLogits: elementwise(
    t.binaryCrossEntropyWithLogits,
    [(g, _, l, target) => mul(g, sub(sigmoid(l), target)), (g, _, l) => neg(mul(g, l))],
    [reals(-4, 4), reals(0, 1)],
  ),

  relu: unary(t.relu, (g, _, x) => where(greater(x, 0), g, 0), reals(-2, 2, 0)),
  leakyRelu: {
    evaluate: ([x], { slope }) => t.leakyRelu(x, slope),
    shape: ([x]) => x,
    broadcasts: false,
    linear: false,
    derivative: {
      kind: "each",
      rules: [(g, { x, attributes }) => where(greater(x[0], 0), g, mul(attributes.slope, g))],
    },
    domain: (draw) => ({
      inputs: [{ shape: [draw.integer(1, 5)], interval: reals(-2, 2, 0) }],
      attributes: { slope: draw.integer(0, 3) / 10 },
    }),
  } satisfies OpRecord<OpAttributes["leakyRelu"]>,
  elu: {
    evaluate: ([x], { alpha }) => t.elu(x, alpha),
    shape: ([x]) => x,
    broadcasts: false,
    linear: false,
    derivative: {
      kind: "each",
      rules: [
        (g, { x, attributes }) =>
          mul(g, where(greater(x[0], 0), 1, mul(attributes.alpha, exp(where(greater(x[0], 0), 0, x[0]))))),
      ],
    },
    domain: (draw) => ({
      inputs: [{ shape: [draw.integer(1, 5)], interval: reals(-2, 2, 0) }],
      attributes: { alpha: draw.integer(1, 3) / 2 },
    }),
  } satisfies OpRecord<OpAttributes["elu"]>,
  clamp: {
    evaluate: ([x], { low, high }) => t.clamp(x, low, high),
    shape: ([x]) => x,
    broadcasts: false,
    linear: false,
    derivative: {
      kind: "each",
      rules: [(g, { x, attributes: { low, high } }) => mul(g, mul(greaterEqual(x[0], low), lessEqual(x[0], high)))],
    },
    domain: (draw) => ({
      inputs: [{ shape: [draw.integer(1, 6)], interval: reals(-2, 2, -1, 0.5) }],
      attributes: { low: -1, high: 0.5 },
    }),
  } satisfies OpRecord<OpAttributes["clamp"]>,

  // Special functions

  erf: unary(t.erf, (g, _, x) => mul(g, mul(TWO_OVER_SQRT_PI, exp(neg(square(x))))), reals()),
  erfc: unary(t.erfc, (g, _, x) => neg(mul(g, mul(TWO_OVER_SQRT_PI, exp(neg(square(x)))))), reals()),
  sin: unary(t.sin, (g, _, x) => mul(g, cos(x)), reals(-4, 4)),
  cos: unary(t.cos, (g, _, x) => neg(mul(g, sin(x))), reals(-4, 4)),

  /** `Phi(x) + x phi(x)`. */
  gelu: unary(
    t.gelu,
    (g, _, x) =>
      mul(g, add(mul(0.5, erfc(neg(mul(SQRT_HALF, x)))), mul(x, mul(SQRT_TWO_OVER_PI / 2, exp(mul(-0.5, square(x))))))),
    reals(-3, 3),
  ),

  /** With `u = sqrt(2/pi) (x + c x^3)`: `(1 + tanh u)/2 + x/2 (1 - tanh^2 u) u'`. */
  geluTanh: unary(
    t.geluTanh,
    (g, _, x) => {
      const tangent = tanh(mul(SQRT_TWO_OVER_PI, add(x, mul(CUBIC, mul(x, square(x))))));
      const slope = mul(SQRT_TWO_OVER_PI, add(1, mul(3 * CUBIC, square(x))));
      return mul(g, mul(0.5, add(add(1, tangent), mul(mul(x, sub(1, square(tangent))), slope))));
    },
    reals(-3, 3),
  ),
};
