// Values and gradients at chosen points, as plain numbers.

import { fromTypedArray, ones, type Tensor } from "@elbo/tensor";
import { type Value, vjp } from "../../src/index.js";
import { numbers } from "./compare.js";

/** A vector in float64; a number is a scalar. */
export const double = (...values: number[]): Tensor => fromTypedArray(Float64Array.from(values), [values.length]);
export const scalar = (value: number): Tensor => fromTypedArray(Float64Array.of(value), []);

/** The gradient of the sum of all elements of f at scalars. A zero comes without its sign. */
export function slopes(f: (...x: Value[]) => Value, ...at: number[]): number[] {
  const [y, pullback] = vjp(f, ...at.map(scalar));
  return pullback(ones(y.shape, { dtype: y.dtype })).map((x) => x.item() + 0);
}

/** The gradient of the sum of all elements of f at a vector, likewise. */
export function slopesAt(f: (x: Value) => Value, ...at: number[]): number[] {
  const [y, pullback] = vjp(f, double(...at));
  return numbers(pullback(ones(y.shape, { dtype: y.dtype }))[0]).map((x) => x + 0);
}
