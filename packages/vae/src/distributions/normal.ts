// The normal distribution with independent dimensions, given by its mean and log-variance.

import {
  add,
  exp,
  expm1mx,
  mul,
  neg,
  normal as standardNormalNoise,
  square,
  sub,
  sum,
  type Value,
} from "@elbo/autograd";
import { broadcastShapes, type Key, type Shape } from "@elbo/tensor";

/** `N(mean, e^logVariance)` in each of the dimensions of the last axis. Numbers stand for all dimensions alike. */
export interface Normal {
  readonly kind: "normal";
  readonly mean: Value | number;
  readonly logVariance: Value | number;
}

/** The distribution with this mean and log-variance, of which either may be a number. */
export const normal = (mean: Value | number, logVariance: Value | number): Normal => ({
  kind: "normal",
  mean,
  logVariance,
});

/** `N(0, 1)`: the prior of the latent variables. */
export const standardNormal: Normal = normal(0, 0);

const LOG_TWO_PI = 1.8378770664093453;

const shapeOf = (x: Value | number): Shape => (typeof x === "number" ? [] : x.shape);

/** `-1/2 sum((x - mean)^2 e^-v + v + log 2 pi)`, in nats, over the last axis: `[..., dimensions]` gives `[...]`. */
export function normalLogProb({ mean, logVariance }: Normal, x: Value): Value {
  const distance = mul(square(sub(x, mean)), exp(neg(logVariance)));
  return mul(-0.5, sum(add(add(distance, logVariance), LOG_TWO_PI), { axis: -1 }));
}

/**
 * `mean + e^(v/2) epsilon` with `epsilon ~ N(0, 1)`: written so, the sample has a derivative in mean and variance (the
 * reparameterisation of Kingma and Welling 2013, section 2.4). The shape is that of mean and variance, broadcast: each
 * element has noise of its own.
 */
export function normalSample({ mean, logVariance }: Normal, key: Key): Value {
  const epsilon = standardNormalNoise(key, broadcastShapes("sample", shapeOf(mean), shapeOf(logVariance)));
  return add(mean, mul(exp(mul(0.5, logVariance)), epsilon));
}

/**
 * `KL(q || p)` of each dimension, in nats: with `d = v_q - v_p`, `1/2 (e^d - 1 - d + (mean_q - mean_p)^2 e^-v_p)`.
 * `e^d - 1 - d` is one operation, since near d = 0 the difference of its terms would cancel.
 */
export function normalKlPerDimension(q: Normal, p: Normal): Value {
  const distance = square(sub(q.mean, p.mean));
  const scaled = p.logVariance === 0 ? distance : mul(distance, exp(neg(p.logVariance)));
  const spread = p.logVariance === 0 ? q.logVariance : sub(q.logVariance, p.logVariance);
  return mul(0.5, add(expm1mx(spread), scaled));
}
