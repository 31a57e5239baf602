// Stable sums in the log domain, written once over the operations that they are made of.

import { reducedShape, type Shape } from "../core/shape.js";

/** What the sums are made of, on tensors or on the nodes of a graph. Numbers take the dtype of the value beside them. */
export interface Primitives<V> {
  abs(x: V): V;
  exp(x: V): V;
  log(x: V): V;
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  div(a: V, b: V): V;
  less(a: V, b: number): V;
  where(condition: V, yes: V, no: number): V;
  reshape(x: V, shape: Shape): V;
  /** Along the axes, which stay with length 1. */
  max(x: V, axes: readonly number[]): V;
  sum(x: V, axes: readonly number[]): V;
}

/** The sums on one kind of value. Axes are counted from the front, ascending. */
export interface StableSums<V> {
  /** `m + log(sum(exp(x - m)))` with the maximum m; the logarithm of the empty sum over no elements. */
  logSumExp(x: V, axes: readonly number[], keepDims: boolean): V;
  /** `exp(x - m) / sum(exp(x - m))`. */
  softmax(x: V, axes: readonly number[]): V;
  /** `x - m - log(sum(exp(x - m)))`. */
  logSoftmax(x: V, axes: readonly number[]): V;
}

/** The sums, composed of primitives in one order for all kinds of value, so that their bits agree. */
export function stableSums<V extends { readonly shape: Shape }>(o: Primitives<V>): StableSums<V> {
  /** The maximum with length-1 axes, 0 where it is not finite. */
  const finiteMax = (x: V, axes: readonly number[]): V => {
    const top = o.max(x, axes);
    return o.where(o.less(o.abs(top), Infinity), top, 0);
  };
  const shifted = (x: V, axes: readonly number[]): V => {
    const top = finiteMax(x, axes);
    return o.add(top, o.log(o.sum(o.exp(o.sub(x, top)), axes)));
  };
  return {
    logSumExp(x, axes, keepDims) {
      const kept = axes.some((axis) => x.shape[axis] === 0) ? o.log(o.sum(x, axes)) : shifted(x, axes);
      return o.reshape(kept, reducedShape(x.shape, axes, keepDims));
    },
    softmax(x, axes) {
      if (x.shape.includes(0)) return x;
      const unnormalised = o.exp(o.sub(x, finiteMax(x, axes)));
      return o.div(unnormalised, o.sum(unnormalised, axes));
    },
    logSoftmax(x, axes) {
      if (x.shape.includes(0)) return x;
      const centred = o.sub(x, finiteMax(x, axes));
      return o.sub(centred, o.log(o.sum(o.exp(centred), axes)));
    },
  };
}
