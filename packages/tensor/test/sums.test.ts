// Sums follow one documented tree, to the bit, however the elements lie; their error is bounded before they are made.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contiguous,
  cumsum,
  DTypeError,
  flip,
  fromTypedArray,
  IndexError,
  mean,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
  transpose,
  treeDepth,
  zeros,
} from "../src/index.js";
import { anyFloat32, expectSameBits, indices, read, shapes, viewsOf, wildNumbers } from "./support.js";
import { documentedFold, folds } from "./trees.js";

const SIZES = [0, 1, 2, 15, 16, 17, 31, 1023, 1024, 1025, 2047, 2048, 2049, 3072, 5127, 7167, 7168];
/** The sum of float64: each step is a double already. */
const double = { step: (x: number, y: number): number => x + y, identity: 0 };

describe("the canonical tree", () => {
  it.each(SIZES)("sums %i numbers as documented, contiguous, strided and backwards", (count) => {
    const numbers = wildNumbers(count + 1, count, 6);
    const expected = documentedFold([...numbers], folds.sum);
    const spread = new Float32Array(3 * count + 1).fill(1e9);
    numbers.forEach((x, i) => (spread[3 * i + 1] = x));
    const backwards = Float32Array.from(numbers).reverse();
    const layouts: Tensor[] = [
      fromTypedArray(numbers),
      slice(fromTypedArray(spread), [{ start: 1, step: 3 }]),
      flip(fromTypedArray(backwards)),
    ];
    for (const x of layouts) {
      expect([...x.data]).toEqual([...numbers]);
      expect(sum(x).item()).toBe(expected);
    }
    const thirds = Float64Array.from(numbers, (x) => x / 3);
    expect(sum(fromTypedArray(thirds)).item()).toBe(documentedFold([...thirds], double));
  });

  it.each([
    [[3, 700], undefined],
    [[3, 700], 1],
    [[1025, 3], 0],
    [[1025, 3], -2],
    [
      [5, 2, 300],
      [0, 2],
    ],
    [
      [5, 2, 300],
      [0, 1],
    ],
    [
      [5, 2, 300],
      [1, 2],
    ],
    [
      [40, 3, 30],
      [0, 1, 2],
    ],
    [
      [2, 1, 2049],
      [1, 2],
    ],
  ])("sums %j along %j in the row-major order of the reduced axes, from any layout", (shape, axis) => {
    const x = fromTypedArray(wildNumbers(7, shape.reduce((a, b) => a * b), 6), shape); // prettier-ignore
    const reversed = shape.map((_, i) => shape.length - 1 - i);
    const axes = axis === undefined ? [...shape.keys()] : [axis].flat().map((a) => (a < 0 ? a + shape.length : a));
    const kept = [...shape.keys()].filter((a) => !axes.includes(a));
    const at = read(x).at;
    const expected = indices(kept.map((a) => shape[a])).map((outer) => {
      const elements = indices(axes.map((a) => shape[a])).map((inner) =>
        at(shape.map((_, a) => (kept.includes(a) ? outer[kept.indexOf(a)] : inner[axes.indexOf(a)]))),
      );
      return documentedFold(elements, folds.sum);
    });
    const layouts = [x, transpose(contiguous(transpose(x, reversed)), reversed), flip(contiguous(flip(x)))];
    for (const layout of layouts) {
      expect([...sum(layout, { axis }).data]).toEqual(expected);
      const keeping = sum(layout, { axis, keepDims: true });
      expect(keeping.shape).toEqual(shape.map((length, a) => (axes.includes(a) ? 1 : length)));
      expect([...keeping.data]).toEqual(expected);
    }
  });

  it("a view sums as its copy does, to the bit", () => {
    const cases = shapes(4, 5)
      .chain((shape) => viewsOf(shape, anyFloat32))
      .chain((x) => fc.record({ x: fc.constant(x), axis: fc.subarray([...x.shape.keys()]) }));
    fc.assert(
      fc.property(cases, ({ x, axis }) => {
        expectSameBits(sum(x, { axis }), sum(contiguous(x), { axis }));
        expectSameBits(mean(x, { axis }), mean(contiguous(x), { axis }));
      }),
      { numRuns: 200 },
    );
  });

  it.each([1, 100, 1024, 1025, 10000, 100000])("errs on %i numbers by less than its depth allows", (count) => {
    const numbers = wildNumbers(3 * count, count, 8);
    // The double sum is exact beside float32: its own error is below count 2^-53 of the magnitudes.
    const magnitude = numbers.reduce((total, x) => total + Math.abs(x), 0);
    const exactly = numbers.reduce((total, x) => total + x, 0);
    const depth = treeDepth(count);
    const unit = 2 ** -24;
    const bound = ((depth * unit) / (1 - depth * unit) + count * 2 ** -52) * magnitude;
    expect(Math.abs(sum(fromTypedArray(numbers)).item() - exactly)).toBeLessThanOrEqual(bound);
    expect(depth).toBeLessThanOrEqual(64 + 4 + Math.ceil(Math.log2(Math.max(1, count / 1024))) + 1);
  });

  it("sums more than 2^24 ones, which one chain of float32 additions cannot", () => {
    expect(sum(tensor([1]).broadcastTo([2 ** 24 + 2])).item()).toBe(2 ** 24 + 2);
  });
});

describe("sum and mean", () => {
  it("of nothing are 0 and NaN", () => {
    expect(sum(zeros([0])).item()).toBe(0);
    expect(mean(zeros([0])).item()).toBeNaN();
    expect(sum(zeros([2, 0, 3]), { axis: 1 }).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(sum(zeros([2, 0, 3]), { axis: 0 }).shape).toEqual([0, 3]);
    expect(sum(zeros([2, 3]), { axis: [] }).shape).toEqual([2, 3]);
  });

  it("propagate NaN and infinities", () => {
    expect(sum(tensor([1, NaN])).item()).toBeNaN();
    expect(sum(tensor([Infinity, 1])).item()).toBe(Infinity);
    expect(sum(tensor([Infinity, -Infinity])).item()).toBeNaN();
    expect(sum(tensor([3e38, 3e38])).item()).toBe(Infinity);
  });

  it("mean is the sum over the count", () => {
    const x = reshape(tensor([1, 2, 3, 4, 5, 6]), [2, 3]);
    expect(mean(x).item()).toBe(3.5);
    expect(mean(x, { axis: 0 }).toArray()).toEqual([2.5, 3.5, 4.5]);
    expect(mean(x, { axis: -1, keepDims: true }).toArray()).toEqual([[2], [5]]);
    expect(mean(tensor([1, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect(x.sum({ axis: 1 }).toArray()).toEqual([6, 15]);
    expect(x.mean().item()).toBe(3.5);
    expect(sum(7).item()).toBe(7);
  });

  it("refuse", () => {
    expect(() => sum(zeros([2], { dtype: "int32" }))).toThrow(DTypeError);
    expect(() => sum(zeros([2], { dtype: "int32" }))).toThrow(/^sum: int32 holds indices/);
    expect(() => mean(zeros([2], { dtype: "int32" }))).toThrow(/^mean: /);
    expect(() => sum(zeros([2]), { axis: 1 })).toThrow("sum: axis 1 is outside of rank 1; use -1 to 0");
    expect(() => sum(zeros([2, 2]), { axis: [0, -2] })).toThrow(IndexError);
    expect(() => sum(1, { axis: 0 })).toThrow("sum: axis 0 is outside of rank 0 (a scalar has no axes)");
  });
});

describe("cumsum", () => {
  it("adds one by one along its axis, from the front or from the back", () => {
    const cases = shapes(3, 5)
      .filter((shape) => shape.length > 0)
      .chain((shape) => viewsOf(shape, anyFloat32))
      .chain((x) => fc.record({ x: fc.constant(x), axis: fc.nat(x.ndim - 1), reverse: fc.boolean() }));
    fc.assert(
      fc.property(cases, ({ x, axis, reverse }) => {
        const model = read(x);
        const expected = indices(x.shape).map((index) => {
          const path = Array.from({ length: reverse ? x.shape[axis] - index[axis] : index[axis] + 1 }, (_, i) =>
            model.at(index.with(axis, reverse ? x.shape[axis] - 1 - i : i)),
          );
          return path.reduce((a, b) => Math.fround(a + b));
        });
        const y = cumsum(x, { axis, reverse });
        expect(y.shape).toEqual(x.shape);
        expect([...y.data]).toEqual(expected);
      }),
    );
  });

  it("refuses int32 and missing axes, and leaves its operand alone", () => {
    const x = tensor([1, 2, 3]);
    expect(cumsum(x, { axis: -1 }).toArray()).toEqual([1, 3, 6]);
    expect(cumsum(x, { axis: 0, reverse: true }).toArray()).toEqual([6, 5, 3]);
    expect(x.toArray()).toEqual([1, 2, 3]);
    expect(() => cumsum(x, { axis: 1 })).toThrow(/^cumsum: axis 1/);
    expect(() => cumsum(zeros([2], { dtype: "int32" }), { axis: 0 })).toThrow(/^cumsum: int32/);
  });
});
