// Gradients of scalar functions with respect to trees of parameters.

import { ArgumentError, formatShape, ones, ShapeError } from "@elbo/tensor";
import { pullBack } from "../core/pullback.js";
import { rebuild } from "../core/tree.js";
import { isTraced, type Value } from "../core/traced.js";
import { checkArgnum, outside, record } from "./record.js";

/** Which argument is differentiated: the first unless said otherwise. */
export interface GradOptions {
  readonly argnum?: number;
}

/** The differentiated argument's type; the gradient of a number is a tensor. */
type Argument<P extends unknown[], N> = GradientOf<N extends keyof P ? P[N] : P[0]>;
type GradientOf<T> = T extends number ? Value : T;

function checkScalar(y: Value): void {
  if (typeof y !== "object" || y === null || !Array.isArray(y.shape)) {
    throw new ArgumentError(
      `the function must return a tensor, it returned ${y === undefined ? "nothing" : `a ${typeof y}`}; compute with the operations of @elbo/autograd, which record what they do`,
      { op: "grad" },
    );
  }
  if (y.size !== 1) {
    throw new ShapeError(
      `needs a function with one number as result, this one gives ${formatShape(y.shape)}; reduce it with sum or mean, or use jacobian`,
      { op: "grad", shapes: [y.shape] },
    );
  }
}

/** The scalar result, the gradient, and whatever else the function returned. */
function differentiate<P extends unknown[], Y>(
  f: (...args: P) => Y,
  args: P,
  argnum: number,
  scalarOf: (y: Y) => Value,
): [Y, unknown] {
  checkArgnum("grad", argnum, args.length);
  const { session, inputs, result } = record(f, args, [argnum]);
  const y = scalarOf(result);
  checkScalar(y);
  const seed = ones(y.shape, { dtype: y.dtype });
  const cotangents = isTraced(y) ? pullBack(session, [y], [seed], inputs) : pullBack(session, [], [], inputs);
  return [outside(result, session), rebuild(args[argnum], cotangents)];
}

/**
 * The gradient of a scalar function, with the tree shape of the differentiated argument.
 * @throws ShapeError where the function gives more than one number
 * @example grad((x) => sum(mul(x, x)))(tensor([1, 2])).toArray() // [2, 4]
 */
export function grad<P extends unknown[], N extends number = 0>(
  f: (...args: P) => Value,
  options: GradOptions & { readonly argnum?: N } = {},
): (...args: P) => Argument<P, N> {
  return (...args) => differentiate(f, args, options.argnum ?? 0, (y) => y)[1] as Argument<P, N>;
}

/**
 * The value and the gradient, for the price of the gradient.
 * @example valueAndGrad((x) => sum(mul(x, x)))(tensor([1, 2])) // [5, [2, 4]] as tensors
 */
export function valueAndGrad<P extends unknown[], N extends number = 0>(
  f: (...args: P) => Value,
  options: GradOptions & { readonly argnum?: N } = {},
): (...args: P) => [value: Value, gradient: Argument<P, N>] {
  return (...args) => differentiate(f, args, options.argnum ?? 0, (y) => y) as [Value, Argument<P, N>];
}

/** As `valueAndGrad`, for a function that returns a tree of which the member `of` is the scalar to differentiate. */
export function valueAndGradOf<P extends unknown[], K extends string, Y extends Record<K, Value>>(
  of: K,
  f: (...args: P) => Y,
): (...args: P) => [value: Y, gradient: P[0]] {
  return (...args) => differentiate(f, args, 0, (y: Y) => y[of]) as [Y, P[0]];
}
