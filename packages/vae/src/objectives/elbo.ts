// The evidence lower bound, as the paper writes it.

import { add, mul, neg, type Operand, sub, sum, type Value } from "@elbo/autograd";
import type { Key } from "@elbo/tensor";
import { type Distribution, kl, logProb, type Normal, sample, standardNormal } from "../distributions/index.js";

/** The two halves of a variational autoencoder: `q(z|x)` and `p(x|z)`. */
export interface Densities {
  encode(x: Value): Normal;
  decode(z: Value): Distribution;
}

/** The terms of the bound for each example, `[batch]`, in nats. */
export interface Terms {
  /** `E_q[log p(x|z)]`, estimated with one sample. */
  readonly reconstruction: Value;
  /** `KL(q(z|x) || p(z))`. */
  readonly kl: Value;
}

/**
 * Kingma and Welling (2013), equation 10 with one sample. `x` is `[batch, dimensions]`; the bound on `log p(x)` is
 * `reconstruction - kl`.
 */
export function elboTerms({ encode, decode }: Densities, x: Value, key: Key): Terms {
  const q = encode(x); //                       q(z|x) = N(mu, sigma^2)
  const z = sample(q, key); //                  z = mu + sigma * epsilon
  const p = decode(z); //                       p(x|z)
  return { reconstruction: logProb(p, x), kl: kl(q, standardNormal) };
}

/** `E_q[log p(x|z)] - KL(q(z|x) || p(z)) <= log p(x)`, for each example, in nats. */
export function elbo(densities: Densities, x: Value, key: Key): Value {
  const terms = elboTerms(densities, x, key);
  return sub(terms.reconstruction, terms.kl);
}

/** What training minimises: `-reconstruction + beta kl`; with beta = 1 the negative bound (Higgins et al. 2017 for others). */
export const betaObjective = ({ reconstruction, kl }: Terms, beta: Operand): Value =>
  add(neg(reconstruction), mul(beta, kl));

/** The terms summed over the batch, each a scalar. */
export const sumTerms = ({ reconstruction, kl }: Terms): Terms => ({
  reconstruction: sum(reconstruction),
  kl: sum(kl),
});
