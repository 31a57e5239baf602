// Wiener's filter along principal components: the best linear denoiser, component by component.

import {
  ArgumentError,
  cast,
  checkOptions,
  clamp,
  fromTypedArray,
  matmul,
  mul,
  slice,
  type Tensor,
} from "@elbo/tensor";
import { checkSameShape, checkTable } from "../data/arguments.js";
import type { Pca } from "./pca.js";
import { columnMeans, rowBlocks, translate } from "./rows.js";

/** Takes noisy rows `[count, dimensions]` to estimates of the clean ones, float32. */
export type RowFilter = (rows: Tensor) => Tensor;

export interface WienerOptions {
  /** Puts estimates below 0 to 0 and above 1 to 1, for pixels. */
  readonly clip?: boolean;
}

/** Rows whose projections are in memory at a time. */
const BLOCK = 1024;

/**
 * The gain of each component against noise of standard deviation `sigma`, independent of the data and of equal variance
 * in every direction: `variance / (variance + sigma^2)`, `[rank]` as the variances, float64. A component without variance has gain
 * 0, also at sigma 0. Wiener (1949), for one component at a time.
 * @throws ArgumentError where sigma is not finite or is below 0
 * @example wienerGains(pca.variances, 0.5)
 */
export function wienerGains(variances: Tensor, sigma: number): Tensor {
  if (!(sigma >= 0 && sigma < Infinity))
    throw new ArgumentError(`sigma is a number of 0 or more, got ${sigma}`, { op: "wienerGains" });
  const gain = (variance: number): number => (variance > 0 ? variance / (variance + sigma * sigma) : 0);
  return fromTypedArray(Float64Array.from(variances.data, gain), variances.shape);
}

/**
 * The filter that is best in squared error, on pairs of rows `[count, dimensions]`, among those that scale each
 * component: `mean_x + V diag(gain) V^T (y - mean_y)` with `gain_k = cov(x_k, y_k) / var(y_k)`, x the clean rows, y the
 * noisy ones, both along the components V of the clean data. Noise that is clipped, or depends on the data, is taken as
 * it comes. Where y does not vary, and outside the span of the components, the gain is 0.
 * @throws ShapeError where the tables do not fit each other or the components, ArgumentError where a number is not finite
 * @example wienerFilter(principalComponents(clean), clean, noisy)(noisyTest)
 */
export function wienerFilter(pca: Pca, clean: Tensor, noisy: Tensor, options: WienerOptions = {}): RowFilter {
  const op = "wienerFilter";
  checkOptions(op, options, ["clip"]);
  checkSameShape(op, clean, noisy);
  checkTable(op, "clean", clean, pca.mean.size);
  checkTable(op, "noisy", noisy, pca.mean.size);
  const means = { clean: columnMeans(clean), noisy: columnMeans(noisy) };
  const gains = fittedGains(pca, clean, noisy, means);
  return filterOf(op, pca, gains, means, options);
}

/**
 * The filter for noise of standard deviation `sigma` added to rows distributed as those of the components, unclipped:
 * `mean + V diag(wienerGains) V^T (y - mean)`.
 * @throws ArgumentError where sigma is not finite or is below 0
 * @example wienerForNoise(principalComponents(clean), 0.5)(noisy)
 */
export function wienerForNoise(pca: Pca, sigma: number, options: WienerOptions = {}): RowFilter {
  checkOptions("wienerForNoise", options, ["clip"]);
  const means = { clean: pca.mean, noisy: pca.mean };
  return filterOf("wienerForNoise", pca, wienerGains(pca.variances, sigma), means, options);
}

interface Means {
  readonly clean: Tensor;
  readonly noisy: Tensor;
}

function fittedGains(pca: Pca, clean: Tensor, noisy: Tensor, means: Means): Tensor {
  const rank = pca.variances.size;
  const [together, alone] = [new Float64Array(rank), new Float64Array(rank)];
  for (const block of rowBlocks(clean.shape[0], BLOCK)) {
    const x = matmul(translate(slice(clean, [block]), means.clean, -1), pca.components).data;
    const y = matmul(translate(slice(noisy, [block]), means.noisy, -1), pca.components).data;
    for (let at = 0; at < y.length; at++) {
      together[at % rank] += x[at] * y[at];
      alone[at % rank] += y[at] * y[at];
    }
  }
  return fromTypedArray(
    together.map((product, k) => (alone[k] > 0 ? product / alone[k] : 0)),
    [rank],
  );
}

function filterOf(op: string, pca: Pca, gains: Tensor, means: Means, { clip = false }: WienerOptions): RowFilter {
  const scale = scaling(pca, gains);
  return (rows) => {
    checkTable(op, "rows", rows, pca.mean.size);
    const estimate = translate(scale(translate(rows, means.noisy, -1)), means.clean, 1);
    return clip ? clamp(estimate, 0, 1) : estimate;
  };
}

/** `V diag(gain) V^T` of centred rows: one matrix, made once, unless its two factors are smaller. */
function scaling({ components, mean, variances }: Pca, gains: Tensor): RowFilter {
  const scaled = mul(components, cast(gains, "float32"));
  if (2 * variances.size < mean.size) return (rows) => matmul(matmul(rows, scaled), components, { transposeB: true });
  const matrix = matmul(scaled, components, { transposeB: true });
  return (rows) => matmul(rows, matrix);
}
