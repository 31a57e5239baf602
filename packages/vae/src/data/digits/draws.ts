// A stream of random numbers under one key: uniform, normal, choices. The only source of chance in the digits.

import { type Key, threefry2x32 } from "@elbo/tensor";
import { cos, log, sin } from "./scalar.js";

/** Draws in order; the n-th draw depends on the key and n alone. */
export class Draws {
  readonly #key: Key;
  readonly #pair = new Uint32Array(2);
  #count = 0;
  #spare = 0;
  #hasSpare = false;

  constructor(key: Key) {
    this.#key = key;
  }

  /** 32 random bits: word n of `randomBits(key, ...)`. */
  bits(): number {
    const n = this.#count++;
    if ((n & 1) === 1) return this.#pair[1];
    threefry2x32(this.#key.words[0], this.#key.words[1], n >>> 1, 0, this.#pair);
    return this.#pair[0];
  }

  /** Uniform in (0, 1): the middles of 2^32 equal cells. */
  uniform(): number {
    return (this.bits() + 0.5) / 4294967296;
  }

  /** Uniform in (low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Standard normal, by Box and Muller (1958); numbers come in pairs. */
  normal(): number {
    if (this.#hasSpare) {
      this.#hasSpare = false;
      return this.#spare;
    }
    const radius = Math.sqrt(-2 * log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * sin(angle);
    this.#hasSpare = true;
    return radius * cos(angle);
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.uniform() < p;
  }

  /** Uniform in 0 .. count - 1. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** An index drawn with probability proportional to its weight. */
  weighted(weights: readonly number[]): number {
    let rest = this.uniform() * weights.reduce((a, b) => a + b, 0);
    for (let i = 0; i < weights.length - 1; i++) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return weights.length - 1;
  }
}
