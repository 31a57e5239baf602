// How the matrix products of a run round: the class of a mode on this runtime, and what a change of class means.

import { matmulEngine, type MatmulEngine, type MatmulMode } from "@elbo/tensor";

/**
 * How a product is added to a sum of products: `fused` rounds once, `separate` after the product and after the sum.
 * Runtimes of one class give the same bits.
 */
export type MultiplyAdd = MatmulEngine["fast"];

/** The class of a mode on this runtime: `strict` is separate on every one. */
export const multiplyAddOf = (mode: MatmulMode): MultiplyAdd => (mode === "strict" ? "separate" : matmulEngine().fast);

/**
 * The classes of a run in the order in which they were used, in words.
 * @example multiplyAddHistory(["fused", "separate"]) // "fused, then separate"
 */
export const multiplyAddHistory = (used: readonly MultiplyAdd[]): string =>
  used.length === 0 ? "not recorded" : used.join(", then ");

/** What to say where a run goes on under another class. A run that recorded none summed its products in double. */
export function changeOfClass(used: readonly MultiplyAdd[], now: MultiplyAdd): string {
  const before =
    used.length === 0
      ? "matrix products that were summed in double"
      : `${multiplyAddHistory(used)} multiply-adds in its matrix products`;
  return `this run began with ${before}, and this runtime has ${now} multiply-adds: its bits will differ from an uninterrupted run`;
}
