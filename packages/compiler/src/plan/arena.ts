// Offsets for values that live at different times: two share bytes only if they are never needed together.

/** A value's bytes, and the first and last phase in which they must stand. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** Every value begins at a multiple of this: a cache line, so that threads do not write to one line. */
export const ALIGNMENT = 64;

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Places lifetimes one by one, the largest first, each at the lowest offset where no other of its time stands.
 * Gives the offsets in the order of the lifetimes, and the bytes of all.
 */
export function packArena(lifetimes: readonly Lifetime[]): {
  readonly offsets: readonly number[];
  readonly bytes: number;
} {
  const offsets: number[] = lifetimes.map(() => 0);
  const placed: { readonly offset: number; readonly end: number; readonly lifetime: Lifetime }[] = [];
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b);
  for (const i of order) {
    const lifetime = lifetimes[i];
    let offset = 0;
    for (const other of placed) {
      if (other.lifetime.from > lifetime.to || other.lifetime.to < lifetime.from) continue;
      if (other.offset >= offset + aligned(lifetime.bytes)) break;
      offset = Math.max(offset, other.end);
    }
    offsets[i] = offset;
    placed.push({ offset, end: offset + aligned(lifetime.bytes), lifetime });
    placed.sort((a, b) => a.offset - b.offset);
  }
  return { offsets, bytes: Math.max(0, ...placed.map(({ end }) => end)) };
}
