// The direct interpretation: a meaning applied to JavaScript numbers, step by step. The readable truth.

import { type Arithmetic, type Meaning } from "./arithmetic.js";

/** Which rounding an interpretation applies after each step. */
export type Precision = "float32" | "float64";

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** Halves to even, as hardware rounds. Adding 2^52 leaves no room for a fraction. */
export function nearest(x: number): number {
  const magic = 2 ** 52;
  if (!(Math.abs(x) < magic)) return x;
  const rounded = Math.abs(x) + magic - magic;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

function noBits(): never {
  throw new Error("a meaning that looks at the bits of a float32 needs a double reference");
}

function arithmetic(precision: Precision): Arithmetic<number, number, boolean> {
  const round = precision === "float32" ? Math.fround : (x: number) => x;
  const s: Arithmetic<number, number, boolean> = {
    float: round,
    add: (x, y) => round(x + y),
    sub: (x, y) => round(x - y),
    mul: (x, y) => round(x * y),
    div: (x, y) => round(x / y),
    neg: (x) => -x,
    abs: Math.abs,
    sqrt: (x) => round(Math.sqrt(x)),
    floor: Math.floor,
    nearest,
    min: Math.min,
    max: Math.max,
    pmin: (x, y) => (y < x ? y : x),
    pmax: (x, y) => (x < y ? y : x),
    lt: (x, y) => x < y,
    le: (x, y) => x <= y,
    eq: (x, y) => x === y,
    and: (p, q) => p && q,
    not: (p) => !p,
    select: (p, yes, no) => (p ? yes : no),
    int: (x) => x | 0,
    addInt: (x, y) => (x + y) | 0,
    subInt: (x, y) => (x - y) | 0,
    andInt: (x, y) => x & y,
    orInt: (x, y) => x | y,
    shiftLeft: (x, by) => x << by,
    shiftRight: (x, by) => x >> by,
    eqInt: (x, y) => x === y,
    bits:
      precision === "float32"
        ? (x) => {
            float[0] = x;
            return word[0];
          }
        : noBits,
    fromBits:
      precision === "float32"
        ? (x) => {
            word[0] = x;
            return float[0];
          }
        : noBits,
    toInt: (x) => x | 0,
    toFloat: (x) => round(x),
    divideWhole: (x, { high, low, reciprocal }) => {
      const quotient = nearest(x * reciprocal);
      return { quotient: round(quotient), rest: round(x - quotient * high - quotient * low) };
    },
    apply: (inner, ...x) => (precision === "float64" && inner.double ? inner.double(...x) : inner.define(s, ...x)),
  };
  return s;
}

const interpretations = { float32: arithmetic("float32"), float64: arithmetic("float64") };

/** The value of a meaning at numbers; in float32 the arguments are rounded first. */
export function evaluate(meaning: Meaning, x: readonly number[], precision: Precision = "float32"): number {
  const s = interpretations[precision];
  return s.apply(meaning, ...x.map((v) => s.float(v)));
}
