// Adam: steps scaled by running moments of the gradient.

import { add, div, mapTree, mul, sqrt, square, sub, type Value } from "@elbo/autograd";
import { checkOptions, zeros } from "@elbo/tensor";
import { type Optimizer, optimizer } from "./optimizer.js";

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
  return optimizer({
    name: "adam",
    init: (params) => {
      const zero = (w: Value) => zeros(w.shape, { dtype: w.dtype });
      return { mean: mapTree(zero, params), square: mapTree(zero, params), decay1: 1, decay2: 1 };
    },
    prepare: (state, rate) => {
      const [decay1, decay2] = [state.decay1 * beta1, state.decay2 * beta2];
      return { factors: { mean: rate / (1 - decay1), square: 1 / (1 - decay2) }, numbers: { decay1, decay2 } };
    },
    step: (params, gradients, moments, factors) => {
      const mean = mapTree(blend(beta1), moments.mean, gradients);
      const second = mapTree(blend(beta2), moments.square, mapTree(square, gradients));
      const moved = (w: Value, m: Value, v: Value) =>
        sub(w, div(mul(factors.mean, m), add(sqrt(mul(factors.square, v)), epsilon)));
      return { params: mapTree(moved, params, mean, second), moments: { mean, square: second } };
    },
  });
}
