// What the tests of this package share: the naive model of a tensor, its arbitraries, and comparison to the bit.

import * as fc from "fast-check";
import { expect } from "vitest";
import { type DType, fromTypedArray, type NestedArray, slice, type Tensor, transpose } from "../src/index.js";

/** A tensor as a mathematician sees it: a shape, and a number at every index. No strides, no storage. */
export interface Model {
  readonly shape: readonly number[];
  readonly at: (index: readonly number[]) => number;
}

export const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

/** Every index of a shape, row-major. */
export function indices(shape: readonly number[]): number[][] {
  if (shape.length === 0) return [[]];
  const inner = indices(shape.slice(1));
  return Array.from({ length: shape[0] }, (_, i) => inner.map((rest) => [i, ...rest])).flat();
}

/** The position of an index in row-major order. */
export const ordinal = (shape: readonly number[], index: readonly number[]): number =>
  index.reduce((position, i, axis) => position * shape[axis] + i, 0);

export const flat = (model: Model): number[] => indices(model.shape).map((index) => model.at(index));

/** A model of given numbers in row-major order. */
export const modelOf = (shape: readonly number[], values: ArrayLike<number>): Model => ({
  shape,
  at: (index) => values[ordinal(shape, index)],
});

/** The tensor's own model, read once through `toArray`, so that nothing but nested arrays is trusted. */
export function read(x: Tensor): Model {
  const flatten = (level: NestedArray): number[] => (typeof level === "number" ? [level] : level.flatMap(flatten));
  return modelOf(x.shape, flatten(x.toArray()));
}

export function expectModel(x: Tensor, model: Model): void {
  expect(x.shape).toEqual([...model.shape]);
  expect([...x.data]).toEqual(flat(model));
}

/** The first position where two sequences differ as numbers (NaN is NaN, -0 is not 0); -1 where there is none. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

/** The inner product of the elements, in double. */
export function inner(a: Tensor, b: Tensor): number {
  const [x, y] = [a.data, b.data];
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] * y[i];
  return total;
}

/** Both tensors have one shape and the same bits (every NaN counts as one). */
export function expectSameBits(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  expect(a.dtype).toBe(b.dtype);
  const at = firstDifference(a.data, b.data);
  if (at >= 0) expect.fail(`element ${at} differs: ${a.data[at]} and ${b.data[at]}`);
}

/** A fixed stream of numbers in [0, 1), by the linear congruential generator of Numerical Recipes. */
export function fractions(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `count` numbers in [-1, 1) times powers of ten up to `decades` apart. */
export function wildNumbers(seed: number, count: number, decades = 0): Float32Array {
  const next = fractions(seed);
  return Float32Array.from({ length: count }, () => (2 * next() - 1) * 10 ** (decades * (next() - 0.5)));
}

/** Shapes of up to four short axes; lengths 0 and 1 come up often. */
export const shapes = (maxRank = 4, maxLength = 4): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: maxLength }), { maxLength: maxRank });

/** As `shapes`, without axes of length 0. */
export const fullShapes = (maxRank = 4, maxLength = 4): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: maxLength }), { maxLength: maxRank });

/** A tensor of the shape whose elements lie in storage with gaps, in any order of axes, forwards or backwards. */
export function viewsOf(shape: readonly number[], values?: fc.Arbitrary<number>, dtype: DType = "float32") {
  const rank = shape.length;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const numbers = values ?? fc.integer({ min: -9, max: 9 });
  return fc
    .record({
      order: fc.shuffledSubarray(axes, { minLength: rank, maxLength: rank }),
      steps: fc.array(fc.constantFrom(-2, -1, 1, 2), { minLength: rank, maxLength: rank }),
      margins: fc.array(fc.nat(1), { minLength: rank, maxLength: rank }),
      elements: fc.array(numbers, { minLength: product(shape), maxLength: product(shape) }),
    })
    .map(({ order, steps, margins, elements }) => {
      // Axis i of the stored block is axis order[i] of the view.
      const stored = order.map((axis, i) => shape[axis] * Math.abs(steps[i]) + margins[i]);
      const Kind = { float32: Float32Array, float64: Float64Array, int32: Int32Array }[dtype];
      const block = fromTypedArray(new Kind(product(stored)).fill(77), stored);
      const window = slice(
        block,
        order.map((axis, i) => {
          const length = shape[axis];
          const start = margins[i] + (steps[i] < 0 ? Math.max(0, (length - 1) * -steps[i]) : 0);
          if (length === 0) return { start: 0, stop: 0 };
          const stop = start + steps[i] * length;
          return stop < 0 ? { start, step: steps[i] } : { start, stop, step: steps[i] };
        }),
      );
      const view = transpose(
        window,
        axes.map((axis) => order.indexOf(axis)),
      );
      indices(shape).forEach((index, i) => {
        const at = index.reduce((sum, n, axis) => sum + n * view.strides[axis], view.offset);
        view.storage[at] = elements[i];
      });
      return view;
    });
}

/** The numbers whose bits make trouble: zeros, infinities, NaN, subnormals, neighbours of 1. */
export const TROUBLE = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  Infinity,
  -Infinity,
  NaN,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  2 ** -127,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1 + 2 ** -23,
  1 - 2 ** -24,
  88.7,
  -88.7,
  -103.9,
  1e4,
  -1e4,
  16777216,
];

/** Any float32: ordinary ones, troublesome ones, random bits. */
export const anyFloat32 = fc.oneof(
  fc.constantFrom(...TROUBLE),
  fc.float({ min: -8, max: 8, noNaN: true }),
  fc.integer().map((bits) => new Float32Array(Int32Array.of(bits).buffer)[0]),
);
