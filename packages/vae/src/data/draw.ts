// What a model is shown: gray values as they are, or pixels drawn anew as 0 or 1.

import { bernoulli, type Key, type Tensor } from "@elbo/tensor";

/** `gray`: the inputs themselves. `dynamic`: at each draw, 1 with the input as probability, else 0 (Salakhutdinov and Murray 2008). */
export type Targets = "gray" | "dynamic";

export const drawTargets = (targets: Targets, x: Tensor, key: Key): Tensor =>
  targets === "gray" ? x : bernoulli(key, x);
