// Reading and adding at indices, joining, cutting and surrounding, against loops over indices.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arange,
  ArgumentError,
  concat,
  contiguous,
  DTypeError,
  eye,
  gather,
  IndexError,
  oneHot,
  pad,
  reshape,
  scatterAdd,
  ShapeError,
  slice,
  splitAxis,
  stack,
  tensor,
  unslice,
  zeros,
} from "../src/index.js";
import {
  expectModel,
  expectSameBits,
  fullShapes,
  indices,
  inner,
  modelOf,
  product,
  read,
  shapes,
  viewsOf,
} from "./support.js";

/** A view, an axis of it, and indices of any shape into that axis. */
const picks = fullShapes(3, 4)
  .filter((shape) => shape.length > 0)
  .chain((shape) => fc.record({ x: viewsOf(shape), axis: fc.nat(shape.length - 1), at: shapes(2, 3) }))
  .chain(({ x, axis, at }) =>
    fc.record({
      x: fc.constant(x),
      axis: fc.constant(axis),
      at: viewsOf(at, fc.nat(x.shape[axis] - 1), "int32"),
    }),
  );

describe("gather", () => {
  it("puts the picked entries where the axis was", () => {
    fc.assert(
      fc.property(picks, ({ x, axis, at }) => {
        const [model, where] = [read(x), read(at)];
        expectModel(gather(x, at, { axis }), {
          shape: x.shape.toSpliced(axis, 1, ...at.shape),
          at: (index) => model.at(index.toSpliced(axis, at.ndim, where.at(index.slice(axis, axis + at.ndim)))),
        });
        expectSameBits(gather(x, at, { axis: axis - x.ndim }), gather(contiguous(x), contiguous(at), { axis }));
      }),
    );
  });

  it("takes long rows, one index, and any dtype", () => {
    const x = reshape(arange(60, undefined, 1, { dtype: "int32" }), [3, 20]);
    expect(gather(x, tensor([2, 0, 2], { dtype: "int32" })).toArray()).toEqual(
      [2, 0, 2].map((i) => [...slice(x, [i]).data]),
    );
    expect(gather(x, 1).shape).toEqual([20]);
    expect(gather(x, 1).dtype).toBe("int32");
    expect(gather(zeros([0, 2]), zeros([0], { dtype: "int32" })).shape).toEqual([0, 2]);
  });
});

describe("scatterAdd", () => {
  it("adds each update to its entry, and is the transpose of gather", () => {
    fc.assert(
      fc.property(picks, ({ x, axis, at }) => {
        const length = x.shape[axis];
        const updates = gather(x, at, { axis }).mul(3);
        const got = scatterAdd(updates, at, { axis, length });
        const expected = Array.from({ length: product(x.shape) }, () => 0);
        const [model, where] = [read(updates), read(at)];
        for (const index of indices(updates.shape)) {
          const to = index.toSpliced(axis, at.ndim, where.at(index.slice(axis, axis + at.ndim)));
          expected[to.reduce((position, i, a) => position * x.shape[a] + i, 0)] += model.at(index);
        }
        expectModel(got, modelOf(x.shape, expected));
        // <gather x, u> = <x, scatterAdd u>, exact on small whole numbers.
        expect(inner(gather(x, at, { axis }), updates)).toBe(inner(contiguous(x), got));
      }),
    );
  });

  it("adds in the order of the updates, rounding each", () => {
    const updates = tensor([2 ** 24, 1, 1]);
    expect(scatterAdd(updates, zeros([3], { dtype: "int32" }), { length: 2 }).toArray()).toEqual([2 ** 24, 0]);
  });
});

describe("oneHot", () => {
  it("has a 1 at each label", () => {
    const rows = oneHot(tensor([2, 0], { dtype: "int32" }), 3);
    expect(rows.toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(rows.dtype).toBe("float32");
    expectSameBits(oneHot(arange(4, undefined, 1, { dtype: "int32" }), 4), eye(4));
    expect(oneHot(1, 2).toArray()).toEqual([0, 1]);
    expect(oneHot(zeros([2, 3], { dtype: "int32" }), 5).shape).toEqual([2, 3, 5]);
  });
});

describe("concat, stack and splitAxis", () => {
  const cut = fullShapes(3, 3)
    .filter((shape) => shape.length > 0)
    .chain((shape) =>
      fc.record({
        x: viewsOf(shape),
        axis: fc.nat(shape.length - 1),
        dice: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
      }),
    );

  it("splitAxis gives views, and concat puts them together again", () => {
    fc.assert(
      fc.property(cut, ({ x, axis, dice }) => {
        let rest = x.shape[axis];
        const lengths = dice.map((die) => {
          const length = Math.min(die, rest);
          rest -= length;
          return length;
        });
        lengths.push(rest);
        const parts = splitAxis(x, lengths, { axis });
        const model = read(x);
        let start = 0;
        parts.forEach((part, p) => {
          const from = start;
          expect(part.storage).toBe(x.storage);
          expectModel(part, {
            shape: x.shape.with(axis, lengths[p]),
            at: (index) => model.at(index.with(axis, index[axis] + from)),
          });
          start += lengths[p];
        });
        expectSameBits(concat(parts, { axis: axis - x.ndim }), contiguous(x));
        const equal = splitAxis(x, x.shape[axis], { axis });
        expectSameBits(concat(equal, { axis }), contiguous(x));
      }),
    );
  });

  it("stack makes a new axis, which an index takes away again", () => {
    const parts = shapes(3, 3).chain((shape) => fc.record({ parts: fc.array(viewsOf(shape), { minLength: 1, maxLength: 3 }), at: fc.nat(shape.length) })); // prettier-ignore
    fc.assert(
      fc.property(parts, ({ parts, at }) => {
        const models = parts.map(read);
        const expected = {
          shape: models[0].shape.toSpliced(at, 0, parts.length),
          at: (index: readonly number[]) => models[index[at]].at(index.toSpliced(at, 1)),
        };
        expectModel(stack(parts, { axis: at }), expected);
        expectModel(stack(parts, { axis: at - parts[0].ndim - 1 }), expected);
      }),
    );
  });

  it("take numbers and dtypes as everything does", () => {
    expect(stack([1, 2, 3]).toArray()).toEqual([1, 2, 3]);
    expect(concat([tensor([1]), tensor([2], { dtype: "float64" })]).dtype).toBe("float64");
    expect(concat([zeros([0]), tensor([4])]).toArray()).toEqual([4]);
    expect(concat([tensor([1], { dtype: "int32" })]).dtype).toBe("int32");
    expect(splitAxis(arange(6), 3).map((part) => part.toArray())).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });
});

describe("pad and unslice", () => {
  it("pad surrounds by its value, and a slice undoes it", () => {
    const cases = shapes(3, 3).chain((shape) =>
      fc.record({
        x: viewsOf(shape),
        widths: fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: shape.length, maxLength: shape.length }),
        value: fc.integer({ min: -3, max: 3 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ x, widths, value }) => {
        const model = read(x);
        const y = pad(x, widths, value);
        expectModel(y, {
          shape: x.shape.map((length, axis) => widths[axis][0] + length + widths[axis][1]),
          at: (index) => {
            const own = index.map((i, axis) => i - widths[axis][0]);
            return own.every((i, axis) => i >= 0 && i < x.shape[axis]) ? model.at(own) : value;
          },
        });
        const window = x.shape.map((length, axis) => ({ start: widths[axis][0], stop: widths[axis][0] + length }));
        expectModel(slice(y, window), model);
      }),
    );
  });

  it("unslice is the transpose of slice, backwards and in steps too", () => {
    const x = reshape(arange(12), [3, 4]);
    const specs = [1, { start: 3, step: -2 }];
    const g = tensor([10, 20]);
    expect(slice(x, specs).toArray()).toEqual([7, 5]);
    expect(unslice(g, [3, 4], specs).toArray()).toEqual([
      [0, 0, 0, 0],
      [0, 20, 0, 10],
      [0, 0, 0, 0],
    ]);
    expect(pad(tensor([1], { dtype: "int32" }), [[1, 0]], 7).dtype).toBe("int32");
  });
});

describe("indexing refuses", () => {
  const labels = tensor([0, 3], { dtype: "int32" });
  it.each([
    [
      () => gather(zeros([3]), labels),
      IndexError,
      "gather: index 3 (entry 1) is outside of axis 0, which has length 3",
    ],
    [() => gather(zeros([3]), -1), IndexError, "gather: index -1 (entry 0) is outside of axis 0, which has length 3"],
    [() => gather(zeros([3]), 0.5), IndexError, "gather: an index is a whole number, got 0.5"],
    [
      () => gather(zeros([3]), tensor([0])),
      DTypeError,
      'gather: indices are int32, got float32; convert with cast(indices, "int32")',
    ],
    [() => gather(zeros([3]), labels, { axis: 1 }), IndexError, "gather: axis 1 is outside of rank 1; use -1 to 0"],
    [() => gather(1, 0), IndexError, "gather: axis 0 is outside of rank 0 (a scalar has no axes)"],
    [
      () => scatterAdd(zeros([2]), labels, { length: 3 }),
      IndexError,
      "scatterAdd: index 3 (entry 1) is outside of axis 0, which has length 3",
    ],
    [
      () => scatterAdd(zeros([3]), labels, { length: 4 }),
      ShapeError,
      "scatterAdd: updates [3] must have the axes of the indices [2] at axis 0",
    ],
    [
      () => scatterAdd(1, labels, { length: 4 }),
      ShapeError,
      "scatterAdd: updates [] must have the axes of the indices [2] at axis 0",
    ],
    [
      () => scatterAdd(zeros([2]), labels, { length: -1 }),
      ShapeError,
      "scatterAdd: [-1] is no shape: every axis needs a whole length of 0 or more",
    ],
    [() => oneHot(labels, 3), IndexError, "oneHot: index 3 (entry 1) is outside of axis 0, which has length 3"],
    [() => oneHot(labels, 3.5), ShapeError, "oneHot: [3.5] is no shape: every axis needs a whole length of 0 or more"],
    [() => concat([]), ArgumentError, "concat: needs at least one tensor"],
    [() => concat([zeros([2, 2]), zeros([3])]), ShapeError, "concat: [2, 2] and [3] differ in an axis other than 0"],
    [
      () => concat([zeros([2, 2]), zeros([2, 3])]),
      ShapeError,
      "concat: [2, 2] and [2, 3] differ in an axis other than 0",
    ],
    [() => concat([1, 2]), IndexError, "concat: axis 0 is outside of rank 0 (a scalar has no axes)"],
    [
      () => concat([zeros([1]), labels]),
      DTypeError,
      'concat: cannot mix int32 with float32; convert first with cast(x, "float32")',
    ],
    [() => stack([]), ArgumentError, "stack: needs at least one tensor"],
    [() => stack([zeros([2]), zeros([3])]), ShapeError, "stack: needs tensors of one shape, got [2] and [3]"],
    [() => stack([zeros([2])], { axis: 2 }), IndexError, "stack: axis 2 is outside of rank 2; use -2 to 1"],
    [
      () => splitAxis(zeros([5]), 2),
      ShapeError,
      "splitAxis: axis 0 of [5] has length 5, which does not split into 2 equal pieces",
    ],
    [
      () => splitAxis(zeros([5]), [2, 2]),
      ShapeError,
      "splitAxis: axis 0 of [5] has length 5, which does not split into [2, 2]",
    ],
    [
      () => splitAxis(zeros([5]), [6, -1]),
      ShapeError,
      "splitAxis: axis 0 of [5] has length 5, which does not split into [6, -1]",
    ],
    [
      () => splitAxis(zeros([5]), 0),
      ShapeError,
      "splitAxis: axis 0 of [5] has length 5, which does not split into 0 equal pieces",
    ],
    [() => pad(zeros([2]), []), ArgumentError, "pad: needs a pair of whole numbers for each axis of [2], got []"],
    [
      () => pad(zeros([2]), [[-1, 0]]),
      ArgumentError,
      "pad: needs a pair of whole numbers for each axis of [2], got [[-1,0]]",
    ],
    [
      () => unslice(zeros([2]), [3], [{ start: 0, stop: 1 }]),
      ShapeError,
      "unslice: the window has shape [1], the values [2]",
    ],
    [
      () => unslice(zeros([2]), [-3], []),
      ShapeError,
      "unslice: [-3] is no shape: every axis needs a whole length of 0 or more",
    ],
  ])("%#", (call, kind, text) => {
    let caught: unknown;
    try {
      call();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(kind);
    expect(caught).toMatchObject({ message: text, op: text.split(":")[0], name: kind.name });
  });
});
