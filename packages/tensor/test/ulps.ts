// How far the special functions are from double: their bounds, the numbers they are measured at, and the measuring.
// special.test.ts holds them to it; tools/ulps.ts writes the page.

import * as meanings from "../src/meaning/index.js";
import { type Meaning } from "../src/meaning/index.js";

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The float32 of a word. */
export const fromBits = (bits: number): number => {
  word[0] = bits;
  return float[0];
};

/** The spacing of float32 numbers at y; 2^-149 among the subnormals. */
export function ulp(y: number): number {
  float[0] = Math.abs(y);
  let exponent = Math.max(Math.min((word[0] >> 23) & 255, 254), 1) - 127;
  // y may have been rounded up to a power of two.
  if (exponent > -126 && 2 ** exponent > Math.abs(y)) exponent--;
  return 2 ** (exponent - 23);
}

/** |got - want| in ulps of `want`. An overflow counts as 2^128; what rounds to `got` is within half an ulp. */
export function error(got: number, want: number): number {
  if (Number.isNaN(want) || Number.isNaN(got)) return Object.is(got, want) ? 0 : Infinity;
  if (got === want || (Math.fround(want) === got && !Number.isFinite(got))) return 0;
  const finite = (y: number): number => Math.max(-(2 ** 128), Math.min(2 ** 128, y));
  return Math.abs(finite(got) - finite(want)) / ulp(want);
}

/** A fixed stream of 23-bit significands. */
export function* significands(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    yield state >>> 9;
  }
}

/** `perBinade` float32 numbers of every exponent and both signs: the ends of the binade, and between them at random. */
export function everyBinade(perBinade: number, seed = 1): Float32Array {
  const bits = new Int32Array(2 * 255 * perBinade);
  const random = significands(seed);
  let at = 0;
  for (let exponent = 0; exponent < 255; exponent++) {
    for (let i = 0; i < perBinade; i++) {
      const fraction = i === 0 ? 0 : i === 1 ? 0x7fffff : random.next().value;
      bits[at++] = (exponent << 23) | fraction;
      bits[at++] = (exponent << 23) | fraction | -0x80000000;
    }
  }
  return new Float32Array(bits.buffer);
}

/** `count` numbers with sizes from 2^-14 to 2^7, as many in each binade, and both signs. */
export function denseNumbers(count: number): Float32Array {
  const random = significands(7);
  return new Float32Array(count).map((_, i) =>
    fromBits(((113 + (i % 21)) << 23) | random.next().value | (i & 32 ? -0x80000000 : 0)),
  );
}

/** What is asked of a function of one argument. */
export interface Asked {
  readonly meaning: Meaning;
  /** The bound in ulps. */
  readonly within: number;
  /** The bound is for |x| up to this. */
  readonly upTo?: number;
  /**
   * Where searches found the worst: for `sin` and `cos` among all floats from 2^-12 to `upTo`; for the others among every
   * fifth float from 2^-4 to 8 (without erf, erfc and gelu), the neighbourhoods that are worst in a sample, and those of
   * results that are powers of two, where the ulp halves.
   */
  readonly worstAt: number;
}

export const asked: readonly Asked[] = [
  { meaning: meanings.exp, within: 1, worstAt: 5.248384475708008 },
  { meaning: meanings.expm1, within: 1.5, worstAt: 0.34788671135902405 },
  { meaning: meanings.expm1mx, within: 2, worstAt: 1.8247945308685303 },
  { meaning: meanings.log, within: 1, worstAt: 1.4054595232009888 },
  { meaning: meanings.log1p, within: 1.5, worstAt: 0.42367854714393616 },
  { meaning: meanings.log1mExp, within: 2, worstAt: -0.9901727437973022 },
  { meaning: meanings.tanh, within: 1.5, worstAt: 0.5570467114448547 },
  { meaning: meanings.sigmoid, within: 2, worstAt: -6.237699031829834 },
  { meaning: meanings.softplus, within: 2, worstAt: -0.43508148193359375 },
  { meaning: meanings.logSigmoid, within: 2, worstAt: 0.43508148193359375 },
  { meaning: meanings.silu, within: 2.5, worstAt: -5.939606189727783 },
  { meaning: meanings.geluTanh, within: 3, worstAt: -2.7461655139923096 },
  { meaning: meanings.erf, within: 1.75, worstAt: 0.7621885538101196 },
  { meaning: meanings.erfc, within: 4.5, worstAt: 6.682957172393799 },
  { meaning: meanings.gelu, within: 4, worstAt: -2.195995569229126 },
  { meaning: meanings.sinTurns, within: 1.75, worstAt: 0.0833059698343277 },
  { meaning: meanings.cosTurns, within: 1.75, worstAt: 0.1666940301656723 },
  { meaning: meanings.sin, within: 1.6, worstAt: 7548.73974609375, upTo: 2 ** 24 },
  { meaning: meanings.cos, within: 1.6, worstAt: 21116.71875, upTo: 2 ** 24 },
];

/** The worst error, and where it is. */
export interface Worst {
  readonly ulps: number;
  readonly at: number;
}

/** The worst of results beside a function in double. */
export function worst(results: ArrayLike<number>, double: (x: number) => number, xs: Float32Array): Worst {
  let found: Worst = { ulps: 0, at: NaN };
  for (let i = 0; i < xs.length; i++) {
    const ulps = error(results[i], double(xs[i]));
    if (!(ulps <= found.ulps)) found = { ulps, at: xs[i] };
  }
  return found;
}

/** The float32 function of a meaning, over many numbers. */
export type Over = (meaning: Meaning, ...x: Float32Array[]) => Float32Array;

/** What was measured of a function: over every exponent and where searches found it worst, and densely. */
export interface Measured extends Asked {
  readonly everywhere: Worst;
  readonly densely: Worst;
}

/** Measures every function of one argument. */
export function measure(over: Over): Measured[] {
  const [everywhere, densely] = [everyBinade(300), denseNumbers(40_000)];
  return asked.map((row) => {
    const { meaning, upTo = Infinity, worstAt } = row;
    const at = (xs: Float32Array): Worst => worst(over(meaning, xs), meaning.double!, xs);
    const within = Float32Array.from([...everywhere.filter((x) => Math.abs(x) <= upTo), worstAt]);
    return { ...row, everywhere: at(within), densely: at(densely) };
  });
}

/** The bound of `pow` in ulps, wherever the result is a float, and its worst where exponents reach all results. */
export const POW_WITHIN = 1.25;

/** The worst of `pow` over bases of every exponent, with exponents such that results go from 2^-150 to 2^129. */
export function measurePow(over: Over): Worst & { readonly exponent: number } {
  const random = significands(13);
  const bases = everyBinade(150, 8).filter((x) => x > 0);
  const exponents = bases.map((x) => ((random.next().value / 2 ** 23) * 279 - 150) / Math.log2(x));
  const results = over(meanings.pow, bases, exponents);
  let found = { ulps: 0, at: NaN, exponent: NaN };
  for (let i = 0; i < bases.length; i++) {
    const ulps = error(results[i], meanings.pow.double!(bases[i], exponents[i]));
    if (!(ulps <= found.ulps)) found = { ulps, at: bases[i], exponent: exponents[i] };
  }
  return found;
}
