// All methods on one noise: how near each comes to the clean test examples, and what it makes of the first of them.

import { foldIn, key, slice, type Tensor } from "@elbo/tensor";
import { corrupt, type Noise } from "../../data/corruption.js";
import { psnr, ssim } from "../../evaluation/image-quality.js";
import { isImageModel, type ModelConfig } from "../../models/config.js";
import { unflatten } from "../../models/model.js";
import type { Column } from "../comparison.js";
import type { Method } from "./methods.js";

/** What methods are judged by: rows `[count, dimensions]` of both parts, and the seed of the noise. */
export interface Bench {
  readonly config: ModelConfig;
  readonly measures: readonly Measure[];
  readonly test: Tensor;
  /** Training rows, shown clean and noisy to the methods that are fitted. */
  readonly train: Tensor;
  readonly seed: number;
  /** Gives the event loop a turn. */
  readonly breathe: () => Promise<void>;
}

/** What one method made of one noise. */
export interface Outcome {
  /** By the measures, in their order. */
  readonly scores: readonly number[];
  /** The setting that it chose, where it has one. */
  readonly setting?: number;
  /** The first test examples as it returned them, `[examples, ...input]`. */
  readonly examples: Tensor;
}

/** A measure of how near estimates `[count, ...input]` come to the clean examples. */
export interface Measure extends Column {
  readonly of: (estimates: Tensor, clean: Tensor) => number;
}

/** `sqrt(mean((x - y)^2))`, in the units of the inputs. */
const rootMeanSquare = (estimates: Tensor, clean: Tensor): number => 10 ** (-psnr(estimates, clean) / 20);

/** The images that SSIM is averaged over, from the front: its windows take 0.3 ms each, and 2,000 are plenty. */
export const SSIM_IMAGES = 2000;

const ssimOfFirst = (estimates: Tensor, clean: Tensor): number => {
  const [some, same] = [estimates, clean].map((images) => slice(images, [{ stop: SSIM_IMAGES }]));
  return ssim(some, same);
};

/** PSNR and SSIM for images, the root mean squared error for what are none, in the unit of its inputs. */
export const measuresFor = (config: ModelConfig, unit: string): readonly Measure[] =>
  isImageModel(config)
    ? [
        { name: "PSNR", unit: "dB", better: "higher", decimals: 2, of: psnr },
        { name: "SSIM", unit: "", better: "higher", decimals: 3, of: ssimOfFirst },
      ]
    : [{ name: "RMSE", unit, better: "lower", decimals: 3, of: rootMeanSquare }];

/** The examples that pictures show, from the front of the test part. */
export const EXAMPLES = 10;

/** Each method on the same noisy rows, in the order of the methods. */
export async function outcomes(methods: readonly Method[], noise: Noise, bench: Bench): Promise<Outcome[]> {
  const { config, measures, test, train, breathe } = bench;
  const noisy = noisyRows(bench, "test", noise);
  const pairs = { clean: train, noisy: noisyRows(bench, "train", noise) };
  const clean = unflatten(config, test);
  const found: Outcome[] = [];
  for (const { fit } of methods) {
    const { filter, setting } = fit(pairs);
    await breathe();
    const estimates = unflatten(config, filter(noisy));
    const scores: number[] = [];
    for (const { of } of measures) {
      await breathe();
      scores.push(of(estimates, clean));
    }
    found.push({ scores, setting, examples: slice(estimates, [{ stop: EXAMPLES }]) });
  }
  return found;
}

/**
 * The rows of a part behind a noise. The key follows from the seed and the part alone, so that all levels of one kind
 * scale, or widen, the same draw, whichever other noises are judged.
 */
function noisyRows(bench: Bench, part: "test" | "train", noise: Noise): Tensor {
  const from = foldIn(key(bench.seed), part === "test" ? 0 : 1);
  return corrupt([noise], bench[part], from, { clip: isImageModel(bench.config) });
}
