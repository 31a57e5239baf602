// What the rows of the suite say in relation: engine against engine, and step against limit, round by round.

import { isMeasured, type Row } from "../harness/results.js";
import { medianRatio } from "../harness/statistics.js";

/** Of times: the first over the second, so how many times as fast the second is. */
const PAIRS: readonly (readonly [slower: string, faster: string])[] = [
  ["tfjs-wasm", "elbo"],
  ["tfjs-wasm", "elbo 2t"],
  ["jax-js", "elbo"],
  ["jax-js 2t", "elbo 2t"],
  ["pytorch 1t", "elbo"],
  ["pytorch 2t", "elbo 2t"],
  ["elbo", "elbo 2t"],
  ["elbo", "limit"],
];

/** The columns of the table of ratios. */
export const RATIOS: readonly string[] = PAIRS.map(([slower, faster]) => `${slower} / ${faster}`);

/** The medians of the ratios within each round at a case, in the order of `RATIOS`; `undefined` where one was not measured. */
export function ratiosAt(rows: readonly Row[], name: string): readonly (number | undefined)[] {
  const valuesOf = (engine: string): readonly number[] | undefined =>
    rows.filter(isMeasured).find((row) => row.case === name && row.engine === engine)?.values;
  return PAIRS.map(([slower, faster]) => {
    const [above, below] = [valuesOf(slower), valuesOf(faster)];
    return above === undefined || below === undefined ? undefined : medianRatio(above, below);
  });
}

/** Minutes in which a million examples have been trained on, the axis of Kingma and Welling's figures. */
export const minutesPerMillion = (ms: number, batch: number): number => ((ms / batch) * 1e6) / 60_000;
