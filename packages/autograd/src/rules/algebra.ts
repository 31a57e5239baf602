// The kinds of operations, so that a record says why its rule is what it is.

import { broadcastShapes, type Shape, type Tensor, type TensorLike } from "@elbo/tensor";
import type { Case, Derivative, Draw, Interval, None, OpRecord, Rule } from "../core/signatures.js";
import type { Operand, Value } from "../core/traced.js";
import { reshape } from "../ops/shape.js";
import { sum } from "../ops/reduce.js";

/** The one place where broadcasting is undone: a cotangent summed over the axes along which its operand was stretched. */
export function unbroadcast(cotangent: Value, shape: Shape): Value {
  const from = cotangent.shape;
  const missing = from.length - shape.length;
  const stretched = from.flatMap((length, axis) =>
    axis < missing || (shape[axis - missing] === 1 && length !== 1) ? [axis] : [],
  );
  const summed = stretched.length === 0 ? cotangent : sum(cotangent, { axis: stretched, keepDims: true });
  return missing === 0 ? summed : reshape(summed, shape);
}

/** A slope rule of an elementwise operation: the cotangent of one operand from `g`, the result and the operands. */
type Slope = ((g: Value, y: Value, ...x: Operand[]) => Value) | null;

const toRule = (slope: Slope): Rule<None> | null => slope && ((g, { y, x }) => slope(g, y, ...x));

/** Shapes that broadcast with each other: one drawn shape, some axes shrunk to 1, and leading axes left out of all but one. */
export function broadcastable(draw: Draw, count: number): Shape[] {
  const shape = smallShape(draw);
  const whole = draw.integer(0, count - 1);
  return Array.from({ length: count }, (_, i) => {
    const kept = i === whole ? shape : shape.slice(draw.integer(0, shape.length));
    return kept.map((length) => (draw.integer(0, 3) === 0 ? 1 : length));
  });
}

/** A small shape of rank 0 to 3, at times with an axis of length 1. */
export const smallShape = (draw: Draw, minRank = 0): number[] =>
  Array.from({ length: draw.integer(minRank, 3) }, () => draw.integer(1, 4));

/** Real numbers, away from the given kinks. */
export const reals = (low = -2, high = 2, ...kinks: number[]): Interval => ({ low, high, kinks, margin: 0.05 });

interface ElementwiseOptions {
  readonly linear?: boolean;
  readonly distinct?: boolean;
}

function elementwiseRecord(
  evaluate: (...x: TensorLike[]) => Tensor,
  derivative: Derivative<None>,
  intervals: readonly Interval[],
  { linear = false, distinct = false }: ElementwiseOptions = {},
): OpRecord<None> {
  return {
    evaluate: (x) => evaluate(...x),
    shape: (shapes) => broadcastShapes("elementwise", ...shapes),
    broadcasts: true,
    linear,
    derivative,
    domain: (draw): Case<None> => ({
      inputs: broadcastable(draw, intervals.length).map((shape, i) => ({ shape, interval: intervals[i] })),
      attributes: {},
      distinct,
    }),
  };
}

/** An elementwise operation of one operand with its slope. */
export const unary = (
  evaluate: (x: TensorLike) => Tensor,
  slope: NonNullable<Slope>,
  interval: Interval,
  options?: ElementwiseOptions,
): OpRecord<None> =>
  elementwiseRecord(
    evaluate as (...x: TensorLike[]) => Tensor,
    { kind: "each", rules: [toRule(slope)] },
    [interval],
    options,
  );

/** An elementwise operation of two or three operands with a slope for each. */
export const elementwise = (
  evaluate: (...x: [TensorLike, TensorLike, TensorLike]) => Tensor,
  slopes: readonly Slope[],
  intervals: readonly Interval[],
  options?: ElementwiseOptions,
): OpRecord<None> =>
  elementwiseRecord(
    evaluate as (...x: TensorLike[]) => Tensor,
    { kind: "each", rules: slopes.map(toRule) },
    intervals,
    options,
  );

/** An operation that is constant between its jumps: its derivative is 0 wherever it has one. */
export const zeroTangent = (
  evaluate: (...x: [TensorLike, TensorLike]) => Tensor,
  intervals: readonly Interval[],
  options?: ElementwiseOptions,
): OpRecord<None> =>
  elementwiseRecord(
    evaluate as (...x: TensorLike[]) => Tensor,
    { kind: "each", rules: intervals.map(() => null) },
    intervals,
    options,
  );

/** An operation that is linear in its first operand: its rule is its transpose. Further operands are indices. */
export function linear<A>(parts: {
  evaluate: (x: TensorLike[], attributes: A) => Tensor;
  shape: (shapes: readonly Shape[], attributes: A) => Shape;
  transpose: (g: Value, x: Operand, attributes: A, indices: Operand) => Value;
  domain: (draw: Draw) => Case<A>;
  /** False for an affine operation, whose value at 0 is not 0. */
  linear?: boolean;
}): OpRecord<A> {
  const rule: Rule<A> = (g, { x, attributes }) => parts.transpose(g, x[0], attributes, x[1]);
  return {
    evaluate: (x, attributes) => parts.evaluate([...x], attributes),
    shape: parts.shape,
    broadcasts: false,
    linear: parts.linear ?? true,
    derivative: { kind: "each", rules: [rule, null] },
    domain: parts.domain,
  };
}
