// What a likelihood asks of its inputs, checked before anything is computed from them.

import { Tensor } from "@elbo/tensor";
import type { Split } from "./dataset.js";
import { DataError } from "./errors.js";

/** The likelihoods that differ in which inputs they take. */
export type InputLikelihood = "bernoulli" | "gaussian";

/**
 * Refuses inputs that the likelihood is not defined for: log p(x) = x log p + (1 - x) log(1 - p) of a Bernoulli asks
 * for 0 <= x <= 1, a Gaussian for any finite x. One pass over the elements; stops at the first bad one.
 *
 * @param op what messages start with: the function on whose behalf the check runs
 * @param inputs `[count, ...shape of one example]`
 * @throws DataError that names the index and the value of the first element out of range or not finite
 * @example checkInputs("fit", zeros([10, 28, 28]), "bernoulli")
 */
export function checkInputs(op: string, inputs: Tensor, likelihood: InputLikelihood): void {
  const { data } = inputs;
  const [low, high] = likelihood === "bernoulli" ? [0, 1] : [-Number.MAX_VALUE, Number.MAX_VALUE];
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    // Written so that NaN, which compares false with everything, is refused too.
    if (!(value >= low && value <= high)) throw new DataError(complaint(inputs.shape, i, value), { op });
  }
}

/**
 * Refuses what is no part of a data set: `{ inputs, labels }` with a tensor of inputs.
 * @throws DataError that says what was found
 */
export function checkPart(op: string, part: Split | undefined, name: string): asserts part is Split {
  const inputs: unknown = part?.inputs;
  if (inputs instanceof Tensor) return;
  const found =
    part === undefined ? "missing" : inputs === undefined ? "no { inputs, labels }" : "without a tensor of inputs";
  throw new DataError(
    `the ${name} part is ${found}; data is { name, train: { inputs, labels }, test: { inputs, labels } } with tensors`,
    { op },
  );
}

function complaint(shape: readonly number[], ordinal: number, value: number): string {
  const where = `inputs${shape.length === 0 ? "" : `[${unravel(shape, ordinal).join(", ")}]`}`;
  if (!Number.isFinite(value)) return `${where} is ${value}; fill in or drop what is missing or has overflowed.`;
  const advice = value > 1 && value <= 255 ? "divide by 255?" : "rescale them, or use the gaussian likelihood.";
  return `pixels run from 0 to 1, ${where} is ${value}; ${advice}`;
}

/** The index of the element that comes `ordinal`-th in row-major order. */
function unravel(shape: readonly number[], ordinal: number): number[] {
  const index = [...shape];
  let rest = ordinal;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}
