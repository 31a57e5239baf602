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
import { depthBlock } from "../src/matmul/depth.js";
import { matrixAt } from "../src/matmul/matmul.js";
import { chains } from "./products.js";
import { expectSameBits, firstDifference, indices, read, viewsOf, wildNumbers } from "./support.js";

const view = (x: Tensor): MatrixView => matrixAt(x, x.offset);
const matrix = (rows: number, columns: number, seed: number, decades = 2): Tensor =>
  fromTypedArray(wildNumbers(seed, rows * columns, decades), [rows, columns]);

/** Lengths of `least` to `most`, and every fourth time one of the special ones. */
const size = (least: number, most: number, ...special: number[]): fc.Arbitrary<number> => {
  const any = fc.integer({ min: least, max: most });
  return special.length === 0 ? any : fc.oneof({ weight: 3, arbitrary: any }, fc.constantFrom(...special));
};

/** k roundings one after another, each of at most `unit` times what is rounded (Higham's gamma). */
const gamma = (k: number, unit: number): number => (k * unit) / (1 - k * unit);

/**
 * The most roundings between one product of a float32 sum and the result: K at most. In a block of n steps the first
 * product is rounded and meets n - 1 additions that round (the one to 0 does not), the later ones meet fewer; with a
 * fused multiply-add the first meets n roundings, too. Its block's sum is then added to the others, B - 1 times at most,
 * and n + B - 1 <= K because no block is empty.
 */
function longestPath(depth: number): number {
  const block = depthBlock(depth);
  return Math.min(depth, block) + Math.ceil(depth / block) - 1;
}

/**
 * How far a product may be from the oracle, by element.
 *
 * float32: with r = `longestPath` roundings of 2^-24, |error| <= gamma_r |A| |B| as long as nothing is subnormal. Where
 * a rounding result is, its error is not relative: it is at most 2^-150 (half the least number), once for each product,
 * since sums of float32 that are subnormal are exact. (A fused multiply-add rounds the product within the sum: still
 * once.) Each of these K errors grows by the roundings that follow: K 2^-150 (1 + gamma_r).
 *
 * The oracle, in double, has exact products of float32 and K - 1 roundings of its sum; so has |A| |B| itself. A float64
 * product rounds its products as well: gamma_K, for itself and for the oracle.
 */
function boundOf(a: Tensor, b: Tensor): Float64Array {
  const depth = a.shape[1];
  const size = naiveMatmul(view(a.abs()), view(b.abs())) as Float64Array;
  const double = 2 * gamma(depth + 1, 2 ** -53);
  if (a.dtype === "float64") return size.map((one) => double * one);
  const single = gamma(longestPath(depth), 2 ** -24);
  return size.map((one) => (single + double) * one + depth * 2 ** -150 * (1 + single));
}

function expectWithinBound(a: Tensor, b: Tensor): void {
  const got = matmul(a, b).data;
  const oracle = naiveMatmul(view(a), view(b));
  const bound = boundOf(a, b);
  const at = got.findIndex((x, i) => !(Math.abs(x - oracle[i]) <= bound[i]));
  if (at >= 0) expect.fail(`element ${at} is ${got[at]} against ${oracle[at]}, ${bound[at]} allowed`);
  // float64: both sum over k in ascending order. float32: the chains that define it.
  expect(firstDifference(got, got instanceof Float32Array ? chains(view(a), view(b)) : oracle)).toBe(-1);
}

type Sizes = [rows: number, depth: number, columns: number];

/** Around the register tiles (3 x 12, 6 x 8, 6 x 16), half their columns, 16 rows, 48 columns, and the blocks of 96 and 192. */
const EDGES = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 23, 24, 25, 47, 48, 49, 95, 96, 97, 191, 192, 193,
];
/** Around the eight steps of the unrolled loop, and the cuts of the depth: 264 in float32, 256 in float64. */
const DEPTHS = [1, 2, 3, 7, 8, 9, 16, 17, 255, 256, 257, 263, 264, 265, 527, 528, 529, 792, 793];
const SIZES: Sizes[] = [
  ...EDGES.flatMap((n): Sizes[] => [
    [n, 6, 5],
    [n, 9, 13],
    [6, 5, n],
    [25, 9, n],
  ]),
  ...DEPTHS.flatMap((k): Sizes[] => [
    [1, k, 1],
    [1, k, 33],
    [33, k, 2],
    [25, k, 10],
  ]),
  [97, 257, 193],
  [96, 256, 192],
  [95, 255, 191],
  [97, 265, 49],
  [96, 264, 48],
  [95, 263, 47],
  [193, 529, 3],
  [24, 784, 17],
];

describe("the bound", () => {
  it.each(SIZES)("holds for [%i, %i] by [.., %i], in float32 and float64", (rows, depth, columns) => {
    const [a, b] = [matrix(rows, depth, rows + depth, 6), matrix(depth, columns, columns, 6)];
    expectWithinBound(a, b);
    expectWithinBound(a.cast("float64").div(3), b.cast("float64").div(7));
  });

  it("is one of at most K roundings", () => {
    for (let depth = 1; depth < 2000; depth++) expect(longestPath(depth)).toBeLessThanOrEqual(depth);
    expect([1, 264, 265, 784, 10000].map(longestPath)).toEqual([1, 264, 137, 266, 301]);
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
    for (const [m, k, n] of [
      [9, 8, 7],
      [25, 300, 13],
      [2, 40, 1],
    ] as Sizes[]) {
      // prettier-ignore
      expectWithinBound(matrix(m, k, 1).mul(2 ** -140), matrix(k, n, 2));
      expectWithinBound(matrix(m, k, 1).mul(2 ** -74), matrix(k, n, 2).mul(2 ** -74));
      expectWithinBound(matrix(m, k, 3).mul(1e18), matrix(k, n, 4).mul(1e18));
    }
  });

  it("ends where a sum overflows on the way: Infinity in float32, as in every float32 BLAS, and not in float64", () => {
    const large = tensor([3e38, 3e38, -3e38]);
    expect(matmul(large, tensor([1, 1, 1])).item()).toBe(Infinity);
    expect(matmul(large, tensor([1, -1, 1])).item()).toBe(Math.fround(-3e38));
    expect(matmul(large.cast("float64"), tensor([1, 1, 1])).item()).toBe(Math.fround(3e38));
    expect(matmul(tensor([1e30, 1e30]), tensor([1e30, -1e30])).item()).toBeNaN();
    expect(matmul(tensor([1e30, 1e30], { dtype: "float64" }), tensor([1e30, -1e30], { dtype: "float64" })).item()).toBe(0); // prettier-ignore
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

  it("multiply exactly at the edges, while sums stay below 2^24", () => {
    const whole = (rows: number, columns: number, seed: number): Tensor =>
      fromTypedArray(
        wildNumbers(seed, rows * columns).map((x) => Math.round(100 * x)),
        [rows, columns],
      );
    for (const [m, k, n] of SIZES) {
      const [a, b] = [whole(m, k, m + k), whole(k, n, n)];
      expect(firstDifference(matmul(a, b).data, naiveMatmul(view(a), view(b)).map((x) => x + 0))).toBe(-1); // prettier-ignore
    }
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
    for (const n of [1, 4, 5, 7, 9, 13, 17, 24, 25, 97, 100, 265]) {
      const a = zeros([n, n]);
      const b = contiguous(matrix(n, n, n));
      b.storage[n - 1] = Infinity;
      const y = matmul(a, b).data;
      for (let i = 0; i < n; i++) expect(y[i * n + n - 1]).toBeNaN();
      expect(y.every((x, i) => x === 0 || i % n === n - 1)).toBe(true);
      b.storage[n - 1] = NaN;
      expect(matmul(a, b).data[n - 1]).toBeNaN();
      expect(matmul(b, a).data[0]).toBeNaN();
    }
  });

  it("stays within its row and column, at any edge", () => {
    const shape = fc.record({ m: size(1, 30), k: size(1, 20, 264, 265), n: size(1, 40) });
    const places = fc.array(fc.nat(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(shape, places, ({ m, k, n }, [i, p, q, j]) => {
        const [a, b] = [matrix(m, k, m), matrix(k, n, n)];
        a.storage[(i % m) * k + (p % k)] = NaN;
        b.storage[(q % k) * n + (j % n)] = -Infinity;
        const y = matmul(a, b).data;
        indices([m, n]).forEach(([row, column], at) => {
          if (Number.isFinite(y[at]) !== (row !== i % m && column !== j % n)) expect.fail(`(${row}, ${column})`);
          if (row === i % m) expect(y[at]).toBeNaN();
        });
      }),
      { numRuns: 60 },
    );
  });

  it("infinities keep their sign, and cancel to NaN", () => {
    for (const k of [2, 9, 300]) {
      const [row, column] = [0, 0].map(() => fromTypedArray(new Float32Array(k).fill(1), [k]));
      column.storage[0] = -Infinity;
      expect(matmul(row, column).item()).toBe(-Infinity);
      column.storage[k - 1] = Infinity;
      expect(matmul(row, column).item()).toBeNaN();
    }
  });
});

describe("bits that never change", () => {
  const shape = fc.tuple(size(1, 110, ...EDGES), size(1, 300, ...DEPTHS), size(1, 210, ...EDGES));

  it("(A B)^T = B^T A^T", () => {
    fc.assert(
      fc.property(shape, ([m, k, n]) => {
        const [a, b] = [matrix(m, k, m, 6), matrix(k, n, n, 6)];
        const swapped = transpose(matmul(transpose(b), transpose(a)));
        expectSameBits(contiguous(swapped), matmul(a, b));
        expectSameBits(contiguous(transpose(matmul(b, a, { transposeA: true, transposeB: true }))), matmul(a, b));
      }),
      { numRuns: 40 },
    );
  });

  it("no row depends on the other rows, no column on the other columns, no batch on the others", () => {
    const cuts = fc.tuple(shape, fc.nat(), fc.nat(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(cuts, ([[m, k, n], a0, a1, b0, b1]) => {
        const [a, b] = [matrix(m, k, m, 6), matrix(k, n, n, 6)];
        const rows = { start: a0 % m, stop: (a0 % m) + 1 + (a1 % (m - (a0 % m))) };
        const columns = { start: b0 % n, stop: (b0 % n) + 1 + (b1 % (n - (b0 % n))) };
        const whole = matmul(a, b);
        expectSameBits(matmul(slice(a, [rows]), slice(b, [null, columns])), contiguous(slice(whole, [rows, columns])));
        const [i, j] = [a1 % m, b1 % n];
        expect(matmul(slice(a, [i]), slice(b, [null, j])).item()).toBe(whole.data[i * n + j]);
        const batch = matmul(expandDims(a, 0).broadcastTo([2, m, k]), b);
        expectSameBits(slice(batch, [1]).reshape([m, n]), whole);
      }),
      { numRuns: 40 },
    );
  });

  it("no stride does: transposed, backwards, with gaps, broadcast", () => {
    const ways: ((rows: number, columns: number) => Tensor)[] = [
      (rows, columns) => transpose(matrix(columns, rows, 1, 6)),
      (rows, columns) => slice(matrix(rows, columns, 2, 6), [{ step: -1 }]),
      (rows, columns) => slice(matrix(rows, columns, 3, 6), [null, { step: -1 }]),
      (rows, columns) => slice(matrix(rows, 2 * columns, 4, 6), [null, { step: 2 }]),
      (rows, columns) => slice(matrix(3 * rows, columns + 1, 5, 6), [{ step: 3 }, { start: 1 }]),
      (rows, columns) => matrix(1, columns, 6, 6).broadcastTo([rows, columns]),
      (rows, columns) => matrix(rows, 1, 7, 6).broadcastTo([rows, columns]),
      (rows, columns) => transpose(slice(matrix(columns, rows, 8, 6), [{ step: -1 }, { step: -1 }])),
    ];
    for (const [m, k, n] of [
      [1, 9, 1],
      [5, 33, 2],
      [24, 40, 17],
      [26, 270, 20],
      [97, 12, 10],
    ] as Sizes[]) {
      // prettier-ignore
      for (const left of ways) {
        for (const right of ways) {
          const [a, b] = [left(m, k), right(k, n)];
          expect([a.shape, b.shape]).toEqual([[m, k], [k, n]]); // prettier-ignore
          expectSameBits(matmul(a, b), matmul(contiguous(a), contiguous(b)));
        }
      }
    }
  });

  it("nor a larger product before, nor one of another size in between", () => {
    const [a, b] = [matrix(30, 20, 1), matrix(20, 10, 2)];
    const first = matmul(a, b);
    const before = [...a.data, ...b.data];
    matmul(matrix(200, 300, 3).mul(NaN), matrix(300, 100, 4));
    expectSameBits(matmul(a, b), first);
    expectSameBits(first, fromTypedArray(chains(view(a), view(b)), [30, 10]));
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
