// The scalar vocabulary in which every elementwise operation is written once, to be interpreted several ways.

/**
 * The arithmetic that meanings are written in. `F` is a float, `I` a 32-bit integer, `B` a truth value. Everything
 * here is correctly rounded or exact in IEEE 754, and is one SIMD instruction in WebAssembly; so the same meaning gives
 * the same bits wherever it runs. There is no branch: `select` computes both sides.
 */
export interface Arithmetic<F, I, B> {
  float(x: number): F;
  add(x: F, y: F): F;
  sub(x: F, y: F): F;
  mul(x: F, y: F): F;
  div(x: F, y: F): F;
  neg(x: F): F;
  abs(x: F): F;
  sqrt(x: F): F;
  floor(x: F): F;
  /** To the nearest whole number, halves to even. */
  nearest(x: F): F;
  /** NaN if either is NaN; -0 is below +0. */
  min(x: F, y: F): F;
  max(x: F, y: F): F;
  /** `y < x ? y : x` and `x < y ? y : x`: x where either is NaN. One instruction where `min` and `max` are eight. */
  pmin(x: F, y: F): F;
  pmax(x: F, y: F): F;

  lt(x: F, y: F): B;
  le(x: F, y: F): B;
  eq(x: F, y: F): B;
  and(p: B, q: B): B;
  not(p: B): B;
  select(p: B, yes: F, no: F): F;

  int(x: number): I;
  addInt(x: I, y: I): I;
  subInt(x: I, y: I): I;
  andInt(x: I, y: I): I;
  orInt(x: I, y: I): I;
  /** Shifts by a constant; `shiftRight` keeps the sign. */
  shiftLeft(x: I, by: number): I;
  shiftRight(x: I, by: number): I;
  eqInt(x: I, y: I): B;
  /** The 32 bits of a float32, and back. Only float32 interpretations have them. */
  bits(x: F): I;
  fromBits(x: I): F;
  /** Towards zero; the caller keeps |x| below 2^31. */
  toInt(x: F): I;
  toFloat(x: I): F;

  /**
   * The nearest whole number q to x / divisor, and x - q divisor: computed in double, where the divisor is given to
   * more digits than a double holds, each rounded to float32 at the end.
   */
  divideWhole(x: F, by: Divisor): { readonly quotient: F; readonly rest: F };

  /** Another meaning, applied. An interpretation in double uses that meaning's double reference where it has one. */
  apply(meaning: Meaning, ...x: F[]): F;
}

/** `high + low`, its reciprocal rounded; `high` has so few bits that its products with the quotients are exact. */
export interface Divisor {
  readonly high: number;
  readonly low: number;
  readonly reciprocal: number;
}

/** What an elementwise operation means: a program over `Arithmetic`. */
export interface Meaning {
  readonly name: string;
  readonly arity: number;
  define<F, I, B>(s: Arithmetic<F, I, B>, ...x: F[]): F;
  /**
   * The same function in double precision, for checks: needed where the program is an approximation tuned to float32
   * (it uses the bits of a float, or polynomials of float32 accuracy). Absent where the program itself is exact enough.
   */
  readonly double?: (...x: number[]) => number;
}

/** Names a meaning. */
export function meaning(
  name: string,
  arity: number,
  define: <F, I, B>(s: Arithmetic<F, I, B>, ...x: F[]) => F,
  double?: (...x: number[]) => number,
): Meaning {
  return double === undefined ? { name, arity, define } : { name, arity, define, double };
}
