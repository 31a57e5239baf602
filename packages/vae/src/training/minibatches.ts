// Minibatches: which examples each step of a run is shown.

import { foldIn, type Key, permutation, slice, type Tensor } from "@elbo/tensor";

/** The batches of a run, each epoch in an order of its own. */
export interface Minibatches {
  /** The steps of an epoch; the last one has what is left. */
  readonly steps: number;
  /** The examples of a step, counted from 0 over all epochs: int32, `[batch]`. */
  at(step: number): Tensor;
}

/** The batches of `size` of so many examples. Any step's can be asked for; those of one epoch share its order. */
export function minibatches(key: Key, count: number, size: number): Minibatches {
  const steps = Math.ceil(count / size);
  let latest: { readonly epoch: number; readonly order: Tensor } | undefined;
  const orderOf = (epoch: number): Tensor => {
    if (latest?.epoch !== epoch) latest = { epoch, order: permutation(foldIn(key, epoch + 1), count) };
    return latest.order;
  };
  return {
    steps,
    at: (step) => {
      const start = (step % steps) * size;
      return slice(orderOf(Math.floor(step / steps)), [{ start, stop: start + size }]);
    },
  };
}
