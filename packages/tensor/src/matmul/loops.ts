// The loops of blocking around the micro-kernel, after Goto and van de Geijn.

import type { Expression, Local, Statement } from "../wasm/code.js";
import { countUp, when } from "../wasm/control.js";
import type { MultiplyAdd } from "../wasm/features.js";
import { i32 } from "../wasm/instructions.js";
import type { ModuleBuilder, Scope, WasmFunction } from "../wasm/module.js";
import { MOST_STEPS, STEP_UNIT } from "./depth.js";
import { defineMerge, type Merge } from "./merge.js";
import { definePacker, type Packer, SLACK } from "./packing.js";
import { columnsOf, defineTile, type TileFunction, type TileOperands, type TileShape } from "./tile.js";

/** Rows of A that are packed together, a multiple of every tile's rows: with 264 steps a tenth of a 1 MiB second cache. */
export const BLOCK_ROWS = 96;

/** So few rows read B where it lies, so few columns A: packing would cost more than it saves. */
const ROWS_IN_PLACE = 20;
const COLUMNS_IN_PLACE = 48;

/** a, its row and column stride, b, its row and column stride, c, its row stride, m, n, k, workspace; strides in bytes. */
export const PRODUCT = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
export type ProductFunction = WasmFunction<typeof PRODUCT, "none">;

export const roundUp = (x: number, unit: number): number => Math.ceil(x / unit) * unit;

/** Where things stand in the workspace: a tile for ragged edges, the packed block of A, then that of B. */
export function layout(shape: TileShape): { packedA: number; packedB: number } {
  const packedA = roundUp(4 * shape.rows * columnsOf(shape), 64);
  return { packedA, packedB: roundUp(packedA + 4 * BLOCK_ROWS * MOST_STEPS + SLACK, 64) };
}

const zero = i32.const(0);

/** The smaller of two signed integers. */
export const least = (x: Expression<"i32">, y: Expression<"i32">): Expression<"i32"> => i32.select(x, y, i32.ltS(x, y));

/** `depthBlock`, in WebAssembly. */
export function depthBlockOf(k: Expression<"i32">): Expression<"i32"> {
  const over = (x: Expression<"i32">, y: Expression<"i32">): Expression<"i32"> =>
    i32.divU(i32.add(x, i32.sub(y, i32.const(1))), y);
  const even = over(k, over(k, i32.const(MOST_STEPS)));
  return i32.and(i32.add(even, i32.const(STEP_UNIT - 1)), i32.const(-STEP_UNIT));
}

/** The functions that all products of a module share: tiles of each number of rows, packers, and what merges ragged ones. */
export interface ProductParts {
  readonly shape: TileShape;
  readonly bothPacked: readonly TileFunction[];
  readonly aInPlace: readonly TileFunction[];
  readonly bInPlace: readonly TileFunction[];
  readonly packA: Packer;
  readonly packB: Packer;
  readonly merge: Merge;
}

/** Defines the functions that products share, for one tile and one rounding. */
export function defineParts(
  builder: ModuleBuilder,
  prefix: string,
  shape: TileShape,
  multiplyAdd: MultiplyAdd,
): ProductParts {
  const tiles = (name: string, operands: TileOperands): readonly TileFunction[] =>
    Array.from({ length: shape.rows }, (_, r) =>
      defineTile(builder, `${prefix}${name}${r + 1}`, { ...shape, rows: r + 1 }, multiplyAdd, operands),
    );
  return {
    shape,
    bothPacked: tiles("tile", { a: shape.rows, b: "packed" }),
    aInPlace: tiles("tileAInPlace", { a: "in place", b: "packed" }),
    bInPlace: tiles("tileBInPlace", { a: shape.rows, b: "in place" }),
    packA: definePacker(builder, `${prefix}packA`, shape.rows),
    packB: definePacker(builder, `${prefix}packB`, columnsOf(shape)),
    merge: defineMerge(builder, `${prefix}merge`, columnsOf(shape)),
  };
}

/** What is done with a product on the way. */
export interface LoopOptions {
  /** Rows `[from, to)` of the product are there, in all columns that were asked for: while they are in the cache. */
  readonly rowsDone?: (from: Expression<"i32">, to: Expression<"i32">) => readonly Statement[];
  /** Every block of rows takes the place of the one before: C has room for BLOCK_ROWS. Needs k of at most MOST_STEPS. */
  readonly passing?: boolean;
}

/**
 * Writes the product by five loops: over blocks of the depth, of rows, over panels of B, over tiles in a panel, and, in
 * the micro-kernel, over steps. One block of B is packed for all columns at once. Needs k > 0.
 */
export function writeLoops(
  scope: Scope,
  { shape, bothPacked, aInPlace, bInPlace, packA, packB, merge }: ProductParts,
  [a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace]: readonly Local<"i32">[],
  { rowsDone = () => [], passing = false }: LoopOptions = {},
): readonly Statement[] {
  const width = columnsOf(shape);
  const names = Array.from({ length: 13 }, () => scope.local("i32"));
  const [blockSteps, from, steps, row, rows, column, fewRows, fewColumns, packedFrom, isNew, cAt, ...panels] = names;
  const [panelA, panelB] = panels;
  const offset = layout(shape);
  const packedA = i32.add(workspace, i32.const(offset.packedA));
  const packedB = i32.add(workspace, i32.const(offset.packedB));
  const columnBytes = i32.shl(column, i32.const(2));
  const atA = i32.add(i32.add(a, i32.mul(row, aRow)), i32.mul(from, aColumn));
  const atB = i32.add(b, i32.mul(from, bRow));
  const tileRows = i32.const(shape.rows);
  const panelBytes = i32.mul(steps, i32.const(4 * shape.rows));
  const goThrough = (set: readonly TileFunction[], lineBytes: Expression<"i32">, left: Expression<"i32">) =>
    tilesOfPanel(
      { scope, shape, set, merge, aRow, aColumn, bRow, cRow, rows, steps, isNew, workspace },
      {
        a: panelA,
        aBytes: lineBytes,
        b: panelB,
        c: cAt,
        left,
      },
    );
  const placeC = cAt.set(i32.add(passing ? c : i32.add(c, i32.mul(row, cRow)), columnBytes));
  return [
    fewRows.set(i32.and(i32.leS(m, i32.const(ROWS_IN_PLACE)), i32.eq(bColumn, i32.const(4)))),
    fewColumns.set(i32.and(i32.leS(n, i32.const(COLUMNS_IN_PLACE)), i32.eqz(fewRows))),
    // Columns from `packedFrom` on are packed: all of them, or only the ragged rest.
    packedFrom.set(i32.select(i32.mul(i32.divU(n, i32.const(width)), i32.const(width)), zero, fewRows)),
    blockSteps.set(depthBlockOf(k)),
    countUp(from, zero, k, blockSteps, [
      steps.set(least(blockSteps, i32.sub(k, from))),
      isNew.set(i32.eqz(from)),
      packB.call(i32.add(atB, i32.mul(packedFrom, bColumn)), bColumn, bRow, i32.sub(n, packedFrom), steps, packedB),
      countUp(row, zero, m, i32.const(BLOCK_ROWS), [
        rows.set(least(i32.const(BLOCK_ROWS), i32.sub(m, row))),
        when(i32.eqz(fewColumns), [packA.call(atA, aRow, aColumn, rows, steps, packedA)]),
        countUp(column, zero, packedFrom, i32.const(width), [
          panelA.set(packedA),
          panelB.set(i32.add(atB, columnBytes)),
          placeC,
          ...goThrough(bInPlace, panelBytes, i32.const(width)),
        ]),
        countUp(column, packedFrom, n, i32.const(width), [
          panelB.set(i32.add(packedB, i32.shl(i32.mul(i32.sub(column, packedFrom), steps), i32.const(2)))),
          placeC,
          when(
            fewColumns,
            [panelA.set(atA), ...goThrough(aInPlace, i32.mul(aRow, tileRows), i32.sub(n, column))],
            [panelA.set(packedA), ...goThrough(bothPacked, panelBytes, i32.sub(n, column))],
          ),
        ]),
        when(i32.geS(i32.add(from, steps), k), rowsDone(row, i32.add(row, rows))),
      ]),
    ]),
  ];
}

/** What all panels of a block share. */
interface Block {
  readonly scope: Scope;
  readonly shape: TileShape;
  /** Index r holds the tile of r + 1 rows. */
  readonly set: readonly TileFunction[];
  readonly merge: Merge;
  readonly aRow: Local<"i32">;
  readonly aColumn: Local<"i32">;
  readonly bRow: Local<"i32">;
  readonly cRow: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly steps: Local<"i32">;
  readonly isNew: Local<"i32">;
  readonly workspace: Local<"i32">;
}

/** Where a panel of B meets the block: A moves by `aBytes` from tile to tile; `left` columns are there. */
interface Panel {
  readonly a: Local<"i32">;
  readonly aBytes: Expression<"i32">;
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
  readonly left: Expression<"i32">;
}

/** All tiles of one panel, from the first row of the block to its last; a ragged one goes by way of the workspace. */
function tilesOfPanel(block: Block, { a, aBytes, b, c, left }: Panel): Statement[] {
  const { scope, shape, set, merge, aRow, aColumn, bRow, cRow, rows, steps, isNew, workspace } = block;
  const width = columnsOf(shape);
  const [line, present] = [scope.local("i32"), scope.local("i32")];
  const put = (to: Expression<"i32">, toRow: Expression<"i32">, fresh: Expression<"i32">): Statement =>
    set.reduce<Statement>(
      (otherwise, tile, r) =>
        when(
          i32.eq(present, i32.const(r + 1)),
          [tile.call(a, aRow, aColumn, b, bRow, to, toRow, steps, fresh)],
          [otherwise],
        ),
      when(zero, []),
    );
  return [
    countUp(line, zero, rows, i32.const(shape.rows), [
      present.set(least(i32.const(shape.rows), i32.sub(rows, line))),
      when(
        i32.geS(left, i32.const(width)),
        [put(c, cRow, isNew)],
        [put(workspace, i32.const(4 * width), i32.const(1)), merge.call(workspace, c, cRow, present, left, isNew)],
      ),
      a.set(i32.add(a, aBytes)),
      c.set(i32.add(c, i32.mul(cRow, i32.const(shape.rows)))),
    ]),
  ];
}
