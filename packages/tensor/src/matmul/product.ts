// The product of two matrices in WebAssembly memory, for any sizes and strides: the way that suits its shape.

import { ArgumentError } from "../core/errors.js";
import type { Expression, Statement } from "../wasm/code.js";
import { countUp, when } from "../wasm/control.js";
import type { MultiplyAdd } from "../wasm/features.js";
import { f32, i32, memory } from "../wasm/instructions.js";
import type { ModuleBuilder } from "../wasm/module.js";
import { MOST_STEPS, STEP_UNIT } from "./depth.js";
import {
  BLOCK_ROWS,
  defineParts,
  depthBlockOf,
  layout,
  least,
  PRODUCT,
  type ProductFunction,
  type ProductParts,
  roundUp,
  writeLoops,
} from "./loops.js";
import type { Merge } from "./merge.js";
import { SLACK } from "./packing.js";
import { defineRow } from "./row.js";
import { columnsOf, type TileShape } from "./tile.js";

/** Whether a product of so few columns is computed as the transpose of B^T A^T, whose few rows fill the tile better. */
const isNarrow = (shape: TileShape, n: number): boolean => n <= columnsOf(shape) / 2;

/** Bytes of workspace of a product `[m, k]` by `[k, n]`. */
export function workspaceBytes(shape: TileShape, m: number, n: number, k: number): number {
  const columns = isNarrow(shape, n) ? m : n;
  const packedB = 4 * Math.min(roundUp(k, STEP_UNIT), MOST_STEPS) * roundUp(columns, columnsOf(shape)) + SLACK;
  return layout(shape).packedB + packedB + (isNarrow(shape, n) ? 4 * m * n + SLACK : 0);
}

/**
 * Defines `C = A B` for any sizes and strides; the columns of a row of C follow each other. Reads up to SLACK bytes beyond
 * the operands and the workspace, and writes nothing beyond C and the workspace.
 */
export function defineProduct(
  builder: ModuleBuilder,
  shape: TileShape,
  multiplyAdd: MultiplyAdd,
  prefix = "",
): ProductFunction {
  if (BLOCK_ROWS % shape.rows !== 0) {
    throw new ArgumentError(`the rows of a tile divide ${BLOCK_ROWS}, got ${shape.rows}`, { op: "defineProduct" });
  }
  return productOf(builder, defineParts(builder, prefix, shape, multiplyAdd), multiplyAdd, prefix);
}

/** The same from parts that are defined already. */
export function productOf(
  builder: ModuleBuilder,
  parts: ProductParts,
  multiplyAdd: MultiplyAdd,
  prefix = "",
): ProductFunction {
  const { shape, merge } = parts;
  const loops = builder.define(`${prefix}loops`, PRODUCT, "none", (scope, ...operands) =>
    writeLoops(scope, parts, operands),
  );
  const wide = defineWide(builder, prefix, shape, multiplyAdd, { loops, merge });
  return defineAny(builder, `${prefix}product`, shape, wide);
}

/** Whether a product of these sizes goes by `writeLoops`, or by a path of its own: one row, few columns, no depth. */
export const goesByLoops = (shape: TileShape, m: number, n: number, k: number): boolean =>
  k > 0 && m > 1 && !isNarrow(shape, n);

const zero = i32.const(0);

/** One row goes by itself, its last columns, which no vector holds, and all other products by the loops. */
function defineWide(
  builder: ModuleBuilder,
  prefix: string,
  shape: TileShape,
  multiplyAdd: MultiplyAdd,
  { loops, merge }: { readonly loops: ProductFunction; readonly merge: Merge },
): ProductFunction {
  const addRow = defineRow(builder, `${prefix}row`, multiplyAdd);
  return builder.define(
    `${prefix}wide`,
    PRODUCT,
    "none",
    (scope, a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace) => {
      const [blockSteps, from, steps, whole] = Array.from({ length: 4 }, () => scope.local("i32"));
      const y = i32.add(workspace, i32.const(layout(shape).packedB));
      const wholeBytes = i32.shl(whole, i32.const(2));
      const isRow = i32.and(i32.eq(m, i32.const(1)), i32.eq(bColumn, i32.const(4)));
      return [
        when(isRow, [
          whole.set(i32.and(n, i32.const(-4))),
          blockSteps.set(depthBlockOf(k)),
          countUp(from, zero, k, blockSteps, [
            steps.set(least(blockSteps, i32.sub(k, from))),
            addRow.call(
              i32.add(a, i32.mul(from, aColumn)),
              aColumn,
              i32.add(b, i32.mul(from, bRow)),
              bRow,
              y,
              wholeBytes,
              steps,
            ),
            merge.call(y, c, zero, i32.const(1), whole, i32.eqz(from)),
          ]),
          n.set(i32.sub(n, whole)),
          b.set(i32.add(b, wholeBytes)),
          c.set(i32.add(c, wholeBytes)),
        ]),
        when(n, [loops.call(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace)]),
      ];
    },
  );
}

/** The product as it is asked for, or, where few columns would leave most of the tile idle, (B^T A^T)^T. */
function defineAny(builder: ModuleBuilder, name: string, shape: TileShape, wide: ProductFunction): ProductFunction {
  const width = columnsOf(shape);
  return builder.define(
    name,
    PRODUCT,
    "none",
    (scope, a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace) => {
      const [i, j, from, flipped] = Array.from({ length: 4 }, () => scope.local("i32"));
      const up = (x: Expression<"i32">, unit: number): Expression<"i32"> =>
        i32.mul(i32.divU(i32.add(x, i32.const(unit - 1)), i32.const(unit)), i32.const(unit));
      const packedBytes = i32.shl(i32.mul(up(m, width), least(up(k, STEP_UNIT), i32.const(MOST_STEPS))), i32.const(2));
      const empty: Statement[] = [
        countUp(i, zero, i32.select(m, zero, n), i32.const(1), [
          memory.fill(c, zero, i32.shl(n, i32.const(2))),
          c.set(i32.add(c, cRow)),
        ]),
      ];
      const narrow: Statement[] = [
        flipped.set(i32.add(i32.add(workspace, i32.const(layout(shape).packedB + SLACK)), packedBytes)),
        wide.call(b, bColumn, bRow, a, aColumn, aRow, flipped, i32.shl(m, i32.const(2)), n, m, k, workspace),
        countUp(i, zero, m, i32.const(1), [
          from.set(flipped),
          countUp(j, zero, i32.shl(n, i32.const(2)), i32.const(4), [
            f32.store(i32.add(c, j), f32.load(from)),
            from.set(i32.add(from, i32.shl(m, i32.const(2)))),
          ]),
          flipped.set(i32.add(flipped, i32.const(4))),
          c.set(i32.add(c, cRow)),
        ]),
      ];
      return [
        when(i32.eqz(k), empty, [
          when(i32.leS(n, i32.const(width / 2)), narrow, [
            wide.call(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace),
          ]),
        ]),
      ];
    },
  );
}
