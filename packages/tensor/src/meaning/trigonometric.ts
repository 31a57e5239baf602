// Meanings of the sine and the cosine, of turns and of radians.

import { type Arithmetic, meaning } from "./arithmetic.js";
import { halves, twoSum } from "./pair.js";
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

// pi / 2 as the sum of three float32 words, each the rest rounded to nearest: 2^-76 is left.
const HALF_PI = [1.5707963705062866, -4.371138828673793e-8, -1.7151245100058819e-15];

// Up to here q is exact and q pi / 2 keeps enough digits.
const LARGEST = 2 ** 24;

/** The upper 12 bits of a float32, as `halves` cuts them. */
const cutConstant = (x: number): number => {
  const word = new Int32Array(Float32Array.of(x).buffer);
  word[0] &= -4096;
  return new Float32Array(word.buffer)[0];
};

// On |r| <= 0.79, z = r^2: (sin(r) / r - 1) / z and (cos(r) - 1 + z / 2) / z^2, minimax, 2^-28 and 2^-33.
const SIN = [-0.16666653752326965, 0.008332106284797192, -0.00019507882825564593];
const COS = [0.04166664555668831, -0.0013887303648516536, 2.443120138195809e-5];

/** sin(positive + quarters pi / 2) for positive >= 0; the rest r = size - q pi / 2 is computed as a pair. */
function radians<F, I, B>(s: Arithmetic<F, I, B>, positive: F, quarters: number): F {
  // Infinity - Infinity makes the NaN of an infinite argument.
  const size = s.add(s.min(positive, s.float(LARGEST)), s.sub(positive, positive));
  const q = s.nearest(s.mul(size, s.float(2 / Math.PI)));
  const cut = halves(s, q);
  let high = size;
  let low = s.float(0);
  for (const word of HALF_PI) {
    // q word = product + rest exactly (Dekker), and so is the difference of size and the first product (Sterbenz).
    const upper = cutConstant(word);
    const product = s.mul(q, s.float(word));
    const cross = s.add(s.sub(s.mul(cut.high, s.float(upper)), product), s.mul(cut.high, s.float(word - upper)));
    const rest = s.add(s.add(cross, s.mul(cut.low, s.float(upper))), s.mul(cut.low, s.float(word - upper)));
    const first = twoSum(s, high, s.neg(product));
    const second = twoSum(s, first.high, s.neg(rest));
    high = second.high;
    low = s.add(low, s.add(first.low, second.low));
  }
  // Where size is large, size (2 / pi) was rounded so much that q is off: take the few missing quarters too.
  const more = wholePart(s, s.mul(high, s.float(2 / Math.PI)));
  const left = s.sub(high, s.mul(more.float, s.float(HALF_PI[0])));
  const reduced = twoSum(s, left, s.sub(low, s.mul(more.float, s.float(HALF_PI[1]))));
  const r = reduced.high;
  const z = s.mul(r, r);
  const sine = s.add(r, s.add(reduced.low, s.mul(s.mul(r, z), poly(s, z, SIN))));
  const bend = s.sub(s.mul(s.mul(z, z), poly(s, z, COS)), s.mul(r, reduced.low));
  const cosine = s.sub(s.float(1), s.sub(s.mul(s.float(0.5), z), bend));
  const index = s.addInt(s.toInt(q), more.int);
  return inQuadrant(s, s.addInt(index, s.int(quarters)), sine, cosine);
}

/**
 * sin(x), x in radians, within 1.25 ulp for |x| <= 2^24, where neighbouring floats are already a radian apart; a larger
 * |x| counts as 2^24 (use `sinTurns`, which has no such limit). NaN at infinity.
 */
export const sin = meaning("sin", 1, (s, x) => flipSign(s, radians(s, s.abs(x), 0), x), Math.sin);

/** cos(x), x in radians, under the limits of `sin`. */
export const cos = meaning("cos", 1, (s, x) => radians(s, s.abs(x), 1), Math.cos);
