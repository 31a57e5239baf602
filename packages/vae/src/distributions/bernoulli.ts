// The Bernoulli distribution of independent dimensions, given by its logits.

import {
  add,
  bernoulli as draw,
  binaryCrossEntropyWithLogits,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  sum,
  type Value,
} from "@elbo/autograd";
import type { Key } from "@elbo/tensor";

/** 1 with probability `sigmoid(logit)`, else 0, in each of the dimensions of the last axis. */
export interface Bernoulli {
  readonly kind: "bernoulli";
  readonly logits: Value;
}

/** The distribution of independent 0s and 1s with these logits. */
export const bernoulli = (logits: Value): Bernoulli => ({ kind: "bernoulli", logits });

/**
 * `-sum(max(l, 0) - l x + log1p(e^-|l|))`, in nats, over the last axis: the log of `s^x (1 - s)^(1 - x)` with
 * `s = sigmoid(l)`, finite for every finite logit. `x` may lie between 0 and 1 (gray values): then it is the negative
 * cross-entropy.
 */
export const bernoulliLogProb = ({ logits }: Bernoulli, x: Value): Value =>
  neg(sum(binaryCrossEntropyWithLogits(logits, x), { axis: -1 }));

/** 0s and 1s. A draw has no derivative in the logits. */
export const bernoulliSample = ({ logits }: Bernoulli, key: Key): Value => draw(key, sigmoid(logits));

/** `KL(q || p)` of each dimension, in nats: `s_q (l_q - l_p) - softplus(l_q) + softplus(l_p)`. */
export const bernoulliKlPerDimension = (q: Bernoulli, p: Bernoulli): Value =>
  add(sub(mul(sigmoid(q.logits), sub(q.logits, p.logits)), softplus(q.logits)), softplus(p.logits));
