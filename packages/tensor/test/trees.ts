// The canonical tree of reductions as documented, written as recursion on lists instead of loops on accumulators.

/** What is folded, and how a step is rounded. */
export interface Fold {
  readonly step: (x: number, y: number) => number;
  /** The value of no elements. */
  readonly identity: number;
}

/** The folds of float32. */
export const folds = {
  sum: { step: (x, y) => Math.fround(x + y), identity: 0 },
  max: { step: Math.max, identity: -Infinity },
  min: { step: Math.min, identity: Infinity },
} as const satisfies Record<string, Fold>;

/** The fold of a list by the tree. */
export function documentedFold(x: readonly number[], { step, identity }: Fold): number {
  const lanesOf = (block: readonly number[]): number[] => {
    const lanes = Array.from({ length: 16 }, () => identity);
    block.forEach((value, i) => (lanes[i % 16] = step(lanes[i % 16], value)));
    return lanes;
  };
  const halve = (lanes: readonly number[]): number =>
    lanes.length === 1
      ? lanes[0]
      : halve(lanes.slice(0, lanes.length / 2).map((lane, j) => step(lane, lanes[j + lanes.length / 2])));
  // The largest power of two of blocks is a perfect binary tree; the rest is a tree of its own, on the right.
  const join = (parts: readonly number[]): number => {
    if (parts.length === 1) return parts[0];
    let perfect = 1;
    while (perfect * 2 <= parts.length) perfect *= 2;
    const cut = perfect === parts.length ? perfect / 2 : perfect;
    return step(join(parts.slice(0, cut)), join(parts.slice(cut)));
  };
  const blocks = Array.from({ length: Math.max(1, Math.ceil(x.length / 1024)) }, (_, b) =>
    x.slice(b * 1024, (b + 1) * 1024),
  );
  return join(blocks.map((block) => halve(lanesOf(block))));
}
