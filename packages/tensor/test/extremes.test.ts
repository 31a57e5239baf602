// Largest and smallest elements, where they stand, and the stable sums in the log domain.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  argMax,
  argMin,
  contiguous,
  logMeanExp,
  logSoftmax,
  logSumExp,
  max,
  min,
  ShapeError,
  softmax,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../src/index.js";
import { anyFloat32, expectSameBits, fullShapes, indices, read, viewsOf } from "./support.js";

/** A view without empty axes, and an axis of it. */
const viewAndAxis = (numbers = anyFloat32): fc.Arbitrary<{ x: Tensor; axis: number }> =>
  fullShapes(3, 5)
    .filter((shape) => shape.length > 0)
    .chain((shape) => viewsOf(shape, numbers))
    .chain((x) => fc.record({ x: fc.constant(x), axis: fc.nat(x.ndim - 1) }));

/** What `f` makes of every line along the axis. */
function along(x: Tensor, axis: number, f: (line: number[]) => number): number[] {
  const model = read(x);
  return indices(x.shape.toSpliced(axis, 1)).map((outer) =>
    f(Array.from({ length: x.shape[axis] }, (_, i) => model.at(outer.toSpliced(axis, 0, i)))),
  );
}

describe("max and min", () => {
  it("are those of every line, NaN if it has one", () => {
    fc.assert(
      fc.property(viewAndAxis(), ({ x, axis }) => {
        expect([...max(x, { axis }).data]).toEqual(along(x, axis, (line) => Math.max(...line)));
        expect([...min(x, { axis }).data]).toEqual(along(x, axis, (line) => Math.min(...line)));
        expectSameBits(max(x), max(contiguous(x)));
      }),
    );
  });

  it("of long axes", () => {
    const x = Float32Array.from({ length: 3000 }, (_, i) => -1 - ((i * 7919) % 3001));
    expect(max(tensor([...x])).item()).toBe(Math.max(...x));
    expect(min(tensor([...x])).item()).toBe(Math.min(...x));
  });

  it("refuse nothing at all, but not an empty result", () => {
    expect(() => max(zeros([0]))).toThrow("max: has no value over no elements: axis 0 of [0] has length 0");
    expect(() => min(zeros([2, 0]), { axis: 1 })).toThrow(ShapeError);
    expect(max(zeros([0, 2]), { axis: 1 }).shape).toEqual([0]);
    expect(max(zeros([2, 3]), { axis: [0, 1], keepDims: true }).shape).toEqual([1, 1]);
    expect(tensor([3, 9, 4]).max().item()).toBe(9);
    expect(tensor([3, 9, 4]).min().item()).toBe(3);
  });
});

describe("argMax and argMin", () => {
  it("point at the first of equals, at the first NaN if there is one", () => {
    const few = fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity);
    const first = (line: number[], best: number): number =>
      line.findIndex((x) => (Number.isNaN(best) ? Number.isNaN(x) : x === best));
    fc.assert(
      fc.property(viewAndAxis(few), ({ x, axis }) => {
        const [top, bottom] = [argMax(x, { axis }), argMin(x, { axis, keepDims: true })];
        expect(top.dtype).toBe("int32");
        expect(top.shape).toEqual(x.shape.toSpliced(axis, 1));
        expect(bottom.shape).toEqual(x.shape.with(axis, 1));
        expect([...top.data]).toEqual(along(x, axis, (line) => first(line, Math.max(...line))));
        expect([...bottom.data]).toEqual(along(x, axis, (line) => first(line, Math.min(...line))));
        const all = [...contiguous(x).data];
        expect(argMax(x).item()).toBe(first(all, Math.max(...all)));
      }),
    );
  });

  it("take indices too, and refuse nothing", () => {
    expect(argMax(tensor([3, 7, 7], { dtype: "int32" })).item()).toBe(1);
    expect(argMin(tensor([2, -1, -1])).item()).toBe(1);
    expect(() => argMax(zeros([0]))).toThrow(/^argMax: has no value over no elements/);
    expect(() => argMin(zeros([3]), { axis: 2 })).toThrow(/^argMin: axis 2/);
  });
});

const far = [-Infinity, -Infinity];

describe("sums in the log domain", () => {
  it.each([
    [[0, 0], Math.log(2)],
    [[1e4, 1e4], 1e4 + Math.log(2)],
    [[-1e4, -1e4], -1e4 + Math.log(2)],
    [[1e4, -1e4], 1e4],
    [[1e38, 1e38], 1e38],
    [far, -Infinity],
    [[-Infinity, 3], 3],
    [[Infinity, 3], Infinity],
    [[Infinity, Infinity], Infinity],
    [[Infinity, -Infinity], Infinity],
    [[NaN, 0], NaN],
    [[], -Infinity],
    [[-87.5], -87.5],
  ])("logSumExp of %j is %f", (values, expected) => {
    const got = logSumExp(tensor(values)).item();
    if (Number.isFinite(expected)) expect(Math.abs(got - expected)).toBeLessThanOrEqual(2 ** -22 * Math.abs(expected));
    else expect(got).toBe(expected);
  });

  it.each([
    [[0, 0], 0],
    [[1e4, 1e4, 1e4], 1e4],
    [far, -Infinity],
    [[-Infinity, 0], -Math.log(2)],
    [[Infinity, 0], Infinity],
    [[], NaN],
  ])("logMeanExp of %j is %f", (values, expected) => {
    const got = logMeanExp(tensor(values)).item();
    if (Number.isFinite(expected))
      expect(got).toBeCloseTo(expected, 3 - Math.round(Math.log10(1 + Math.abs(expected))));
    else expect(got).toBe(expected);
  });

  it.each([
    [
      [0, 0],
      [0.5, 0.5],
    ],
    [
      [1e4, 0],
      [1, 0],
    ],
    [
      [1e4, 1e4],
      [0.5, 0.5],
    ],
    [
      [-1e4, -1e4],
      [0.5, 0.5],
    ],
    [
      [-Infinity, 5],
      [0, 1],
    ],
    [far, [NaN, NaN]],
    [
      [Infinity, 5],
      [NaN, 0],
    ],
    [
      [NaN, 5],
      [NaN, NaN],
    ],
  ])("softmax of %j is %j", (values, expected) => {
    expect(softmax(tensor(values)).toArray()).toEqual(expected);
  });

  it.each([
    [
      [1e4, 0],
      [0, -1e4],
    ],
    [
      [-1e4, -Infinity],
      [0, -Infinity],
    ],
    [far, [NaN, NaN]],
    [
      [NaN, 5],
      [NaN, NaN],
    ],
  ])("logSoftmax of %j is %j", (values, expected) => {
    expect(logSoftmax(tensor(values)).toArray()).toEqual(expected);
  });

  it("agree with the formulas in double, along any axis, at any height", () => {
    const numbers = fc.float({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(viewAndAxis(numbers), fc.constantFrom(0, 1000, -1000), ({ x, axis }, height) => {
        const lifted = x.add(height);
        const lse = along(lifted, axis, (line) => {
          const top = Math.max(...line);
          return top + Math.log(line.reduce((total, v) => total + Math.exp(v - top), 0));
        });
        const got = logSumExp(lifted, { axis });
        const tolerance = 2 ** -20 * (1 + Math.abs(height) + 40);
        got.data.forEach((y, i) => expect(Math.abs(y - lse[i])).toBeLessThanOrEqual(tolerance));
        const means = logMeanExp(lifted, { axis }).data;
        means.forEach((y, i) =>
          expect(Math.abs(y - (lse[i] - Math.log(x.shape[axis])))).toBeLessThanOrEqual(tolerance),
        );
        const soft = softmax(lifted, { axis });
        for (const total of sum(soft, { axis }).data) expect(Math.abs(total - 1)).toBeLessThanOrEqual(2 ** -21);
        const logs = logSoftmax(lifted, { axis });
        const model = read(lifted);
        const rest = read(got);
        indices(x.shape).forEach((index, i) => {
          const expected = model.at(index) - rest.at(index.toSpliced(axis, 1));
          expect(Math.abs(logs.data[i] - expected)).toBeLessThanOrEqual(2 * tolerance);
          expect(Math.abs(soft.data[i] - Math.exp(logs.data[i]))).toBeLessThanOrEqual(2 ** -17);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("keep axes, take several, and are views of nothing where there is nothing", () => {
    const x = zeros([2, 3, 4]);
    expect(logSumExp(x, { axis: [0, 2], keepDims: true }).shape).toEqual([1, 3, 1]);
    expect(logSumExp(x, { axis: [0, 2] }).shape).toEqual([3]);
    expect(logSumExp(zeros([2, 0]), { axis: 1 }).toArray()).toEqual([-Infinity, -Infinity]);
    expect(softmax(x, { axis: [1, 2] }).shape).toEqual([2, 3, 4]);
    expect(softmax(zeros([2, 0])).shape).toEqual([2, 0]);
    expect(logSoftmax(zeros([0, 2])).shape).toEqual([0, 2]);
    expect(() => softmax(1)).toThrow(/^softmax: axis -1 is outside of rank 0/);
    expect(() => logSumExp(x, { axis: 3 })).toThrow(/^logSumExp: axis 3/);
  });
});
