// Meanings of arithmetic, comparison and selection: exact or correctly rounded in any precision.

import { meaning } from "./arithmetic.js";

export const add = meaning("add", 2, (s, x, y) => s.add(x, y));
export const sub = meaning("sub", 2, (s, x, y) => s.sub(x, y));
export const mul = meaning("mul", 2, (s, x, y) => s.mul(x, y));
export const div = meaning("div", 2, (s, x, y) => s.div(x, y));
export const neg = meaning("neg", 1, (s, x) => s.neg(x));
export const abs = meaning("abs", 1, (s, x) => s.abs(x));
export const square = meaning("square", 1, (s, x) => s.mul(x, x));
export const sqrt = meaning("sqrt", 1, (s, x) => s.sqrt(x));
export const rsqrt = meaning("rsqrt", 1, (s, x) => s.div(s.float(1), s.sqrt(x)));
export const reciprocal = meaning("reciprocal", 1, (s, x) => s.div(s.float(1), x));
export const floor = meaning("floor", 1, (s, x) => s.floor(x));
/** To the nearest whole number, halves to even (NumPy's `rint`). */
export const round = meaning("round", 1, (s, x) => s.nearest(x));
/** -1, 0 or 1; NaN stays NaN and a zero keeps its sign. */
export const sign = meaning("sign", 1, (s, x) =>
  s.select(s.lt(s.float(0), x), s.float(1), s.select(s.lt(x, s.float(0)), s.float(-1), x)),
);

/** The larger; NaN if either is NaN. */
export const maximum = meaning("maximum", 2, (s, x, y) => s.max(x, y));
/** The smaller; NaN if either is NaN. */
export const minimum = meaning("minimum", 2, (s, x, y) => s.min(x, y));
/** `min(max(x, low), high)`. */
export const clamp = meaning("clamp", 3, (s, x, low, high) => s.min(s.max(x, low), high));

export const equal = meaning("equal", 2, (s, x, y) => s.select(s.eq(x, y), s.float(1), s.float(0)));
export const notEqual = meaning("notEqual", 2, (s, x, y) => s.select(s.eq(x, y), s.float(0), s.float(1)));
export const less = meaning("less", 2, (s, x, y) => s.select(s.lt(x, y), s.float(1), s.float(0)));
export const lessEqual = meaning("lessEqual", 2, (s, x, y) => s.select(s.le(x, y), s.float(1), s.float(0)));
export const greater = meaning("greater", 2, (s, x, y) => s.select(s.lt(y, x), s.float(1), s.float(0)));
export const greaterEqual = meaning("greaterEqual", 2, (s, x, y) => s.select(s.le(y, x), s.float(1), s.float(0)));

/** The second argument where the first is not 0, else the third. */
export const where = meaning("where", 3, (s, condition, yes, no) => s.select(s.eq(condition, s.float(0)), no, yes));
