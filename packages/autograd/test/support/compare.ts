// Comparisons of values: to the bit, and within a tolerance that is relative to the sizes at hand.

import { cast } from "@elbo/tensor";
import { expect } from "vitest";
import { concrete } from "../../src/core/traced.js";
import type { Value } from "../../src/index.js";

/** The elements in row-major order. */
export const numbers = (x: Value): number[] => Array.from(cast(concrete(x), "float64").data);

/** `<a, b>` over lists of tensors, and the sum of the sizes of its terms, to which rounding errors are relative. */
export function inner(a: readonly Value[], b: readonly Value[]): { value: number; size: number } {
  let [value, size] = [0, 0];
  a.forEach((one, i) => {
    const other = numbers(b[i]);
    numbers(one).forEach((x, j) => {
      value += x * other[j];
      size += Math.abs(x * other[j]);
    });
  });
  return { value, size };
}

/** Equal numbers, written so that a NaN fails. */
export function expectClose(got: number, want: number, allowed: number, what: string): void {
  expect(Math.abs(got - want) <= allowed, `${what}: ${got} against ${want}, ${allowed} allowed`).toBe(true);
}

/** Every element equal but for `tolerance` times the largest size in either tensor, or times `scale` if that is more. */
export function expectAllClose(got: Value, want: Value, tolerance: number, what = "", scale = 1): void {
  expect(got.shape, what).toEqual(want.shape);
  const [a, b] = [numbers(got), numbers(want)];
  const size = [...a, ...b].reduce((most, x) => Math.max(most, Math.abs(x)), scale);
  a.forEach((x, i) => expectClose(x, b[i], tolerance * size, `${what}[${i}]`));
}

/** Equal shapes, dtypes and bits (NaN equals NaN; the zeros differ). */
export function expectSameBits(got: Value, want: Value, what = ""): void {
  expect(got.shape, what).toEqual(want.shape);
  expect(got.dtype, what).toBe(want.dtype);
  const [a, b] = [numbers(got), numbers(want)];
  const at = a.findIndex((x, i) => !Object.is(x, b[i]));
  expect(at, at < 0 ? what : `${what}: element ${at} is ${a[at]} against ${b[at]}`).toBe(-1);
}
