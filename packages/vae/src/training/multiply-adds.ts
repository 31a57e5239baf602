// How the matrix products of a run round: the class of a mode on this runtime, and what a change of class means.

import { matmulEngine, type MatmulEngine, type MatmulMode } from "@elbo/tensor";

/**
 * How a product is added to a sum of products: `fused` rounds once, `separate` after the product and after the sum.
 * Runtimes of one class give the same bits. `double` is what runs of before there were classes have used: products and
 * sums in double, the whole sum rounded once. Nothing computes so any more.
 */
export type MultiplyAdd = MatmulEngine["fast"] | "double";

/** The class of a mode on this runtime: `strict` is separate on every one. */
export const multiplyAddOf = (mode: MatmulMode): MultiplyAdd => (mode === "strict" ? "separate" : matmulEngine().fast);

/**
 * The classes of a run in the order in which they were used, in words.
 * @example multiplyAddHistory(["fused", "separate"]) // "fused, then separate"
 */
export const multiplyAddHistory = (used: readonly MultiplyAdd[]): string =>
  used.length === 0 ? "none yet" : used.map((one) => (one === "double" ? "double-precision" : one)).join(", then ");

/** What to say where a run goes on under another class. */
export const changeOfClass = (used: readonly MultiplyAdd[], now: MultiplyAdd): string =>
  `this run began with ${multiplyAddHistory(used)} multiply-adds in its matrix products, and this runtime has ${now} ones: its bits will differ from an uninterrupted run`;
