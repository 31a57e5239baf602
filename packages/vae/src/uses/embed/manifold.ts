// The decoder's manifold: a grid of latent points that holds equal shares of where the codes lie, for the decoder to draw.

import { fromTypedArray, mul, slice, sqrt, type Tensor } from "@elbo/tensor";
import { principalComponents, restore } from "../../baselines/pca.js";
import { checkCount, checkTable } from "../../data/arguments.js";
import { normalQuantile } from "../../distributions/quantile.js";
import type { ModelKind } from "../../models/config.js";

/** A grid of latent points, row by row from the upper left: to the right the first axis grows, upwards the second. */
export interface LatentGrid {
  /** `[rows * columns, latent]`. */
  readonly points: Tensor;
  readonly rows: number;
  readonly columns: number;
  /** The prior itself, or the plane of the first two principal components of the codes. */
  readonly spans: "prior" | "components";
}

/**
 * A grid of `size x size` latent points at the quantiles `q_i = Phi^-1((i - 1/2) / size)`; one row of them in one
 * dimension. For a VAE of one or two dimensions these are the points themselves, so that each cell has the same mass
 * under the prior. Elsewhere they span the plane of the first two principal components of the codes:
 * `mean + q_i s_1 v_1 + q_j s_2 v_2`, with the standard deviations s along the components v.
 *
 * @param codes `[count, latent]`: where examples lie
 * @throws ShapeError where the codes are no table, ArgumentError where `size` is no whole number of 1 or more
 * @see Kingma and Welling (2013), figure 4
 * @example latentGrid("vae", latentMeans(model, data.test.inputs), 20)
 */
export function latentGrid(kind: ModelKind, codes: Tensor, size: number): LatentGrid {
  checkTable("latentGrid", "codes", codes);
  checkCount("latentGrid", "size", size, 1, Infinity);
  const latent = codes.shape[1];
  const rows = latent === 1 ? 1 : size;
  const axes = Math.min(2, latent);
  const places = quantiles(size, rows, axes);
  if (kind === "vae" && latent <= 2) return { points: places, rows, columns: size, spans: "prior" };
  const pca = principalComponents(codes);
  const deviations = sqrt(slice(pca.variances, [{ stop: axes }]));
  return { points: restore(pca, mul(places, deviations)), rows, columns: size, spans: "components" };
}

/** Standard normal quantiles as the coordinates of a grid, `[rows * size, axes]`. */
function quantiles(size: number, rows: number, axes: number): Tensor {
  const marks = Array.from({ length: size }, (_, i) => normalQuantile((i + 0.5) / size));
  const places = Float32Array.from({ length: rows * size * axes }, (_, at) => {
    const cell = Math.floor(at / axes);
    return at % axes === 0 ? marks[cell % size] : marks[size - 1 - Math.floor(cell / size)];
  });
  return fromTypedArray(places, [rows * size, axes]);
}
