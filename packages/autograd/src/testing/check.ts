// The gradient checker: analytic derivatives against finite differences, in double, along random directions.

import { abs, add, cast, ElboError, foldIn, key, type Key, mul, normal, sum, type Tensor } from "@elbo/tensor";
import { leaves, rebuild } from "../core/tree.js";
import { concrete, type Operand, type Value } from "../core/traced.js";
import { asValue } from "../transforms/record.js";
import { jvp } from "../transforms/jvp.js";
import { vjp } from "../transforms/vjp.js";
import { directionalDerivative } from "./numeric.js";

/** How hard to check. */
export interface CheckOptions {
  /** 1 checks first derivatives, 2 (the default) also the derivatives of the pullback. */
  readonly order?: 1 | 2;
  /** Random directions tried. */
  readonly directions?: number;
  /** The largest difference that passes, relative to the numeric value; the error of that value comes on top. */
  readonly tolerance?: number;
  /** The step of the finite difference. Keep kinks farther away than this. */
  readonly step?: number;
  readonly seed?: number;
}

/** An analytic derivative that differs from the numeric one. */
export class GradientError extends ElboError {
  readonly analytic: number;
  readonly numeric: number;

  constructor(what: string, analytic: number, numeric: number, allowed: number) {
    super(
      "GRADIENT",
      `${what}: analytic ${analytic}, numeric ${numeric}, difference ${Math.abs(analytic - numeric)} where ${allowed} is allowed`,
      { op: "checkGrads" },
    );
    this.analytic = analytic;
    this.numeric = numeric;
  }
}

const toDouble = (tree: unknown): unknown =>
  rebuild(
    tree,
    leaves(tree).map((leaf) => doubleOf(leaf)),
  );
const doubleOf = (leaf: Operand): Tensor => {
  const tensor = concrete(asValue(leaf));
  return tensor.dtype === "float32" ? cast(tensor, "float64") : tensor;
};

/** A random direction with the shapes of a tree; indices do not move. */
const direction = (tree: unknown, from: Key): Tensor[] =>
  leaves(tree).map((leaf, i) => {
    const { shape, dtype } = asValue(leaf);
    return mul(cast(normal(foldIn(from, i), shape), "float64"), dtype === "int32" ? 0 : 1);
  });

const product = (x: Operand, y: Tensor): Tensor => mul(cast(concrete(asValue(x)), "float64"), y);

const inner = (a: readonly Operand[], b: readonly Tensor[]): number =>
  b.reduce((total, one, i) => total + sum(product(a[i], one)).item(), 0);

/** The sum of the sizes of the products in `inner`: what its rounding is proportional to. */
const magnitude = (a: readonly Operand[], b: readonly Tensor[]): number =>
  b.reduce((total, one, i) => total + sum(abs(product(a[i], one))).item(), 0);

/** Room for 2^20 roundings in double on the way to an analytic derivative. */
const ROUNDING = 2 ** -33;

/**
 * Checks every derivative of `f` at `args` (tensors or trees of tensors) against finite differences: for random `u`
 * and `w`, `<J^T w, u>` (reverse mode) and `<w, J u>` (forward mode) against the central difference of `<w, f>` along
 * `u`, and with order 2 the same for the pullback `x -> J(x)^T w`. Everything is computed in float64: float32
 * arguments are converted first.
 * @throws GradientError, with the analytic and the numeric value, where they disagree
 * @example checkGrads((x) => sum(exp(x)), [tensor([0.3, -0.7])])
 */
export function checkGrads<P extends unknown[]>(f: (...args: P) => unknown, args: P, options: CheckOptions = {}): void {
  const { order = 2, directions = 2, tolerance = 1e-6, step = 1e-3, seed = 0 } = options;
  const at = toDouble(args) as P;
  for (let i = 0; i < directions; i++) {
    checkAlong(f, at, { order, tolerance, step, from: foldIn(key(seed), i), label: "derivative" });
  }
}

interface Along {
  readonly order: number;
  readonly tolerance: number;
  readonly step: number;
  readonly from: Key;
  readonly label: string;
}

function checkAlong<P extends unknown[]>(
  f: (...args: P) => unknown,
  at: P,
  { order, tolerance, step, from, label }: Along,
): void {
  const u = direction(at, foldIn(from, 0));
  const [y, pullback] = vjp(f, ...at);
  const w = direction(y, foldIn(from, 1));
  const cotangent = rebuild(y, w);
  const moved = (h: number): P =>
    rebuild(
      at,
      leaves(at).map((leaf, i) => move(asValue(leaf), u[i], h)),
    );
  const numeric = directionalDerivative((h) => inner(leaves(f(...moved(h))), w), step);
  const judge = (mode: string, found: readonly Operand[], against: readonly Tensor[]): void => {
    const analytic = inner(found, against);
    const allowed = tolerance * Math.abs(numeric.value) + numeric.error + ROUNDING * magnitude(found, against);
    // Written so that a NaN on either side fails.
    if (!(Math.abs(analytic - numeric.value) <= allowed)) {
      throw new GradientError(`${label}, ${mode} mode`, analytic, numeric.value, allowed);
    }
  };
  judge("reverse", leaves(pullback(cotangent)), u);
  judge("forward", leaves(jvp(f, at, rebuild(at, u))[1]), w);
  if (order > 1) {
    const transposed = (...x: P): unknown => vjp(f, ...x)[1](cotangent);
    checkAlong(transposed, at, { order: order - 1, tolerance, step, from: foldIn(from, 2), label: `second ${label}` });
  }
}

const move = (x: Value, along: Tensor, by: number): Tensor => {
  const tensor = concrete(x);
  return tensor.dtype === "int32" ? tensor : add(tensor, mul(along, by));
};
