// Generation: new examples from a VAE and from an autoencoder of the same budget, judged beside real ones.

import { ArgumentError, checkOptions, key as keyOf, normal, slice, split as splitKey, type Tensor } from "@elbo/tensor";
import { nearest } from "../baselines/neighbours.js";
import { checkCount } from "../data/arguments.js";
import { sampleMeans } from "../evaluation/samples.js";
import { autoencoder, type Autoencoder } from "../models/autoencoder.js";
import type { ModelConfig, ModelKind } from "../models/config.js";
import { decodeMeans, flatten, type Model } from "../models/model.js";
import { vae, type Vae } from "../models/vae.js";
import { pauses } from "../training/pauses.js";
import type { Comparison } from "./comparison.js";
import { type Judge, trainJudge } from "./generate/judge.js";
import { companion, inMode, type Study } from "./study.js";
import { type Walks, walksOf } from "./generate/walks.js";

export interface GenerateOptions {
  /** Of everything random but the training of the twin. */
  readonly seed?: number;
  /** Samples of each origin; 1000 unless given. */
  readonly count?: number;
  /** The probability from which on the classifier counts as sure; 0.9 unless given. */
  readonly sure?: number;
}

/** Examples of one origin, each with the training example that is nearest to it. */
export interface Draws {
  /** Where they come from: `VAE, z ~ N(0, I)`. */
  readonly origin: string;
  /** The kind of model that drew them; null for real ones. */
  readonly kind: ModelKind | null;
  /** `[count, ...input]` */
  readonly examples: Tensor;
  /** `[count]`: the index of the nearest training example. */
  readonly nearest: Int32Array;
  /** `[count]`: the Euclidean distance to it, in the units of the inputs. */
  readonly distances: Float64Array;
}

export interface GenerateResult {
  readonly comparison: Comparison;
  readonly vae: Draws;
  readonly autoencoder: Draws;
  /** The autoencoder at draws of a Gaussian fitted to its codes. */
  readonly fitted: Draws;
  /** Test examples, as many as samples where there are as many. */
  readonly real: Draws;
  /** The samples of the model under study: `vae`, or `fitted` for an autoencoder. */
  readonly own: Draws;
  /** The share of test examples of which the classifier names the class, 0..1; null where there is none. */
  readonly classifierAccuracy: number | null;
  /** What the training of the twin took. */
  readonly twinSeconds: number;
  readonly choices: Required<GenerateOptions>;
  /** null where examples are no images. */
  readonly walks: Walks | null;
}

/** Training examples among which neighbours are looked for, at most. */
export const SEARCHED = 60_000;

/**
 * Samples the model under study and its twin, which has the same choices and budget and is of the other kind, and judges
 * them beside real test examples: the VAE at `z ~ N(0, I)`, the autoencoder at the same z, and the autoencoder at draws
 * of a Gaussian fitted to its codes. A sample is the mean of `p(x|z)`. Three figures, none of them a goal by itself (what
 * to come near is what real examples have): the share of which a classifier is sure, the balance of classes, and the mean
 * distance to the nearest training example, which is 0 for a copy.
 * @throws ArgumentError for an option out of range
 * @example (await generate({ model, data, training }, { count: 500 })).comparison.rows
 */
export async function generate(study: Study, options: GenerateOptions = {}): Promise<GenerateResult> {
  const choices = checked(options);
  const { seed, count, sure } = choices;
  const { model, data } = study;
  const { model: twin, seconds } = await companion(study, "twin", twinOf(model));
  const [variational, plain] = (model.kind === "vae" ? [model, twin] : [twin, model]) as [Vae, Autoencoder];
  const [priorKey, fittedKey] = splitKey(keyOf(seed), 2);
  const z = normal(priorKey, [count, model.config.latent]);
  const train = slice(data.train.inputs, [{ stop: SEARCHED }]);
  const breathe = pauses();
  const draw = async (origin: string, kind: Draws["kind"], examples: () => Tensor): Promise<Draws> => {
    await breathe();
    return besideNearest(model.config, train, { origin, kind, examples: inMode(study, examples) });
  };
  const draws = {
    vae: await draw("VAE, z ~ N(0, I)", "vae", () => decodeMeans(variational, z)),
    autoencoder: await draw("autoencoder, z ~ N(0, I)", "autoencoder", () => decodeMeans(plain, z)),
    fitted: await draw("autoencoder, z ~ N(m, S) fitted to its codes", "autoencoder", () =>
      sampleMeans(plain, train, fittedKey, count),
    ),
    real: await draw("real test examples", null, () => slice(data.test.inputs, [{ stop: count }])),
  };
  const judge = await trainJudge(data, seed);
  await breathe();
  return {
    ...draws,
    own: model.kind === "vae" ? draws.vae : draws.fitted,
    comparison: inMode(study, () => compare(study, Object.values(draws), judge, sure)),
    classifierAccuracy: judge?.accuracy ?? null,
    twinSeconds: seconds,
    choices,
    walks: walksOf(study),
  };
}

function checked(options: GenerateOptions): Required<GenerateOptions> {
  const op = "generate";
  checkOptions(op, options, ["seed", "count", "sure"]);
  const { seed = 0, count = 1000, sure = 0.9 } = options;
  checkCount(op, "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  checkCount(op, "count", count, 1, Infinity);
  if (!(sure > 0 && sure <= 1)) throw new ArgumentError(`sure is a probability above 0, got ${sure}`, { op });
  return { seed, count, sure };
}

/** The other kind of model with the same choices. */
const twinOf = ({ kind, config }: Model): Model => (kind === "vae" ? autoencoder(config) : vae(config));

function besideNearest(config: ModelConfig, train: Tensor, drawn: Pick<Draws, "origin" | "kind" | "examples">): Draws {
  const { indices, distances } = nearest(flatten(config, drawn.examples), flatten(config, train), 1);
  return { ...drawn, nearest: indices, distances };
}

function compare({ model, data }: Study, draws: readonly Draws[], judge: Judge | null, sure: number): Comparison {
  const neither = { better: null, decimals: 1 } as const;
  return {
    title: `Samples beside real examples of ${data.name}`,
    columns: [
      { ...neither, name: `classifier sure (p >= ${sure})`, unit: "%" },
      { ...neither, name: "class balance", unit: "%" },
      { ...neither, name: "distance to nearest training example", unit: "", decimals: 2 },
    ],
    rows: draws.map(({ origin, kind, examples, distances }) => {
      const verdict = judge?.verdict(examples, sure);
      const shares = verdict ? [100 * verdict.sure, 100 * verdict.balance] : [null, null];
      return { method: origin, ours: kind === model.kind, values: [...shares, meanOf(distances)] };
    }),
  };
}

const meanOf = (values: Float64Array): number => values.reduce((total, value) => total + value / values.length, 0);
