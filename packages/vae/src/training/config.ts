// The choices that the course of training depends on, with their defaults, checked once.

import { ArgumentError, type MatmulMode } from "@elbo/tensor";
import { type Corruption, checkNoise } from "../data/corruption.js";
import type { Targets } from "../data/draw.js";
import { type OptimizerName, optimizers } from "./optimizers.js";

/**
 * The choices that the course of training depends on: the same ones give the same bits, with `matmul: "fast"` on
 * runtimes of one class of multiply-add, with `"strict"` on all.
 */
export interface TrainingConfig {
  readonly epochs: number;
  /** Examples a step. */
  readonly batch: number;
  /** The learning rate. */
  readonly lr: number;
  /** The weight of the KL term. */
  readonly beta: number;
  readonly targets: Targets;
  /**
   * The noise through which the encoder sees the examples, while the decoder is asked for the clean ones: what makes a
   * denoising autoencoder. Absent for none.
   */
  readonly corruption?: Corruption;
  readonly optimizer: OptimizerName;
  /**
   * How the matrix products of the steps and of the evaluation after each epoch round. `fast`: once for each
   * multiply-add where the runtime can, which is quicker; `strict`: after the product and after the sum, with the same
   * bits everywhere. On Node 20, `fast` is quicker only after `enableRelaxedSimd()` of `@elbo/tensor/node`.
   */
  readonly matmul: MatmulMode;
  /** The seed of the order of examples and of all noise. */
  readonly seed: number;
}

/** The names of these choices. */
export const trainingChoices: readonly (keyof TrainingConfig)[] = [
  "epochs",
  "batch",
  "lr",
  "beta",
  "targets",
  "corruption",
  "optimizer",
  "matmul",
  "seed",
];

/** The choices with their defaults, checked. */
export function trainingConfig(options: Partial<TrainingConfig>): TrainingConfig {
  const { epochs = 10, batch = 128, lr = 1e-3, beta = 1, targets = "gray", optimizer = "adam" } = options;
  const { corruption = [], matmul = "fast", seed = 0 } = options;
  const require = (holds: boolean, rule: string, value: unknown): void => {
    const got = typeof value === "number" ? String(value) : JSON.stringify(value); // JSON has no NaN, no Infinity
    if (!holds) throw new ArgumentError(`${rule}, got ${got}`, { op: "fit" });
  };
  require(Number.isInteger(epochs) && epochs >= 1, "epochs is a whole number of 1 or more", epochs);
  require(Number.isInteger(batch) && batch >= 1, "batch is a whole number of 1 or more", batch);
  require(Number.isFinite(lr) && lr > 0, "lr is a positive number", lr);
  require(Number.isFinite(beta) && beta >= 0, "beta is a number of 0 or more", beta);
  require(targets === "gray" || targets === "dynamic", "targets is gray or dynamic", targets);
  require(Array.isArray(corruption), "corruption is a list of { kind, level }", corruption);
  for (const noise of corruption) checkNoise(noise);
  require(Object.hasOwn(optimizers, optimizer), `optimizer is one of ${Object.keys(optimizers).join(", ")}`, optimizer);
  require(matmul === "fast" || matmul === "strict", "matmul is fast or strict", matmul);
  require(Number.isSafeInteger(seed) && seed >= 0, "seed is a whole number from 0 to 2^53 - 1", seed);
  // No corruption is no member, so that runs of before there was some read and write as they did.
  return { epochs, batch, lr, beta, targets, ...(corruption.length > 0 && { corruption }), optimizer, matmul, seed };
}
