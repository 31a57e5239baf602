// Law 9 through differentiation: the gradients of a product are two products with flags, exact on whole numbers.

import { eye, matmul as product, type Tensor, transpose, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matmul, type OpName, type OpRecord, type OpTable, sum, type Value, vjp } from "../../src/index.js";
import { checkGrads, withEngine } from "../../src/testing/index.js";
import { expectSameBits } from "../support/compare.js";
import { everyOp, type Gen, holds, reals, wholes } from "../support/sample.js";

/** A table that writes down every operation it computes with the size of its result. */
function counting(table: OpTable, seen: { op: string; size: number }[]): OpTable {
  const entries = (Object.entries(table) as [OpName, OpRecord<unknown>][]).map(([op, record]) => {
    const evaluate = (x: Parameters<typeof record.evaluate>[0], attributes: unknown): Tensor => {
      const y = record.evaluate(x, attributes);
      seen.push({ op, size: y.size });
      return y;
    };
    return [op, { ...record, evaluate }];
  });
  return Object.fromEntries(entries) as OpTable;
}

const matrices = (gen: Gen, draw: typeof reals) => {
  const [m, k, n] = [1, 2, 3].map(() => gen(fc.integer, { min: 1, max: 9 }));
  const [transposeA, transposeB] = [gen(fc.boolean), gen(fc.boolean)];
  return {
    a: draw(gen, transposeA ? [k, m] : [m, k]),
    b: draw(gen, transposeB ? [n, k] : [k, n]),
    g: draw(gen, [m, n]),
    flags: { transposeA, transposeB },
  };
};

describe("the gradients of A B are G B^T and A^T G", () => {
  it("exactly, on whole numbers, for all flags", () => {
    holds(60, (gen) => {
      const { a, b, g, flags } = matrices(gen, wholes);
      const [ga, gb] = vjp((x: Value, y: Value) => matmul(x, y, flags), a, b)[1](g);
      const [left, right] = [flags.transposeA ? transpose(a) : a, flags.transposeB ? transpose(b) : b];
      const [wantA, wantB] = [product(g, right, { transposeB: true }), product(left, g, { transposeA: true })];
      const plain = (x: Value): Value => matmul(x, identity(x.shape[1]));
      expectSameBits(plain(ga), plain(flags.transposeA ? transpose(wantA) : wantA));
      expectSameBits(plain(gb), plain(flags.transposeB ? transpose(wantB) : wantB));
    });
  });

  it("two products and nothing else: no transposed copy, no broadcast product", () => {
    holds(30, (gen) => {
      const { a, b, g, flags } = matrices(gen, reals);
      const seen: { op: string; size: number }[] = [];
      withEngine(
        (present) => ({ ...present, table: counting(present.table, seen) }),
        () => vjp((x: Value, y: Value) => matmul(x, y, flags), a, b)[1](g),
      );
      expect(seen).toEqual([
        { op: "matmul", size: g.size },
        { op: "matmul", size: a.size },
        { op: "matmul", size: b.size },
      ]);
    });
  });
});

describe("nothing larger than operands and result appears in products of batches and vectors", () => {
  everyOp(
    30,
    ({ f, floats }, gen) => {
      const seen: { op: string; size: number }[] = [];
      const [y, pullback] = vjp(f, ...floats);
      const w = reals(gen, y.shape);
      withEngine(
        (present) => ({ ...present, table: counting(present.table, seen) }),
        () => pullback(w),
      );
      expect(seen.filter(({ op }) => op === "matmul")).toHaveLength(2);
      // A batch of one matrix meets every matrix of the other: its cotangent has their batch before it is summed.
      const batch = Math.max(
        1,
        y.shape.slice(0, -2).reduce((a, b) => a * b, 1),
      );
      const allowed = Math.max(y.size, ...floats.map((x) => batch * x.shape.at(-1)! * x.shape.at(-2)!));
      for (const { op, size } of seen) expect(size, op).toBeLessThanOrEqual(allowed);
    },
    (_, op) => op === "matmul",
  );

  // Regression: the cotangent of the matrix was a product for each member of the batch, summed afterwards.
  it("a batch times one matrix holds no copy of the matrix for each member, and has the same bits", () => {
    holds(30, (gen) => {
      const [batch, m, k, n] = [1, 2, 3, 4].map(() => gen(fc.integer, { min: 1, max: 5 }));
      const transposeB = gen(fc.boolean);
      const [a, b] = [reals(gen, [batch, 2, m, k]), reals(gen, transposeB ? [n, k] : [k, n])];
      const seen: { op: string; size: number }[] = [];
      const [y, pullback] = vjp((x: Value, z: Value) => matmul(x, z, { transposeB }), a, b);
      expectSameBits(y, product(a, b, { transposeB }));
      withEngine(
        (present) => ({ ...present, table: counting(present.table, seen) }),
        () => pullback(reals(gen, y.shape)),
      );
      for (const { op, size } of seen) expect(size, op).toBeLessThanOrEqual(Math.max(y.size, a.size, b.size));
      checkGrads((x: Value, z: Value) => matmul(x, z, { transposeB }), [a, b], { order: 1, directions: 1 });
    });
  });

  it("a batch that does not fit, or is empty, is treated as by @elbo/tensor", () => {
    const a = zeros([2, 3, 4]);
    const message = "matmul: inner dimensions differ: a is [2, 3, 4], b is [5, 4] (4 != 5)";
    expect(() => matmul(a, zeros([5, 4]))).toThrow(message);
    expect(matmul(zeros([2, 0, 4]), zeros([4, 5])).shape).toEqual([2, 0, 5]);
    expect(matmul(zeros([2, 3, 0]), zeros([0, 5])).toArray()).toEqual(zeros([2, 3, 5]).toArray());
    expect(matmul(zeros([2, 4, 3]), zeros([4, 5]), { transposeA: true }).shape).toEqual([2, 3, 5]);
  });

  it("vectors: dot and matrix times vector", () => {
    holds(20, (gen) => {
      const k = gen(fc.integer, { min: 1, max: 9 });
      const [a, b] = [wholes(gen, [k]), wholes(gen, [k])];
      const [ga, gb] = vjp((x: Value, y: Value) => sum(matmul(x, y)), a, b)[1](identity(1).slice([0, 0]));
      expectSameBits(ga, b);
      expectSameBits(gb, a);
    });
  });
});

const identity = (n: number): Tensor => eye(n, { dtype: "float64" });
