// The control area at the start of a program's memory: the words by which threads find each other, and where they stand.

/** The largest team, the main thread included. */
export const MOST_THREADS = 64;

/** The most variants of one program. */
export const MOST_VARIANTS = 256;

const LINE = 64;

/**
 * Byte addresses of 32-bit words. Words that different sides write stand on different cache lines, so that nobody's
 * spinning slows down another's writing.
 */
export const CONTROL = {
  /** The step to be done, as `stepWord` packs it; the main thread writes it. */
  STEP: 0,
  /** How many threads have arrived at the barrier; everybody writes it. */
  ARRIVED: LINE,
  /** Goes up by 1 when all have arrived; the last one writes it. */
  BARRIER: 2 * LINE,
  /** How many sleep at the barrier, or are about to. */
  SLEEPERS: 3 * LINE,
  /** How often spinning at the barrier was in vain of late: a hint that anybody writes, no atomic. */
  IMPATIENCE: 4 * LINE,
  /** How many workers have joined; each adds 1 once. */
  JOINED: 5 * LINE,
  /** The number of a kernel call that met a value it refuses, plus 1; 0 means that all is well. */
  FAILED: 6 * LINE,
  /** For each variant the address and the length of its module's bytes. */
  VARIANT_CODE: 7 * LINE,
} as const;

/** Bytes of the control area: a multiple of 64. */
export const CONTROL_BYTES = CONTROL.VARIANT_CODE + 8 * MOST_VARIANTS;

/** The index of a word in an Int32Array over the memory. */
export const word = (address: number): number => address / 4;

/** How STEP is packed: the step's number, then how many threads take part, then which variant they run. */
export const STEP_BITS = { number: 16, threads: 8, mask: 255 } as const;

/**
 * The word after `previous`. A whole step is one word, so no worker sees half of it. That its number wraps does no harm:
 * a worker that takes part misses no step, since the main thread waits for it; and one that takes no part can take one
 * word for another only if neither concerns it.
 */
export const stepWord = (previous: number, threads: number, variant: number): number =>
  (((previous >>> STEP_BITS.number) + 1) << STEP_BITS.number) | (threads << STEP_BITS.threads) | variant;
