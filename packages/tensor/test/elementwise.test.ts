// Elementwise operations against a loop over indices: broadcasting, views, dtypes, comparisons, selection.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as elbo from "../src/index.js";
import {
  add,
  broadcastTo,
  cast,
  clamp,
  contiguous,
  DTypeError,
  div,
  elu,
  equal,
  evaluate,
  greater,
  greaterEqual,
  leakyRelu,
  less,
  lessEqual,
  map,
  meaning,
  mul,
  neg,
  notEqual,
  pow,
  ShapeError,
  sub,
  type Tensor,
  tensor,
  type TensorLike,
  where,
  zeros,
} from "../src/index.js";
import { anyFloat32, expectSameBits, indices, read, shapes, viewsOf } from "./support.js";

/** Shapes that broadcast to one shape: axes dropped from the front, others shrunk to 1. */
const broadcastable = (count: number): fc.Arbitrary<{ target: number[]; operands: number[][] }> =>
  shapes(3).chain((target) =>
    fc
      .array(fc.tuple(fc.nat(target.length), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })), {
        minLength: count,
        maxLength: count,
      })
      .map((draws) => {
        const operands = draws.map(([drop, ones]) =>
          target.slice(drop).map((length, axis) => (ones[axis] ? 1 : length)),
        );
        // The result is as long as the longest operand, in every axis.
        const rank = Math.max(...operands.map((shape) => shape.length));
        const result = Array.from({ length: rank }, (_, axis) => {
          const lengths = operands.flatMap((shape) => {
            const own = axis - (rank - shape.length);
            return own >= 0 ? [shape[own]] : [];
          });
          return lengths.find((length) => length !== 1) ?? 1;
        });
        return { target: result, operands };
      }),
  );

const operandsOf = (count: number, numbers: fc.Arbitrary<number> = anyFloat32) =>
  broadcastable(count).chain(({ target, operands }) =>
    fc.record({ target: fc.constant(target), inputs: fc.tuple(...operands.map((shape) => viewsOf(shape, numbers))) }),
  );

/** The operation element by element: what broadcasting means. */
function naive(target: readonly number[], inputs: readonly Tensor[], f: (...x: number[]) => number): number[] {
  const models = inputs.map(read);
  return indices(target).map((index) =>
    f(
      ...models.map(({ shape, at }) => {
        const own = index.slice(index.length - shape.length);
        return at(own.map((i, axis) => (shape[axis] === 1 ? 0 : i)));
      }),
    ),
  );
}

/** What the exact operations are in float32: one double operation, rounded. */
const exact: Record<string, [apply: (...x: TensorLike[]) => Tensor, reference: (...x: number[]) => number]> = {
  add: [elbo.add, (x, y) => x + y],
  sub: [elbo.sub, (x, y) => x - y],
  mul: [elbo.mul, (x, y) => x * y],
  div: [elbo.div, (x, y) => x / y],
  maximum: [elbo.maximum, (x, y) => Math.max(x, y)],
  minimum: [elbo.minimum, (x, y) => Math.min(x, y)],
  neg: [elbo.neg, (x) => -x],
  abs: [elbo.abs, (x) => Math.abs(x)],
  square: [elbo.square, (x) => x * x],
  sqrt: [elbo.sqrt, (x) => Math.sqrt(x)],
  reciprocal: [elbo.reciprocal, (x) => 1 / x],
  sign: [elbo.sign, (x) => Math.sign(x)],
  floor: [elbo.floor, (x) => Math.floor(x)],
  relu: [elbo.relu, (x) => (Number.isNaN(x) ? x : Math.max(x, 0))],
  equal: [elbo.equal, (x, y) => Number(x === y)],
  notEqual: [elbo.notEqual, (x, y) => Number(x !== y)],
  less: [elbo.less, (x, y) => Number(x < y)],
  lessEqual: [elbo.lessEqual, (x, y) => Number(x <= y)],
  greater: [elbo.greater, (x, y) => Number(x > y)],
  greaterEqual: [elbo.greaterEqual, (x, y) => Number(x >= y)],
  clamp: [elbo.clamp as (...x: TensorLike[]) => Tensor, (x, low, high) => Math.min(Math.max(x, low), high)],
  where: [elbo.where as (...x: TensorLike[]) => Tensor, (c, yes, no) => (c !== 0 ? yes : no)],
};

describe("exact operations", () => {
  it.each(Object.entries(exact))(
    "%s is its formula at every index, broadcast, on any view",
    (_, [apply, reference]) => {
      fc.assert(
        fc.property(operandsOf(reference.length), ({ target, inputs }) => {
          const y = apply(...inputs);
          expect(y.shape).toEqual(target);
          expect([...y.data]).toEqual(naive(target, inputs, reference).map(Math.fround));
          expectSameBits(apply(...inputs.map(contiguous)), y);
          expectSameBits(apply(...inputs.map((input) => broadcastTo(input, target))), y);
        }),
        { numRuns: 60 },
      );
    },
  );

  it("rounds halves to even", () => {
    const x = tensor([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999998, 8388609.5, NaN, -Infinity]);
    expect([...elbo.round(x).data]).toEqual([0, 2, 2, -0, -2, 2, 8388610, NaN, -Infinity]);
  });
});

/** Every elementwise function that the package exports under the name of its meaning. */
const named = Object.entries(meaning).flatMap(([name, value]) => {
  const apply: unknown = (elbo as Record<string, unknown>)[name];
  return typeof value === "object" && typeof apply === "function"
    ? [{ name, definition: value, apply: apply as (...x: TensorLike[]) => Tensor }]
    : [];
});

describe("every operation", () => {
  it("is exported under its name", () => {
    expect(named.length).toBeGreaterThan(35);
  });

  it.each(named)("$name applies its meaning, float32 and float64, on any view", ({ definition, apply }) => {
    fc.assert(
      fc.property(operandsOf(definition.arity), ({ target, inputs }) => {
        for (const dtype of ["float32", "float64"] as const) {
          const y = apply(...inputs.map((input) => cast(input, dtype)));
          expect(y.dtype).toBe(dtype);
          expect([...y.data]).toEqual(naive(target, inputs, (...x) => evaluate(definition, x, dtype)));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("takes an operand twice", () => {
    const x = tensor([1, -2, 3]);
    expect(mul(x, x).toArray()).toEqual([1, 4, 9]);
    expect(sub(x, x).toArray()).toEqual([0, 0, 0]);
  });

  it("never writes to its operands", () => {
    const x = tensor([1, -2]);
    add(x, 1);
    neg(x);
    expect(x.toArray()).toEqual([1, -2]);
  });

  it("slopes of leakyRelu and elu", () => {
    expect([...leakyRelu(tensor([-2, 3]), 0.5).data]).toEqual([-1, 3]);
    expect([...leakyRelu(tensor([-100])).data]).toEqual([Math.fround(Math.fround(0.01) * -100)]);
    expect([...elu(tensor([2, -1e4]), 3).data]).toEqual([2, -3]);
    expect([...clamp(tensor([-5, 0.5, 5]), 0, 1).data]).toEqual([0, 0.5, 1]);
  });

  it("methods are the functions of their names", () => {
    const functions = { ...elbo };
    const x = tensor([[1, 2], [3, 4]]); // prettier-ignore
    for (const name of ["neg", "abs", "square", "sqrt", "exp", "log", "tanh", "sigmoid", "relu"] as const) {
      expectSameBits(x[name](), functions[name](x));
    }
    for (const name of ["add", "sub", "mul", "div", "pow"] as const) expectSameBits(x[name](3), functions[name](x, 3));
    expect(x.cast("int32").dtype).toBe("int32");
  });
});

describe("numbers and dtypes", () => {
  it("a number takes the dtype of the tensor beside it", () => {
    expect(add(tensor([1], { dtype: "float64" }), 0.1).toArray()).toEqual([1.1]);
    expect(add(tensor([1]), 0.1).toArray()).toEqual([Math.fround(1 + Math.fround(0.1))]);
    expect(add(1, 2).dtype).toBe("float32");
    expect(add(1, 2).item()).toBe(3);
  });

  it("float64 beside float32 gives float64, computed in double", () => {
    const [a, b] = [tensor([0.1]), tensor([0.2], { dtype: "float64" })];
    for (const y of [add(a, b), add(b, a)]) {
      expect(y.dtype).toBe("float64");
      expect(y.item()).toBe(Math.fround(0.1) + 0.2);
    }
  });

  it.each([
    [
      "add",
      () => add(tensor([1], { dtype: "int32" }), 1),
      'add: int32 holds indices; convert first with cast(x, "float32")',
    ],
    [
      "mul",
      () => mul(tensor([1], { dtype: "int32" }), tensor([1])),
      "mul: cannot mix int32 with float32; convert first",
    ],
    [
      "pow",
      () => pow(tensor([1], { dtype: "float64" }), tensor([1], { dtype: "int32" })),
      "pow: cannot mix int32 with float64",
    ],
    ["equal", () => equal(tensor([1], { dtype: "int32" }), tensor([1])), "equal: cannot mix int32 with float32"],
    ["where", () => where(1, tensor([1], { dtype: "int32" }), tensor([1])), "where: cannot mix int32 with float32"],
  ])("int32 is no number to compute with: %s", (op, call, text) => {
    expect(call).toThrow(DTypeError);
    expect(call).toThrow(text);
    expect(call).toThrow(expect.objectContaining({ code: "DTYPE", op }));
  });

  it("compares int32 exactly, beyond 24 bits too", () => {
    const a = tensor([16777217, -5, 2147483647], { dtype: "int32" });
    const b = tensor([16777216, -5, -2147483648], { dtype: "int32" });
    expect(equal(a, b).toArray()).toEqual([0, 1, 0]);
    expect(notEqual(a, b).toArray()).toEqual([1, 0, 1]);
    expect(less(b, a).toArray()).toEqual([1, 0, 1]);
    expect(lessEqual(a, b).toArray()).toEqual([0, 1, 0]);
    expect(greater(a, 16777216).toArray()).toEqual([1, 0, 1]);
    expect(greaterEqual(a, -4.5).toArray()).toEqual([1, 0, 1]);
    expect(equal(a, b).dtype).toBe("float32");
    expect(less(tensor([1], { dtype: "float64" }), 2).dtype).toBe("float64");
  });

  it("where takes a condition of any dtype, and selects indices too", () => {
    const yes = tensor([1, 2, 16777217], { dtype: "int32" });
    const chosen = where(tensor([1, 0, -3], { dtype: "int32" }), yes, -1);
    expect(chosen.dtype).toBe("int32");
    expect(chosen.toArray()).toEqual([1, -1, 16777217]);
    expect(where(tensor([0, 2], { dtype: "float64" }), 1, 2).dtype).toBe("float32");
    expect(where(NaN, 1, 2).item()).toBe(1);
    // What is not selected does not matter, NaN or not.
    expect(where(tensor([1, 0]), tensor([5, NaN]), tensor([NaN, 6])).toArray()).toEqual([5, 6]);
    expect(where(tensor([[1], [0]]), tensor([1, 2, 3]), 0).toArray()).toEqual([
      [1, 2, 3],
      [0, 0, 0],
    ]);
  });

  it("division by zero follows IEEE 754", () => {
    expect([...div(tensor([1, -1, 0, 1]), tensor([0, 0, 0, -0])).data]).toEqual([Infinity, -Infinity, NaN, -Infinity]);
  });
});

describe("refusals", () => {
  it("shapes that do not broadcast", () => {
    const call = (): Tensor => add(zeros([64, 20]), zeros([64, 10]));
    expect(call).toThrow("add: cannot broadcast [64, 20] with [64, 10]: axis 1 is 20 and 10, and neither is 1.");
    expect(call).toThrow(expect.objectContaining({ code: "SHAPE", op: "add", shapes: [[64, 20], [64, 10]] })); // prettier-ignore
    expect(() => add(zeros([0]), zeros([2]))).toThrow(ShapeError);
    expect(() => where(zeros([2]), zeros([3]), 0)).toThrow("where: cannot broadcast [2], [3] with []");
  });

  it("what is no tensor", () => {
    const call = (value: unknown) => (): Tensor => add(value as Tensor, 1);
    expect(call("1")).toThrow("add: needs a tensor or a number, got string");
    expect(call([1])).toThrow("add: needs a tensor or a number, got Array");
    expect(call(null)).toThrow("add: needs a tensor or a number, got null");
    expect(call(undefined)).toThrow("add: needs a tensor or a number, got undefined");
    expect(call({ notATensorHint: "%op knows no such thing" })).toThrow("add: add knows no such thing");
  });

  it("map names the meaning", () => {
    expect(() => map(meaning.add, zeros([2]), zeros([3]))).toThrow(/^add: /);
  });
});
