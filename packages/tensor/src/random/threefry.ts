// Threefry-2x32 with 20 rounds: the counter-based generator under every random number here.
// Source: Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011), section 3 and table 2.

/** The third key word is the exclusive or of this and the other two. */
export const PARITY = 0x1bd11bda;
/** By how many bits each of eight rounds rotates. */
export const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** Groups of four rounds. */
export const GROUPS = 5;

/**
 * Encrypts the counter (c0, c1) under the key (k0, k1); writes the two random words to `out[at]` and `out[at + 1]`.
 * Each group of four rounds is followed by the injection of the next of three key words and the group's number.
 */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number, out: Uint32Array, at = 0): void {
  const keys = [k0, k1, PARITY ^ k0 ^ k1];
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  for (let group = 0; group < GROUPS; group++) {
    for (let round = 0; round < 4; round++) {
      const by = ROTATIONS[(group & 1) * 4 + round];
      x = (x + y) | 0;
      y = ((y << by) | (y >>> (32 - by))) ^ x;
    }
    x = (x + keys[(group + 1) % 3]) | 0;
    y = (y + keys[(group + 2) % 3] + group + 1) | 0;
  }
  out[at] = x;
  out[at + 1] = y;
}
