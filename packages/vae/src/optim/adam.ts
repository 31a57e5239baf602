// Adam: steps scaled by running moments of the gradient.

import { add, div, mapTree, mul, sqrt, square, sub, type Value } from "@elbo/autograd";
import { checkOptions, zeros } from "@elbo/tensor";
import type { Optimizer } from "./optimizer.js";

/** The moments, as trees like the parameters, and the running products of the decay rates. */
export interface AdamState {
  readonly mean: unknown;
  readonly square: unknown;
  /** `beta1^t` and `beta2^t` in double, by multiplication: no power function, the same bits everywhere. */
  readonly decay1: number;
  readonly decay2: number;
}

export interface AdamOptions {
  /** The decay of the first moment. */
  readonly beta1?: number;
  /** The decay of the second moment. */
  readonly beta2?: number;
  /** Added to the root of the second moment. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1): with `m = b1 m + (1 - b1) g` and `v = b2 v + (1 - b2) g^2`, both from 0,
 * `w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)`.
 */
export function adam(options: AdamOptions = {}): Optimizer<AdamState> {
  checkOptions("adam", options, ["beta1", "beta2", "epsilon"]);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const blend = (decay: number) => (old: Value, fresh: Value) => add(mul(decay, old), mul(1 - decay, fresh));
  return {
    name: "adam",
    init: (params) => {
      const zero = (w: Value) => zeros(w.shape, { dtype: w.dtype });
      return { mean: mapTree(zero, params), square: mapTree(zero, params), decay1: 1, decay2: 1 };
    },
    update: (params, gradients, state, rate) => {
      const mean = mapTree(blend(beta1), state.mean, gradients);
      const second = mapTree(blend(beta2), state.square, mapTree(square, gradients));
      const [decay1, decay2] = [state.decay1 * beta1, state.decay2 * beta2];
      const step = (w: Value, m: Value, v: Value) =>
        sub(w, div(mul(rate / (1 - decay1), m), add(sqrt(mul(1 / (1 - decay2), v)), epsilon)));
      return { params: mapTree(step, params, mean, second), state: { mean, square: second, decay1, decay2 } };
    },
  };
}
