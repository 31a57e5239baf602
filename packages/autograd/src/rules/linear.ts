// The matrix product of the table.

import * as t from "@elbo/tensor";
import type { OpAttributes, OpRecord } from "../core/signatures.js";
import { matmul as product } from "../ops/linear.js";
import { reals } from "./algebra.js";

/**
 * Bilinear. With A' and B' the operands as read (transposed where flagged) and C = A' B', the cotangents of A' and B'
 * are `G B'^T` and `A'^T G`; a flagged operand takes the transpose of that, which is again one product with flags.
 */
export const matmul: OpRecord<OpAttributes["matmul"]> = {
  evaluate: ([a, b], flags) => t.matmul(a, b, flags),
  shape: ([a, b], { transposeA, transposeB }) => [
    ...t.broadcastShapes("matmul", a.slice(0, -2), b.slice(0, -2)),
    a.at(transposeA ? -1 : -2)!,
    b.at(transposeB ? -2 : -1)!,
  ],
  broadcasts: true,
  linear: false,
  derivative: {
    kind: "each",
    rules: [
      (g, { x: [, b], attributes: { transposeA, transposeB } }) =>
        transposeA
          ? product(b, g, { transposeA: transposeB, transposeB: true })
          : product(g, b, { transposeB: !transposeB }),
      (g, { x: [a], attributes: { transposeA, transposeB } }) =>
        transposeB
          ? product(g, a, { transposeA: true, transposeB: transposeA })
          : product(a, g, { transposeA: !transposeA }),
    ],
  },
  domain: (draw) => {
    const [m, k, n] = [draw.integer(1, 5), draw.integer(1, 5), draw.integer(1, 5)];
    const [transposeA, transposeB] = [draw.integer(0, 1) === 1, draw.integer(0, 1) === 1];
    const batches = [[], [2], [1], [3, 1]] as const;
    const [batchA, batchB] = [batches[draw.integer(0, 3)], batches[draw.integer(0, 2)]];
    return {
      inputs: [
        { shape: [...batchA, ...(transposeA ? [k, m] : [m, k])], interval: reals() },
        { shape: [...batchB, ...(transposeB ? [n, k] : [k, n])], interval: reals() },
      ],
      attributes: { transposeA, transposeB },
    };
  },
};
