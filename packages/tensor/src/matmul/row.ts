// The product of one row with a matrix whose rows are read front to back: bound by memory, so nothing is packed.

import type { Expression, Local, Statement } from "../wasm/code.js";
import { countUp, repeat } from "../wasm/control.js";
import type { MultiplyAdd } from "../wasm/features.js";
import { f32x4, i32, memory, v128 } from "../wasm/instructions.js";
import type { ModuleBuilder, WasmFunction } from "../wasm/module.js";
import { STEP_UNIT } from "./depth.js";

/** a, bytes from step to step, b, bytes from row to row, y, its bytes (a multiple of 16), steps. */
export type RowFunction = WasmFunction<["i32", "i32", "i32", "i32", "i32", "i32", "i32"], "none">;

/**
 * Defines `y = a B` for one block of the depth. Eight rows of B at a time are added to y, which stays in the first
 * cache: each element of y is the chain from 0 over the steps in order, as in a tile.
 */
export function defineRow(builder: ModuleBuilder, name: string, multiplyAdd: MultiplyAdd): RowFunction {
  const addProduct = (x: Expression<"v128">, y: Expression<"v128">, sum: Expression<"v128">): Expression<"v128"> =>
    multiplyAdd === "fused" ? f32x4.relaxedMultiplyAdd(x, y, sum) : f32x4.add(sum, f32x4.mul(x, y));

  return builder.define(
    name,
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    "none",
    (scope, a, stepOfA, b, rowOfB, y, bytes, steps) => {
      const [rounds, at] = [scope.local("i32"), scope.local("i32")];
      const sum = scope.local("v128");
      const splats = Array.from({ length: STEP_UNIT }, () => scope.local("v128"));
      const rows = Array.from({ length: STEP_UNIT }, () => scope.local("i32"));

      /** Adds `count` rows of B to y. */
      const addRows = (count: number): Statement[] => [
        ...splats
          .slice(0, count)
          .flatMap((splat, u) => [
            splat.set(v128.load32Splat(a)),
            a.set(i32.add(a, stepOfA)),
            rows[u].set(b),
            b.set(i32.add(b, rowOfB)),
          ]),
        countUp(at, y, i32.add(y, bytes), i32.const(16), [
          sum.set(v128.load(at)),
          ...splats
            .slice(0, count)
            .flatMap((splat, u): Statement[] => [
              sum.set(addProduct(splat, v128.load(rows[u]), sum)),
              advance(rows[u]),
            ]),
          v128.store(at, sum),
        ]),
      ];
      const advance = (pointer: Local<"i32">): Statement => pointer.set(i32.add(pointer, i32.const(16)));
      return [
        memory.fill(y, i32.const(0), bytes),
        repeat(rounds, i32.shrU(steps, i32.const(Math.log2(STEP_UNIT))), addRows(STEP_UNIT)),
        repeat(rounds, i32.and(steps, i32.const(STEP_UNIT - 1)), addRows(1)),
      ];
    },
  );
}
