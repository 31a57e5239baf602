// Gradient descent, plain or with momentum.

import { add, mapTree, mul, sub, type Value } from "@elbo/autograd";
import { checkOptions, zeros } from "@elbo/tensor";
import { type Optimizer, optimizer } from "./optimizer.js";

/** The velocity, a tree like the parameters. */
export interface SgdState {
  readonly velocity: unknown;
}

/**
 * `u = momentum u + g`, `w - lr u`; without momentum, `w - lr g`.
 * Polyak (1964), in the form of Sutskever et al. (2013) without the learning rate inside of `u`.
 */
export function sgd(options: { readonly momentum?: number } = {}): Optimizer<SgdState> {
  checkOptions("sgd", options, ["momentum"]);
  const { momentum = 0 } = options;
  return optimizer({
    name: momentum === 0 ? "sgd" : "momentum",
    init: (params) => ({ velocity: mapTree((w) => zeros(w.shape, { dtype: w.dtype }), params) }),
    prepare: (_, rate) => ({ factors: { rate }, numbers: {} }),
    step: (params, gradients, moments, factors) => {
      const faster = (u: Value, g: Value) => add(mul(momentum, u), g);
      const velocity = momentum === 0 ? gradients : mapTree(faster, moments.velocity, gradients);
      return {
        params: mapTree((w: Value, u: Value) => sub(w, mul(factors.rate, u)), params, velocity),
        moments: momentum === 0 ? moments : { velocity },
      };
    },
  });
}
