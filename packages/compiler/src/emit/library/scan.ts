// cumsum: running sums along an axis, four columns at a time.

import type { OpAttributes } from "@elbo/autograd";
import { countUp, type Expression, f32, f32x4, i32, type Scope, type Statement, v128 } from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { type Around, aroundAxis, BYTES, bytesOf, defineKernel } from "./kernel.js";
import type { LibraryCall, LibraryKernel } from "./library.js";

/** Threads share the blocks around the axis; where there is only one, its columns by cache lines. */
export const cumsum: LibraryKernel = (library, call) =>
  defineKernel(library, call, (scope, thread, threads) => {
    const around = aroundAxis(call.output.shape, (call.attributes as OpAttributes["cumsum"]).axis);
    const { outer, inner } = around;
    const [block, column, whole] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const { from, to, statements } =
      outer > 1 ? shareOf(scope, outer, 1, thread, threads) : shareOf(scope, inner, 16, thread, threads);
    const [blocks, columns] =
      outer > 1
        ? [[from, to] as const, [i32.const(0), i32.const(inner)] as const]
        : [[i32.const(0), i32.const(1)] as const, [from, to] as const];
    return [
      ...statements,
      whole.set(i32.and(columns[1], i32.const(-4))),
      countUp(block, blocks[0], blocks[1], i32.const(1), [
        countUp(column, columns[0], whole, i32.const(4), sumDown(scope, call, around, block, column, "v128")),
        countUp(column, whole, columns[1], i32.const(1), sumDown(scope, call, around, block, column, "f32")),
      ]),
    ];
  });

/** The running sum of a column, or of four. It begins from -0, to which any number can be added and stays as it is. */
function sumDown(
  scope: Scope,
  { inputs: [x], output, attributes }: LibraryCall,
  { length, inner }: Around,
  block: Expression<"i32">,
  column: Expression<"i32">,
  width: "f32" | "v128",
): Statement[] {
  const { reverse } = attributes as OpAttributes["cumsum"];
  const [row, at] = [scope.local("i32"), scope.local("i32")];
  const [one, four] = [scope.local("f32"), scope.local("v128")];
  const step = BYTES * inner;
  const first = i32.add(i32.mul(block, i32.const(length * step)), bytesOf(column));
  const [start, add, store] =
    width === "f32"
      ? [one.set(f32.const(-0)), one.set(f32.add(one, f32.load(at, x.address))), f32.store(at, one, output.address)]
      : [
          four.set(v128.ofFloat(-0)),
          four.set(f32x4.add(four, v128.load(at, x.address))),
          v128.store(at, four, output.address),
        ];
  return [
    start,
    at.set(reverse ? i32.add(first, i32.const((length - 1) * step)) : first),
    countUp(row, i32.const(0), i32.const(length), i32.const(1), [
      add,
      store,
      at.set(i32.add(at, i32.const(reverse ? -step : step))),
    ]),
  ];
}
