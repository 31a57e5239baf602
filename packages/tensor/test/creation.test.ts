// Making tensors, and reading them back as numbers, arrays, JSON and sequences of slices.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arange,
  ArgumentError,
  cast,
  DTypeError,
  eye,
  fromTypedArray,
  full,
  linspace,
  type NestedArray,
  ones,
  ShapeError,
  slice,
  tensor,
  transpose,
  zeros,
} from "../src/index.js";
import { product, shapes } from "./support.js";

/** A call from plain JavaScript, where the types do not protect. */
const untyped = (values: unknown): NestedArray => values as NestedArray;

describe("tensor", () => {
  it("takes its shape from nested arrays, and toArray gives them back", () => {
    const nested = (shape: readonly number[]): fc.Arbitrary<NestedArray> =>
      shape.length === 0
        ? fc.integer({ min: -100, max: 100 })
        : fc.array(nested(shape.slice(1)), { minLength: shape[0], maxLength: shape[0] });
    const cases = shapes().chain((shape) => nested(shape).map((values) => ({ shape, values })));
    fc.assert(
      fc.property(cases, ({ shape, values }) => {
        const x = tensor(values);
        // An axis of length 0 hides the axes inside of it.
        const hidden = shape.indexOf(0);
        expect(x.shape).toEqual(hidden < 0 ? shape : shape.slice(0, hidden + 1));
        expect(x.toArray()).toEqual(values);
        expect(JSON.parse(JSON.stringify({ x }))).toEqual({ x: values });
      }),
    );
  });

  it("rounds to its dtype", () => {
    expect(tensor([0.1]).toArray()).toEqual([Math.fround(0.1)]);
    expect(tensor([0.1], { dtype: "float64" }).toArray()).toEqual([0.1]);
    expect(tensor([1.9, -1.9], { dtype: "int32" }).toArray()).toEqual([1, -1]);
    expect(tensor(3).dtype).toBe("float32");
    expect(tensor([], { dtype: "int32" }).dtype).toBe("int32");
  });

  it.each([
    [[[1, 2], [3]], "another has 1 entries"],
    [[[1, 2], 3], "another has a number"],
    [[1, [2]], "another has 1 entries"],
    [
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      "another has 2 entries",
    ],
    [[[], [1]], "another has 1 entries"],
  ])("refuses ragged rows: %j", (values, text) => {
    expect(() => tensor(untyped(values))).toThrow(ShapeError);
    expect(() => tensor(untyped(values))).toThrow(text);
  });

  it.each([
    [["1"], "string"],
    [[1, null], "null"],
    [[1, undefined], "undefined"],
    [[[1], [true]], "boolean"],
    [undefined, "undefined"],
    [{ length: 1 }, "Object"],
    [new Float32Array(2), "Float32Array; use fromTypedArray"],
    [[1n], "bigint"],
  ])("refuses what is no number: %s", (values, text) => {
    expect(() => tensor(untyped(values))).toThrow(ArgumentError);
    expect(() => tensor(untyped(values))).toThrow(text);
  });
});

describe("makers", () => {
  it("zeros, ones, full and eye", () => {
    expect(zeros([2, 2]).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(ones([3], { dtype: "int32" }).toArray()).toEqual([1, 1, 1]);
    expect(full([], 2.5).item()).toBe(2.5);
    expect(eye(2, { dtype: "float64" }).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(eye(0).shape).toEqual([0, 0]);
    expect(zeros([2, 0, 3]).size).toBe(0);
  });

  it("arange goes up to but without the end, down too", () => {
    expect(arange(3).toArray()).toEqual([0, 1, 2]);
    expect(arange(2, 5).toArray()).toEqual([2, 3, 4]);
    expect(arange(6, 0, -2).toArray()).toEqual([6, 4, 2]);
    expect(arange(0, 1, 0.25).toArray()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(arange(3, 3).shape).toEqual([0]);
    expect(arange(3, 1).shape).toEqual([0]);
    expect(arange(2, undefined, 1, { dtype: "int32" }).dtype).toBe("int32");
    // Each number is made on its own: no error adds up.
    expect(arange(0, 100, 0.1).data[999]).toBe(Math.fround(999 * 0.1));
  });

  it("linspace holds both ends exactly", () => {
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linspace(2, 7, 1).toArray()).toEqual([2]);
    expect(linspace(2, 7, 0).toArray()).toEqual([]);
    const x = linspace(0.1, 0.7, 7, { dtype: "float64" }).data;
    expect([x[0], x[6]]).toEqual([0.1, 0.7]);
  });

  it("fromTypedArray shares the array", () => {
    const data = new Float32Array(6);
    const x = fromTypedArray(data, [2, 3]);
    data[4] = 5;
    expect(x.storage).toBe(data);
    expect(x.toArray()).toEqual([
      [0, 0, 0],
      [0, 5, 0],
    ]);
    expect(fromTypedArray(new Int32Array(3)).shape).toEqual([3]);
    expect(fromTypedArray(new Float64Array(1), []).dtype).toBe("float64");
  });

  it("keeps no hold on the caller's shape", () => {
    const shape = [2, 3];
    const made = [zeros(shape), fromTypedArray(new Float32Array(6), shape)];
    shape[0] = 9;
    for (const x of made) expect(x.shape).toEqual([2, 3]);
  });

  it("refuses, and names the caller", () => {
    expect(() => zeros([2, -1])).toThrow(/^zeros: \[2, -1\] is no shape/);
    expect(() => ones([1.5])).toThrow(/^ones: /);
    expect(() => full([Number.NaN], 1)).toThrow(ShapeError);
    expect(() => eye(-1)).toThrow(/^eye: /);
    expect(() => fromTypedArray(new Float32Array(5), [2, 3])).toThrow(
      "fromTypedArray: 5 elements do not fill shape [2, 3]",
    );
    expect(() => fromTypedArray(untyped([1, 2]) as unknown as Float32Array)).toThrow(DTypeError);
    expect(() => fromTypedArray(new Uint8Array(2) as unknown as Int32Array)).toThrow(/^fromTypedArray: /);
    expect(() => arange(0, 5, 0)).toThrow(ArgumentError);
    expect(() => arange(Number.NaN)).toThrow(ArgumentError);
    expect(() => arange(0, Infinity)).toThrow(ArgumentError);
    expect(() => linspace(0, 1, 1.5)).toThrow(/^linspace: /);
  });
});

describe("reading", () => {
  it("data is live and without a copy where the tensor is contiguous, row-major in any case", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.data).toBe(x.storage);
    expect(slice(x, [1]).data.buffer).toBe(x.storage.buffer);
    expect([...slice(x, [1]).data]).toEqual([4, 5, 6]);
    expect([...transpose(x).data]).toEqual([1, 4, 2, 5, 3, 6]);
    expect(x.isContiguous).toBe(true);
    expect(transpose(x).isContiguous).toBe(false);
  });

  it("item takes one element of any rank", () => {
    expect(tensor([[[4]]]).item()).toBe(4);
    expect(slice(arange(5), [{ start: 3, stop: 4 }]).item()).toBe(3);
    expect(() => zeros([2]).item()).toThrow("item: needs a tensor of one element, this one is [2]; use toArray()");
    expect(() => zeros([0]).item()).toThrow(ShapeError);
  });

  it("iterates over the first axis", () => {
    const x = arange(6).reshape([3, 2]);
    expect([...x].map((row) => row.toArray())).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect([...x.T].map((row) => row.toArray())).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect([...x][1].storage).toBe(x.storage);
    expect([...zeros([0, 2])]).toEqual([]);
  });

  it("refuses JavaScript's operators, which would make text of it", () => {
    const x = arange(3) as unknown as number;
    expect(() => x + 1).toThrow("operator: JavaScript's operators do not work on tensors");
    expect(`${tensor(2)}`).toBe("Tensor [] 2");
    expect(+(tensor([2.5]) as unknown as number)).toBe(2.5);
  });

  it("casts: the same numbers in another dtype", () => {
    const x = tensor([1.9, -1.9, 3]);
    expect(cast(x, "float32")).toBe(x);
    expect(cast(x, "int32").toArray()).toEqual([1, -1, 3]);
    expect(cast(x, "float64").dtype).toBe("float64");
    expect(cast(transpose(tensor([[1], [2]])), "float64").toArray()).toEqual([[1, 2]]);
    expect(cast(0.1, "float64").item()).toBe(0.1);
  });

  it("knows its size, rank and dtype", () => {
    fc.assert(
      fc.property(
        shapes(),
        fc.constantFrom("float32" as const, "float64" as const, "int32" as const),
        (shape, dtype) => {
          const x = zeros(shape, { dtype });
          expect([x.size, x.ndim, x.dtype]).toEqual([product(shape), shape.length, dtype]);
          expect(x.data.length).toBe(x.size);
        },
      ),
    );
  });
});
