// Meanings of the sine and the cosine, of turns and of radians.

import { type Arithmetic, meaning } from "./arithmetic.js";
import { poly } from "./polynomial.js";
import { flipSign, wholePart } from "./reduction.js";

// On |r| <= 1/8 turn, z = r^2: (sin(2 pi r) / r - 2 pi) / z and (cos(2 pi r) - 1) / z, minimax, 2^-28 and 2^-31.
const SIN_TURNS = [-41.341670989990234, 81.59342956542969, -75.42753601074219];
const COS_TURNS = [-19.739208221435547, 64.93914794921875, -85.42450714111328, 58.61928176879883];
const TAU = 2 * Math.PI;
const TAU_LOW = TAU - Math.fround(TAU);

/** The value for quadrant q: of the sine s and the cosine c of the rest, +-s where q is even, +-c where odd. */
function inQuadrant<F, I, B>(s: Arithmetic<F, I, B>, q: I, sine: F, cosine: F): F {
  const even = s.eqInt(s.andInt(q, s.int(1)), s.int(0));
  // Bit 1 of q becomes the sign bit; adding it flips the sign.
  const sign = s.shiftLeft(s.andInt(q, s.int(2)), 30);
  return s.fromBits(s.addInt(s.bits(s.select(even, sine, cosine)), sign));
}

/** sin(2 pi (size + quarters / 4)) for size >= 0. */
function turns<F, I, B>(s: Arithmetic<F, I, B>, size: F, quarters: number): F {
  // Both subtractions are exact: the minuend and the subtrahend are within a factor of 2, or the latter is 0.
  const fraction = s.sub(size, s.nearest(size));
  const q = wholePart(s, s.mul(s.float(4), fraction));
  const r = s.sub(fraction, s.mul(s.float(0.25), q.float));
  const z = s.mul(r, r);
  const tail = s.mul(r, s.add(s.float(TAU_LOW), s.mul(z, poly(s, z, SIN_TURNS))));
  const sine = s.add(s.mul(r, s.float(TAU)), tail);
  const cosine = s.add(s.float(1), s.mul(z, poly(s, z, COS_TURNS)));
  return inQuadrant(s, s.addInt(q.int, s.int(quarters)), sine, cosine);
}

const turnsDouble = (t: number, quarters: number): number => {
  const fraction = t - Math.round(t);
  const q = Math.round(4 * fraction);
  const r = TAU * (fraction - q / 4);
  return [Math.sin(r), Math.cos(r), -Math.sin(r), -Math.cos(r)][(q + quarters) & 3];
};

/** sin(2 pi t), t in turns: the reduction is exact for every finite t. */
export const sinTurns = meaning(
  "sinTurns",
  1,
  (s, t) => flipSign(s, turns(s, s.abs(t), 0), t),
  (t) => (t === 0 ? t : turnsDouble(t, 0)),
);

/** cos(2 pi t), t in turns: the reduction is exact for every finite t. */
export const cosTurns = meaning(
  "cosTurns",
  1,
  (s, t) => turns(s, s.abs(t), 1),
  (t) => turnsDouble(t, 1),
);

// pi / 2 to 82 bits: `high` has 29, so that its products with whole numbers up to 2^24 are exact in double.
const HIGH = Math.round((Math.PI / 2) * 2 ** 28) / 2 ** 28;
// The double nearest to pi / 2 falls short of it by 6.123e-17.
const HALF_PI = { high: HIGH, low: Math.PI / 2 - HIGH + 6.123233995736766e-17, reciprocal: 2 / Math.PI };

// Up to here the quotient by pi / 2 has no more than 24 bits.
const LARGEST = 2 ** 24;

// On |r| <= 0.79, z = r^2: (sin(r) / r - 1) / z and (cos(r) - 1 + z / 2) / z^2, minimax, 2^-28 and 2^-33.
const SIN = [-0.16666653752326965, 0.008332106284797192, -0.00019507882825564593];
const COS = [0.04166664555668831, -0.0013887303648516536, 2.443120138195809e-5];

/** sin(positive + quarters pi / 2) for positive >= 0. */
function radians<F, I, B>(s: Arithmetic<F, I, B>, positive: F, quarters: number): F {
  // Infinity - Infinity makes the NaN of an infinite argument.
  const size = s.add(s.pmin(positive, s.float(LARGEST)), s.sub(positive, positive));
  const { quotient, rest: r } = s.divideWhole(size, HALF_PI);
  const z = s.mul(r, r);
  const sine = s.add(r, s.mul(s.mul(r, z), poly(s, z, SIN)));
  const bend = s.sub(s.mul(s.float(0.5), z), s.mul(s.mul(z, z), poly(s, z, COS)));
  return inQuadrant(s, s.addInt(s.toInt(quotient), s.int(quarters)), sine, s.sub(s.float(1), bend));
}

/**
 * sin(x), x in radians, within 1.6 ulp for |x| <= 2^24, where neighbouring floats are already a radian apart; a larger
 * |x| counts as 2^24 (use `sinTurns`, which has no such limit). NaN at infinity.
 */
export const sin = meaning("sin", 1, (s, x) => flipSign(s, radians(s, s.abs(x), 0), x), Math.sin);

/** cos(x), x in radians, under the limits of `sin`. */
export const cos = meaning("cos", 1, (s, x) => radians(s, s.abs(x), 1), Math.cos);
