// A stack of dense layers with one activation between them.

import { relu, tanh, type Value } from "@elbo/autograd";
import { foldIn, type Key } from "@elbo/tensor";
import { type Dense, dense, initDense } from "./dense.js";
import { glorotUniform, heUniform, type Initializer } from "./initializers.js";

/** The activations to choose from, each with the initializer that keeps its variance. */
export const activations = {
  relu: { apply: relu as (x: Value) => Value, initialize: heUniform },
  tanh: { apply: tanh as (x: Value) => Value, initialize: glorotUniform },
} as const satisfies Record<string, { apply: (x: Value) => Value; initialize: Initializer }>;

export type Activation = keyof typeof activations;

/** Hidden layers of the given widths. Layer i takes the key folded with i. */
export const initHidden = (key: Key, inputs: number, widths: readonly number[], activation: Activation): Dense[] =>
  widths.map((width, i) =>
    initDense(foldIn(key, i), widths[i - 1] ?? inputs, width, activations[activation].initialize),
  );

/** Each layer followed by the activation. */
export const hidden = (layers: readonly Dense[], activation: Activation, x: Value): Value =>
  layers.reduce((h, layer) => activations[activation].apply(dense(layer, h)), x);
