// How the sum over the inner dimension is cut: the one part of the blocking that shows in the bits of a product.

/** The most steps of one block: a panel of 264 x 16 float32 fills half of a 32 KiB first cache. */
export const MOST_STEPS = 264;

/** Blocks are cut at multiples of this, the unrolled steps of the micro-kernel. */
export const STEP_UNIT = 8;

/**
 * The length of all blocks but the last: `depth` cut into as few blocks of at most 264 as there must be, evenly, rounded
 * up to a multiple of 8. It depends on the inner dimension alone. An element of a float32 product is, for every block,
 * the sum of its products from the first to the last, started from 0; the sums of the blocks are added in order.
 */
export function depthBlock(depth: number): number {
  const blocks = Math.max(1, Math.ceil(depth / MOST_STEPS));
  return Math.max(STEP_UNIT, Math.ceil(depth / blocks / STEP_UNIT) * STEP_UNIT);
}
