// What a report is made of: plain data that a caller fills in after a training run.

import type { Tensor } from "@elbo/tensor";
import type { Ellipse } from "../evaluation/ellipses.js";
import type { Architecture } from "../models/describe.js";
import type { Report } from "../training/report.js";

/** Test examples as points of the plane. */
export interface LatentMap {
  /** One point per example: the mean of q(z|x), or an autoencoder's code, itself or projected to two axes. */
  readonly points: readonly (readonly [number, number])[];
  /** The class of each point, counted from 0; null where the data has no classes. */
  readonly labels: readonly number[] | null;
  /** What the axes are: `["z1", "z2"]`, or `["PC 1 (31 % of variance)", "PC 2 (22 % of variance)"]`. */
  readonly axes: readonly [string, string];
  /** Posteriors of some of the points, drawn over them. */
  readonly ellipses?: readonly Ellipse[];
  /** The name of class i at [i], where classes have names. */
  readonly classes?: readonly string[] | null;
}

/** The value of one setting of a run. */
export type Setting = string | number | boolean | null;

/** Everything that `reportPage` shows. */
export interface ReportData {
  /** The heading of the page and its name in the browser. */
  readonly title: string;
  readonly architecture: Architecture;
  /** One entry per epoch, oldest first. The last one gives the final figures. */
  readonly log: readonly Report[];
  /** Test images `[n, height, width]`, 0 (paper) to 1 (ink); null where an example is no image. */
  readonly inputs: Tensor | null;
  /** The decoder's means for `inputs`, in the same order and shape. */
  readonly reconstructions: Tensor | null;
  /**
   * Decoder means `[n, height, width]`. For a VAE, of z ~ N(0, I); for an autoencoder, of codes drawn from a Gaussian
   * that was fitted to the codes of the training data.
   */
  readonly samples: Tensor | null;
  /** Where test examples lie in the latent space; null where that was not computed. */
  readonly latentMap: LatentMap | null;
  /** KL(q(z_j|x) || p(z_j)) for each j, in nats, averaged over the test set; null for an autoencoder. */
  readonly klPerDimension: readonly number[] | null;
  /** Every setting of the run, in the order in which it should be read. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** The command that repeats the run. */
  readonly command: string;
  /** What it ran on: `{ elbo: "0.1.0", node: "20.20.2", cpu: "..." }`. */
  readonly versions: Readonly<Record<string, string>>;
}
