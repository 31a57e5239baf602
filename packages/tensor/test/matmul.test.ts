// Law 9, the matrix product: its error bound, its exactness, what it propagates, and the bits that never change.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contiguous,
  DTypeError,
  dot,
  expandDims,
  fromTypedArray,
  matmul,
  type MatrixView,
  naiveMatmul,
  outer,
  ShapeError,
  slice,
  swapAxes,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../src/index.js";
import { matrixAt } from "../src/matmul/matmul.js";
import { expectSameBits, firstDifference, indices, read, viewsOf, wildNumbers } from "./support.js";

const view = (x: Tensor): MatrixView => matrixAt(x, x.offset);
const matrix = (rows: number, columns: number, seed: number, decades = 2): Tensor =>
  fromTypedArray(wildNumbers(seed, rows * columns, decades), [rows, columns]);

/**
 * Products of float32 are exact in double, so a float32 result carries the K - 1 roundings of a double sum and one to
 * float32 (2^-150 if it is subnormal); the oracle carries the double roundings again.
 */
function expectWithinBound(a: Tensor, b: Tensor): void {
  const got = matmul(a, b).data;
  const oracle = naiveMatmul(view(a), view(b));
  const size = naiveMatmul(view(a.abs()), view(b.abs()));
  const depth = a.shape[1] + 1;
  const gamma = (depth * 2 ** -53) / (1 - depth * 2 ** -53);
  const unit = got instanceof Float32Array ? 2 ** -24 : 0;
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const bound = unit * Math.abs(oracle[i]) + 2 * gamma * size[i] + (unit && 2 ** -150);
    worst = Math.max(worst, Math.abs(got[i] - oracle[i]) - bound);
  }
  expect(worst).toBeLessThanOrEqual(0);
  // Both sum over k in ascending order in double: rounded once, they are equal to the bit.
  const rounded = got instanceof Float32Array ? Float32Array.from(oracle) : oracle;
  expect(firstDifference(got, rounded)).toBe(-1);
}

/** Around the register tile and the three block sizes, each along rows, columns and depth; and all at once. */
const EDGES = [1, 2, 3, 4, 5, 95, 96, 97, 191, 192, 193, 255, 256, 257];
const SIZES: [number, number, number][] = [
  ...EDGES.flatMap((n): [number, number, number][] => [
    [n, 6, 5],
    [5, n, 6],
    [6, 5, n],
  ]),
  [97, 257, 193],
  [96, 256, 192],
  [95, 255, 191],
  [193, 513, 3],
  [1, 1000, 1],
];

describe("the bound", () => {
  it.each(SIZES)("holds for [%i, %i] by [.., %i], in float32 and float64", (rows, depth, columns) => {
    const [a, b] = [matrix(rows, depth, rows + depth, 6), matrix(depth, columns, columns, 6)];
    expectWithinBound(a, b);
    expectWithinBound(a.cast("float64").div(3), b.cast("float64").div(7));
  });

  it("the oracle is the definition", () => {
    const cases = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
      .chain(([m, k, n]) => fc.record({ a: viewsOf([m, k]), b: viewsOf([k, n]) }));
    fc.assert(
      fc.property(cases, ({ a, b }) => {
        const [x, y] = [read(a).at, read(b).at];
        const expected = indices([a.shape[0], b.shape[1]]).map(([i, j]) =>
          Array.from({ length: a.shape[1] }, (_, k) => x([i, k]) * y([k, j])).reduce((p, q) => p + q, 0),
        );
        expect([...naiveMatmul(view(a), view(b))]).toEqual(expected);
      }),
    );
  });

  it("holds among subnormals and near the overflow", () => {
    const tiny = matrix(9, 8, 1).mul(2 ** -140);
    expectWithinBound(tiny, matrix(8, 7, 2));
    expectWithinBound(matrix(9, 8, 3).mul(1e18), matrix(8, 7, 4).mul(1e18));
    // In double the sum does not overflow half-way.
    expect(matmul(tensor([3e38, 3e38, -3e38]), tensor([1, 1, 1])).item()).toBe(Math.fround(3e38));
  });
});

/** A naive product of any ranks, by NumPy's rules, on models. */
function naiveProduct(a: Tensor, b: Tensor): { shape: number[]; values: number[] } {
  const [x, y] = [a.ndim === 1 ? expandDims(a, 0) : a, b.ndim === 1 ? expandDims(b, 1) : b];
  const [left, right] = [read(x), read(y)];
  const rank = Math.max(x.ndim, y.ndim) - 2;
  const lengthOf = (one: Tensor, axis: number): number => {
    const at = axis - (rank - (one.ndim - 2));
    return at < 0 ? 1 : one.shape[at];
  };
  const batch = Array.from({ length: rank }, (_, axis) =>
    lengthOf(x, axis) === 1 ? lengthOf(y, axis) : lengthOf(x, axis),
  );
  const own = (one: Tensor, index: readonly number[]): number[] =>
    one.shape.slice(0, -2).map((n, axis) => (n === 1 ? 0 : index[axis + rank - (one.ndim - 2)]));
  const [m, k, n] = [x.shape.at(-2)!, x.shape.at(-1)!, y.shape.at(-1)!];
  const values = indices([...batch, m, n]).map((index) => {
    const [i, j] = index.slice(-2);
    let total = 0;
    for (let p = 0; p < k; p++) total += left.at([...own(x, index), i, p]) * right.at([...own(y, index), p, j]);
    return total;
  });
  return { shape: [...batch, ...(a.ndim === 1 ? [] : [m]), ...(b.ndim === 1 ? [] : [n])], values };
}

/** Operands that fit: ranks 1 to 4, batches that broadcast, any strides; stored transposed where the flag says so. */
const operands = fc
  .record({
    sizes: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
    batch: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    vectors: fc.constantFrom("none", "a", "b", "both"),
    flags: fc.tuple(fc.boolean(), fc.boolean()),
    ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    drop: fc.tuple(fc.nat(2), fc.nat(2)),
  })
  .chain(({ sizes: [m, k, n], batch, vectors, flags: [transposeA, transposeB], ones, drop }) => {
    const batchOf = (which: 0 | 1): number[] =>
      batch.slice(Math.min(drop[which], batch.length)).map((length, i) => (ones[2 * which + i] ? 1 : length));
    const shapeA = vectors === "a" || vectors === "both" ? [k] : [...batchOf(0), ...(transposeA ? [k, m] : [m, k])];
    const shapeB = vectors === "b" || vectors === "both" ? [k] : [...batchOf(1), ...(transposeB ? [n, k] : [k, n])];
    return fc.record({ a: viewsOf(shapeA), b: viewsOf(shapeB), options: fc.constant({ transposeA, transposeB }) });
  });

describe("whole numbers", () => {
  it("multiply exactly: any ranks, batches, flags and strides", () => {
    fc.assert(
      fc.property(operands, ({ a, b, options }) => {
        const read2 = (x: Tensor, flag: boolean): Tensor => (flag && x.ndim > 1 ? swapAxes(x, -1, -2) : x);
        const expected = naiveProduct(read2(a, options.transposeA), read2(b, options.transposeB));
        const got = matmul(a, b, options);
        expect(got.shape).toEqual(expected.shape);
        expect(
          firstDifference(
            got.data,
            Float32Array.from(expected.values, (x) => x + 0),
          ),
        ).toBe(-1);
        expectSameBits(got, matmul(contiguous(a), contiguous(b), options));
        expectSameBits(got, matmul(read2(a, options.transposeA), read2(b, options.transposeB)));
      }),
      { numRuns: 400 },
    );
  });

  it("of the examples", () => {
    const a = tensor([[1, 2], [3, 4]]); // prettier-ignore
    expect(matmul(a, a.T).toArray()).toEqual([
      [5, 11],
      [11, 25],
    ]);
    expect(a.matmul(a, { transposeB: true }).toArray()).toEqual(matmul(a, a.T).toArray());
    expect(matmul(a, tensor([1, 1])).toArray()).toEqual([3, 7]);
    expect(matmul(tensor([1, 1]), a).toArray()).toEqual([4, 6]);
    expect(dot(tensor([1, 2]), tensor([3, 4])).item()).toBe(11);
    expect(
      tensor([1, 2])
        .dot(tensor([3, 4]))
        .item(),
    ).toBe(11);
    expect(outer(tensor([1, 2]), tensor([3, 4, 5])).toArray()).toEqual([
      [3, 4, 5],
      [6, 8, 10],
    ]);
  });

  it("over no depth are zeros, of size 0 nothing", () => {
    expect(matmul(zeros([2, 0]), zeros([0, 3])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(matmul(zeros([0]), zeros([0])).item()).toBe(0);
    expect(matmul(zeros([0, 2]), zeros([2, 3])).shape).toEqual([0, 3]);
    expect(matmul(zeros([4, 0, 2]), zeros([2, 0])).shape).toEqual([4, 0, 0]);
    expect(matmul(zeros([0, 2, 3]), zeros([3, 4])).shape).toEqual([0, 2, 4]);
  });
});

describe("what is not finite", () => {
  it("propagates: no zero is skipped", () => {
    for (const n of [1, 4, 7, 100]) {
      const a = zeros([n, n]);
      const b = contiguous(matrix(n, n, n));
      b.storage[n - 1] = Infinity;
      const y = matmul(a, b);
      for (let i = 0; i < n; i++) expect(y.data[i * n + n - 1]).toBeNaN();
      const finite = [...y.data].filter((_, i) => i % n !== n - 1);
      expect(finite.every((x) => x === 0)).toBe(true);
      b.storage[n - 1] = NaN;
      expect(matmul(a, b).data[n - 1]).toBeNaN();
      expect(matmul(b, a).data[0]).toBeNaN();
    }
  });

  it("stays within its row and column", () => {
    const [a, b] = [matrix(9, 6, 1), matrix(6, 10, 2)];
    a.storage[4 * 6 + 2] = NaN;
    b.storage[3 * 10 + 7] = Infinity;
    const y = matmul(a, b);
    indices([9, 10]).forEach(([i, j], at) => expect(Number.isFinite(y.data[at])).toBe(i !== 4 && j !== 7));
  });
});

describe("bits that never change", () => {
  const shape = fc.tuple(fc.integer({ min: 1, max: 110 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 210 })); // prettier-ignore

  it("(A B)^T = B^T A^T", () => {
    fc.assert(
      fc.property(shape, ([m, k, n]) => {
        const [a, b] = [matrix(m, k, m, 6), matrix(k, n, n, 6)];
        const swapped = transpose(matmul(transpose(b), transpose(a)));
        expectSameBits(contiguous(swapped), matmul(a, b));
        expectSameBits(contiguous(transpose(matmul(b, a, { transposeA: true, transposeB: true }))), matmul(a, b));
      }),
      { numRuns: 15 },
    );
  });

  it("no row depends on the other rows, no column on the other columns, no batch on the others", () => {
    const cuts = fc.tuple(shape, fc.nat(), fc.nat(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(cuts, ([[m, k, n], a0, a1, b0, b1]) => {
        const [a, b] = [matrix(m, k, m, 6), matrix(k, n, n, 6)];
        const rows = { start: a0 % m, stop: (a0 % m) + 1 + (a1 % (m - (a0 % m))) };
        const columns = { start: b0 % n, stop: (b0 % n) + 1 + (b1 % (n - (b0 % n))) };
        const part = matmul(slice(a, [rows]), slice(b, [null, columns]));
        expectSameBits(part, contiguous(slice(matmul(a, b), [rows, columns])));
        const batch = matmul(expandDims(a, 0).broadcastTo([2, m, k]), b);
        expectSameBits(slice(batch, [1]).reshape([m, n]), matmul(a, b));
      }),
      { numRuns: 15 },
    );
  });

  it("calling twice gives the same, and leaves the operands alone", () => {
    const [a, b] = [matrix(30, 20, 1), matrix(20, 10, 2)];
    const before = [...a.data, ...b.data];
    expectSameBits(matmul(a, b), matmul(a, b));
    expect([...a.data, ...b.data]).toEqual(before);
  });
});

describe("dtypes", () => {
  it("float64 beside float32 gives float64; int32 is refused", () => {
    const y = matmul(tensor([0.1]), tensor([0.1], { dtype: "float64" }));
    expect(y.dtype).toBe("float64");
    expect(y.item()).toBe(Math.fround(0.1) * 0.1);
    const indexes = zeros([2, 2], { dtype: "int32" });
    expect(() => matmul(indexes, indexes)).toThrow(DTypeError);
    expect(() => matmul(indexes, zeros([2, 2]))).toThrow(/^matmul: cannot mix int32 with float32/);
  });
});

describe("refusals say what to do", () => {
  it.each([
    [
      () => matmul(zeros([64, 784]), zeros([400, 784])),
      "matmul: inner dimensions differ: a is [64, 784], b is [400, 784] (784 != 400). Did you mean matmul(a, transpose(b))?",
    ],
    [
      () => matmul(zeros([784, 64]), zeros([784, 400])),
      "matmul: inner dimensions differ: a is [784, 64], b is [784, 400] (64 != 784). Did you mean matmul(transpose(a), b)?",
    ],
    [() => matmul(zeros([2, 3]), zeros([4, 5])), "matmul: inner dimensions differ: a is [2, 3], b is [4, 5] (3 != 4)."],
    [
      () => matmul(zeros([9, 2, 3]), zeros([9, 5, 3])),
      "matmul: inner dimensions differ: a is [9, 2, 3], b is [9, 5, 3] (3 != 5). Did you mean matmul(a, b, { transposeB: true })?",
    ],
    [
      () => matmul(zeros([2, 3]), zeros([3, 5]), { transposeB: true }),
      "matmul: inner dimensions differ: a is [2, 3], b is [5, 3] (transposed) (3 != 5). Did you mean it without transposeB?",
    ],
    [
      () => matmul(zeros([2, 3]), zeros([3, 5]), { transposeA: true }),
      "matmul: inner dimensions differ: a is [3, 2] (transposed), b is [3, 5] (2 != 3). Did you mean it without transposeA?",
    ],
    [
      () => matmul(zeros([3]), zeros([4, 3])),
      "matmul: inner dimensions differ: a is [3], b is [4, 3] (3 != 4). Did you mean matmul(a, transpose(b))?",
    ],
    [
      () => matmul(zeros([3, 4]), zeros([3])),
      "matmul: inner dimensions differ: a is [3, 4], b is [3] (4 != 3). Did you mean matmul(transpose(a), b)?",
    ],
    [() => matmul(zeros([3]), zeros([4])), "matmul: inner dimensions differ: a is [3], b is [4] (3 != 4)."],
    [() => matmul(2, zeros([2])), "matmul: a is a scalar; use mul(a, b)"],
    [() => matmul(zeros([2]), tensor(2)), "matmul: b is a scalar; use mul(a, b)"],
    [
      () => matmul(zeros([2, 1, 1]), zeros([3, 1, 1])),
      "matmul: cannot broadcast [2] with [3]: axis 0 is 2 and 3, and neither is 1.",
    ],
    [() => dot(zeros([2]), zeros([3])), "dot: needs two vectors of one length, got [2] and [3]"],
    [() => outer(zeros([2, 2]), zeros([3])), "outer: needs two vectors, got [2, 2] and [3]"],
  ])("%#", (call, text) => {
    let message = "";
    try {
      call();
    } catch (error) {
      expect(error).toBeInstanceOf(ShapeError);
      expect(error).toMatchObject({ code: "SHAPE", op: text.split(":")[0] });
      message = (error as ShapeError).message;
    }
    expect(message).toBe(text);
  });

  it("with the shapes at hand", () => {
    const call = (): Tensor => matmul(zeros([2, 3]), zeros([4, 5]));
    expect(call).toThrow(expect.objectContaining({ shapes: [[2, 3], [4, 5]] })); // prettier-ignore
  });
});
