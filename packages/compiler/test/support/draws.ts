// A stream of small random choices that a seed decides.

/** Uniform whole numbers from a seed: Marsaglia's xorshift of 32 bits. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds are spread apart; 0 would stay 0.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 8; i++) this.integer(0, 1);
  }

  /** Both ends included. */
  integer(low: number, high: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return low + ((x >>> 0) % (high - low + 1));
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.integer(1, n) === 1;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)];
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    return list.map(() => rest.splice(this.integer(0, rest.length - 1), 1)[0]);
  }
}
