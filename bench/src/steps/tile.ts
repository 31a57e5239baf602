// Step 5: a tile of C stays in registers for the whole depth; A and B are read where they lie.

import {
  columnsOf,
  countUp,
  type Expression,
  f32x4,
  i32,
  type ModuleBuilder,
  type ProductFunction,
  type TileShape,
  v128,
  PRODUCT,
} from "@elbo/tensor/kernels";

const [zero, one] = [i32.const(0), i32.const(1)];
const least = (x: Expression<"i32">, y: Expression<"i32">): Expression<"i32"> => i32.select(x, y, i32.ltS(x, y));

/**
 * Defines `C = A B` for at least a tile of rows and of columns, and rows of B whose numbers follow each other. The last
 * tile is moved back to end at the edge: what it computes a second time is the same.
 */
export function defineTiled(builder: ModuleBuilder, shape: TileShape): ProductFunction {
  const [height, width] = [shape.rows, columnsOf(shape)];
  return builder.define("product", PRODUCT, "none", (scope, a, aRow, aColumn, b, bRow, _, c, cRow, m, n, k) => {
    const [i, j, p, top, left, atB, atC] = Array.from({ length: 7 }, () => scope.local("i32"));
    const lines = Array.from({ length: height }, () => scope.local("i32"));
    const sums = lines.map(() => Array.from({ length: shape.vectors }, () => scope.local("v128")));
    const row = sums[0].map(() => scope.local("v128"));
    const factor = scope.local("v128");
    const step = [
      ...row.map((vector, v) => vector.set(v128.load(atB, 16 * v))),
      ...sums.flatMap((chain, r) => [
        factor.set(v128.load32Splat(lines[r])),
        ...chain.map((sum, v) => sum.set(f32x4.add(sum, f32x4.mul(factor, row[v])))),
        lines[r].set(i32.add(lines[r], aColumn)),
      ]),
      atB.set(i32.add(atB, bRow)),
    ];
    const tile = [
      ...sums.flat().map((sum) => sum.set(v128.ofFloat(0))),
      ...lines.map((line, r) => line.set(i32.add(a, i32.mul(i32.add(top, i32.const(r)), aRow)))),
      atB.set(i32.add(b, i32.shl(left, i32.const(2)))),
      countUp(p, zero, k, one, step),
      atC.set(i32.add(i32.add(c, i32.mul(top, cRow)), i32.shl(left, i32.const(2)))),
      ...sums.flatMap((chain) => [...chain.map((sum, v) => v128.store(atC, sum, 16 * v)), atC.set(i32.add(atC, cRow))]),
    ];
    return [
      countUp(i, zero, m, i32.const(height), [
        top.set(least(i, i32.sub(m, i32.const(height)))),
        countUp(j, zero, n, i32.const(width), [left.set(least(j, i32.sub(n, i32.const(width)))), ...tile]),
      ]),
    ];
  });
}
