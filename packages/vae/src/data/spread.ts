// A few examples that stand for all: the classes in turn.

import { fromTypedArray, type Tensor } from "@elbo/tensor";
import type { Split } from "./dataset.js";

/**
 * Indices of `count` examples, or of all where there are fewer: the first of each class, then the second of each, and so
 * on, the classes in rising order; from the front where there are no labels.
 *
 * @returns `[count]`, int32
 * @example gather(data.test.inputs, spreadOver(data.test, 20))
 */
export function spreadOver({ inputs, labels }: Split, count: number): Tensor {
  const all = Array.from({ length: inputs.shape[0] }, (_, i) => i);
  if (labels === null) return indices(all.slice(0, count));
  const { data: classes } = labels;
  const seen = new Map<number, number>();
  const turns = all.map((i) => {
    const turn = seen.get(classes[i]) ?? 0;
    seen.set(classes[i], turn + 1);
    return turn;
  });
  return indices(all.sort((a, b) => turns[a] - turns[b] || classes[a] - classes[b] || a - b).slice(0, count));
}

const indices = (list: readonly number[]): Tensor => fromTypedArray(Int32Array.from(list), [list.length]);
