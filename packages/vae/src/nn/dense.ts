// The dense layer: its parameters are a plain tree, its application a pure function.

import { add, matmul, type Value } from "@elbo/autograd";
import { type Key, zeros } from "@elbo/tensor";
import type { Initializer } from "./initializers.js";

/** The parameters of a dense layer. */
export interface Dense {
  /** `[inputs, outputs]`. */
  readonly weight: Value;
  /** `[outputs]`. */
  readonly bias: Value;
}

/** A layer with initial weights and a bias of 0. */
export const initDense = (key: Key, inputs: number, outputs: number, initialize: Initializer): Dense => ({
  weight: initialize(key, inputs, outputs),
  bias: zeros([outputs]),
});

/** `x W + b`: `[..., inputs]` gives `[..., outputs]`. */
export const dense = (layer: Dense, x: Value): Value => add(matmul(x, layer.weight), layer.bias);
