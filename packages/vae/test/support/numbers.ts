// Numbers out of values: elements, moments, closeness, and the bits of a whole tree.

import { leavesWithPaths, type Operand, type Value } from "@elbo/autograd";
import { expect } from "vitest";

/** The elements in row-major order. */
export const numbers = (x: Value): number[] => Array.from(x.data);

/** The mean, its standard error, and the variance of independent draws. */
export function moments(values: readonly number[]): { mean: number; standardError: number; variance: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, standardError: Math.sqrt(variance / values.length), variance };
}

/** Equal but for `tolerance` times 1 or the size of the wanted number, whichever is more. NaN fails. */
export function expectClose(got: number, want: number, tolerance: number, what = ""): void {
  const allowed = tolerance * Math.max(1, Math.abs(want));
  expect(Math.abs(got - want) <= allowed, `${what}: ${got} against ${want}, ${allowed} allowed`).toBe(true);
}

/** Element by element. */
export function expectAllClose(got: readonly number[], want: readonly number[], tolerance: number, what = ""): void {
  expect(got.length, what).toBe(want.length);
  got.forEach((x, i) => expectClose(x, want[i], tolerance, `${what}[${i}]`));
}

/** The mean of draws is `want` within so many standard errors. */
export function expectMean(draws: readonly number[], want: number, errors = 4, what = ""): void {
  const { mean, standardError } = moments(draws);
  const away = Math.abs(mean - want) / standardError;
  expect(away <= errors, `${what}: ${mean} +- ${standardError} against ${want}`).toBe(true);
}

const hex = (leaf: Operand): string => {
  const data = typeof leaf === "number" ? Float64Array.of(leaf) : leaf.data;
  const shape = typeof leaf === "number" ? "number" : `${leaf.dtype}[${leaf.shape.join(", ")}]`;
  return `${shape} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex")}`;
};

/** The bits of every leaf by its path: equal where the trees are equal to the last bit, signs of zeros included. */
export const bits = (tree: unknown): Record<string, string> =>
  Object.fromEntries(leavesWithPaths(tree).map(([path, leaf]) => [path, hex(leaf)]));
