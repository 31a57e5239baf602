// How strange a model finds an example: scores by name, and what each dimension of the example has to do with them.

import { concrete, type Value } from "@elbo/autograd";
import {
  add,
  binaryCrossEntropyWithLogits,
  exp,
  key,
  log,
  maximum,
  mul,
  neg,
  normal,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from "@elbo/tensor";
import { type Distribution, kl, logProb, type Normal, standardNormal } from "../../distributions/index.js";
import { dimensionsOf } from "../../models/config.js";
import { decodeMeans, flatten, latentMeans, type Model, unflatten } from "../../models/model.js";

/** One way to score rows `[count, dimensions]`: the higher, the stranger. */
interface AnomalyScore {
  /** What it is, in words. */
  readonly about: string;
  readonly unit: string;
  /** `[count]`. */
  readonly of: (model: Model, rows: Tensor) => Tensor;
  /** What each dimension adds beyond what a perfect reconstruction would: `[count, dimensions]`, 0 or more. */
  readonly contributions: (model: Model, rows: Tensor) => Tensor;
}

/**
 * The scores of an example x of d dimensions, with 8 points z of q(z|x); an autoencoder has one z, the code.
 * `reconstruction-error`: `|x - m|^2 / d`, m the mean of p(x|z) at the latent mean z.
 * `negative-elbo`: `-E_q[log p(x|z)] + KL(q(z|x) || p(z))`, without the second term for an autoencoder.
 * `deviance`: `E_q[max log p(x|.) - log p(x|z)]`, half the deviance of generalised linear models: what the likelihood
 * lacks to that of a perfect reconstruction. Gray pixels x have a cross-entropy of their own, which it leaves out.
 */
export const anomalyScores = {
  "reconstruction-error": {
    about: "mean squared error of the reconstruction",
    unit: "squared error",
    of: (model, rows) => sum(squaredErrors(model, rows), { axis: 1 }),
    contributions: (model, rows) => squaredErrors(model, rows),
  },
  "negative-elbo": {
    about: "negative ELBO",
    unit: "nats",
    of: (model, rows) =>
      add(
        expected(model, rows, (p) => neg(concrete(logProb(p, rows)))),
        codeCost(model, rows),
      ),
    contributions: (model, rows) => deviances(model, rows),
  },
  deviance: {
    about: "deviance of the reconstruction",
    unit: "nats",
    of: (model, rows) => sum(deviances(model, rows), { axis: 1 }),
    contributions: (model, rows) => deviances(model, rows),
  },
} as const satisfies Record<string, AnomalyScore>;

export type AnomalyScoreName = keyof typeof anomalyScores;

/**
 * The score of each example of `[count, ...input]`, `[count]`. It depends on the example alone, not on its place. Where
 * it is beyond float32, it is Infinity.
 * @throws ShapeError where the inputs do not fit the model
 * @example scoreExamples("deviance", model, data.test.inputs)
 */
export const scoreExamples = (name: AnomalyScoreName, model: Model, inputs: Tensor): Float64Array =>
  Float64Array.from(anomalyScores[name].of(model, flatten(model.config, inputs)).data, (score) =>
    Number.isFinite(score) ? score : Infinity,
  );

/**
 * What each element of examples `[count, ...input]` adds to their scores, in the same shape: 0 where it is reconstructed
 * perfectly. For `reconstruction-error` and `deviance` the sum is the score; for `negative-elbo` the cost of the code and
 * of a perfect reconstruction come on top.
 * @throws ShapeError where the inputs do not fit the model
 */
export const contributionsOf = (name: AnomalyScoreName, model: Model, inputs: Tensor): Tensor =>
  unflatten(model.config, anomalyScores[name].contributions(model, flatten(model.config, inputs)));

/** Points z of q for each example are so many draws and their mirror images, between which what is linear in z cancels. */
const DRAWS = 4;

/** The same noise for every example, so that scores differ by nothing but the examples. */
const NOISE = key(0);

/** `E_q[f(p(x|z))]` over the fixed points, or f at the code of an autoencoder. */
function expected(model: Model, rows: Tensor, f: (p: Distribution) => Tensor): Tensor {
  const at = (z: Value): Tensor => f(model.decode(model.params as never, z));
  if (model.kind !== "vae") return at(model.encode(model.params, rows));
  const { centre, spread } = momentsOf(model.encode(model.params, rows));
  const noise = normal(NOISE, [DRAWS, model.config.latent]);
  const total = Array.from({ length: DRAWS }, (_, i) => {
    const step = mul(spread, slice(noise, [i]));
    return add(at(add(centre, step)), at(sub(centre, step)));
  }).reduce((sum, next) => add(sum, next));
  return mul(total, 1 / (2 * DRAWS));
}

const momentsOf = ({ mean, logVariance }: Normal): { readonly centre: Tensor; readonly spread: Tensor } => ({
  centre: valueOf(mean),
  spread: exp(mul(0.5, valueOf(logVariance))),
});

const valueOf = (x: Value | number): Tensor => (typeof x === "number" ? mul(x, 1) : concrete(x));

/** `KL(q(z|x) || p(z))`; an autoencoder has no prior. */
const codeCost = (model: Model, rows: Tensor): Tensor | number =>
  model.kind === "vae" ? concrete(kl(model.encode(model.params, rows), standardNormal)) : 0;

function squaredErrors(model: Model, rows: Tensor): Tensor {
  const means = flatten(model.config, decodeMeans(model, latentMeans(model, unflatten(model.config, rows))));
  return mul(1 / dimensionsOf(model.config), square(sub(rows, means)));
}

/** `(x - mean)^2 / (2 sigma^2)` of a Gaussian; of a Bernoulli the cross-entropy less the entropy of x. */
function deviances(model: Model, rows: Tensor): Tensor {
  const each = expected(model, rows, (p) => {
    if (p.kind === "bernoulli") return binaryCrossEntropyWithLogits(concrete(p.logits), rows);
    return mul(0.5, mul(square(sub(rows, valueOf(p.mean))), exp(neg(valueOf(p.logVariance)))));
  });
  return model.config.likelihood === "bernoulli" ? maximum(sub(each, entropies(rows)), 0) : each;
}

/** `-x log x - (1 - x) log(1 - x)`, 0 at 0 and 1. */
const entropies = (x: Tensor): Tensor => neg(add(timesLog(x), timesLog(sub(1, x))));

/** Below every positive number that is a pixel; 0 log of it is 0. */
const TINY = 1e-30;

const timesLog = (x: Tensor): Tensor => mul(x, log(maximum(x, TINY)));
