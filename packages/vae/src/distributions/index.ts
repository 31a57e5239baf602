// Distributions as data, and what can be asked of them: logProb, sample, kl, mean. Everything in nats.

import { exp, sigmoid, sum, type Value } from "@elbo/autograd";
import { ArgumentError, type Key, tensor } from "@elbo/tensor";
import { type Bernoulli, bernoulliKlPerDimension, bernoulliLogProb, bernoulliSample } from "./bernoulli.js";
import { type Normal, normalKlPerDimension, normalLogProb, normalSample } from "./normal.js";

export { type Bernoulli, bernoulli } from "./bernoulli.js";
export { type Normal, normal, standardNormal } from "./normal.js";

export type Distribution = Normal | Bernoulli;

/**
 * The log-density of `x`, summed over the last axis: `[..., dimensions]` gives `[...]`, in nats.
 * @example logProb(normal(0, 0), tensor([0])).item() // -0.9189...
 */
export const logProb = (p: Distribution, x: Value): Value =>
  p.kind === "normal" ? normalLogProb(p, x) : bernoulliLogProb(p, x);

/** A draw with the shape of the parameters: reparameterised for the normal, without derivative for the Bernoulli. */
export const sample = (p: Distribution, key: Key): Value =>
  p.kind === "normal" ? normalSample(p, key) : bernoulliSample(p, key);

/** The mean, with the shape of the parameters. */
export const meanOf = (p: Distribution): Value =>
  p.kind === "bernoulli" ? sigmoid(p.logits) : typeof p.mean === "number" ? tensor(p.mean) : p.mean;

/** The variance of a normal distribution. */
export const varianceOf = (p: Normal): Value => exp(p.logVariance);

/** The Kullback-Leibler divergence of each dimension, `[..., dimensions]`, in nats, in closed form. */
export function klPerDimension(q: Distribution, p: Distribution): Value {
  if (q.kind === "normal" && p.kind === "normal") return normalKlPerDimension(q, p);
  if (q.kind === "bernoulli" && p.kind === "bernoulli") return bernoulliKlPerDimension(q, p);
  throw new ArgumentError(`no closed form between ${q.kind} and ${p.kind}`, { op: "kl" });
}

/** `KL(q || p)`, summed over the last axis: `[..., dimensions]` gives `[...]`, in nats. */
export const kl = (q: Distribution, p: Distribution): Value => sum(klPerDimension(q, p), { axis: -1 });
