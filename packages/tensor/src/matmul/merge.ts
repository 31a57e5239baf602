// Ragged edges: the part of a tile that belongs to the product goes where it belongs.

import { countUp, when } from "../wasm/control.js";
import { f32, f32x4, i32, v128 } from "../wasm/instructions.js";
import type { ModuleBuilder, WasmFunction } from "../wasm/module.js";

/** From a tile, to C, bytes between rows of C, rows, columns, whether C is new. */
export type Merge = WasmFunction<["i32", "i32", "i32", "i32", "i32", "i32"], "none">;

/** The part of a ragged tile that is there goes to C, or is added to it. */
export function defineMerge(builder: ModuleBuilder, name: string, width: number): Merge {
  return builder.define(
    name,
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    "none",
    (scope, tile, c, rowBytes, rows, columns, isNew) => {
      const [i, j] = [scope.local("i32"), scope.local("i32")];
      const bytes = i32.shl(columns, i32.const(2));
      const [from, to] = [i32.add(tile, j), i32.add(c, j)];
      return [
        countUp(i, i32.const(0), rows, i32.const(1), [
          countUp(j, i32.const(0), i32.and(bytes, i32.const(-16)), i32.const(16), [
            when(isNew, [v128.store(to, v128.load(from))], [v128.store(to, f32x4.add(v128.load(to), v128.load(from)))]),
          ]),
          countUp(j, i32.and(bytes, i32.const(-16)), bytes, i32.const(4), [
            when(isNew, [f32.store(to, f32.load(from))], [f32.store(to, f32.add(f32.load(to), f32.load(from)))]),
          ]),
          tile.set(i32.add(tile, i32.const(4 * width))),
          c.set(i32.add(c, rowBytes)),
        ]),
      ];
    },
  );
}
