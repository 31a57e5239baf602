// The product of two matrices in WebAssembly memory: the loops of blocking around the micro-kernel.

import type { Expression, Local, Statement } from "../wasm/code.js";
import { countUp, when } from "../wasm/control.js";
import type { MultiplyAdd } from "../wasm/features.js";
import { f32, f32x4, i32, memory, v128 } from "../wasm/instructions.js";
import type { ModuleBuilder, Scope, WasmFunction } from "../wasm/module.js";
import { MOST_STEPS, STEP_UNIT } from "./depth.js";
import { definePacker, type Packer, SLACK } from "./packing.js";
import { columnsOf, defineTile, type TileFunction, type TileShape } from "./tile.js";

/** Rows of A that are packed together, a multiple of every tile's rows: with 264 steps a tenth of a 1 MiB second cache. */
const BLOCK_ROWS = 96;

/** At most so many rows read B where it lies: packing it would cost more than it saves. */
const ROWS_IN_PLACE = 24;

/** a, its row and column stride, b, its row and column stride, c, its row stride, m, n, k, workspace; strides in bytes. */
export type ProductFunction = WasmFunction<
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  "none"
>;

const roundUp = (x: number, unit: number): number => Math.ceil(x / unit) * unit;

/** Where things stand in the workspace: a tile for ragged edges, the packed block of A, then that of B. */
function layout(shape: TileShape): { packedA: number; packedB: number } {
  const packedA = roundUp(4 * shape.rows * columnsOf(shape), 64);
  return { packedA, packedB: roundUp(packedA + 4 * BLOCK_ROWS * MOST_STEPS + SLACK, 64) };
}

/** Whether a product of so few columns is computed as the transpose of B^T A^T, whose few rows fill the tile better. */
const isNarrow = (shape: TileShape, n: number): boolean => n <= columnsOf(shape) / 2;

/** Bytes of workspace of a product `[m, k]` by `[k, n]`. */
export function workspaceBytes(shape: TileShape, m: number, n: number, k: number): number {
  const columns = isNarrow(shape, n) ? m : n;
  const packedB = 4 * Math.min(roundUp(k, STEP_UNIT), MOST_STEPS) * roundUp(columns, columnsOf(shape)) + SLACK;
  return layout(shape).packedB + packedB + (isNarrow(shape, n) ? 4 * m * n + SLACK : 0);
}

/**
 * Defines `C = A B` for any sizes and strides; the columns of a row of C follow each other. Reads and writes up to SLACK
 * bytes beyond the operands and the workspace, but nothing there changes.
 */
export function defineProduct(
  builder: ModuleBuilder,
  shape: TileShape,
  multiplyAdd: MultiplyAdd,
  prefix = "",
): ProductFunction {
  const tiles = (inPlace: boolean): TileFunction[] =>
    Array.from({ length: shape.rows }, (_, r) =>
      defineTile(
        builder,
        `${prefix}tile${inPlace ? "InPlace" : ""}${r + 1}`,
        { ...shape, rows: r + 1 },
        { multiplyAdd, panelRows: shape.rows, inPlace },
      ),
    );
  const parts: Parts = {
    shape,
    packed: tiles(false),
    inPlace: tiles(true),
    packA: definePacker(builder, `${prefix}packA`, shape.rows),
    packB: definePacker(builder, `${prefix}packB`, columnsOf(shape)),
    merge: defineMerge(builder, `${prefix}merge`, columnsOf(shape)),
  };
  const wide = defineWide(builder, `${prefix}wideProduct`, parts);
  return defineEither(builder, `${prefix}product`, shape, wide);
}

interface Parts {
  readonly shape: TileShape;
  /** Index r holds the tile of r + 1 rows. */
  readonly packed: readonly TileFunction[];
  readonly inPlace: readonly TileFunction[];
  readonly packA: Packer;
  readonly packB: Packer;
  readonly merge: Merge;
}

const OPERANDS = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
const zero = i32.const(0);
const least = (x: Expression<"i32">, y: Expression<"i32">): Expression<"i32"> => i32.select(x, y, i32.ltS(x, y));
const times = (x: Expression<"i32">, y: number): Expression<"i32"> => i32.mul(x, i32.const(y));

/** The five loops of Goto and van de Geijn (2008), the middle one over all columns at once. */
function defineWide(builder: ModuleBuilder, name: string, parts: Parts): ProductFunction {
  const { shape, packA, packB } = parts;
  const width = columnsOf(shape);
  return builder.define(
    name,
    OPERANDS,
    "none",
    (scope, a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace) => {
      const names = Array.from({ length: 11 }, () => scope.local("i32"));
      const [blockSteps, from, steps, row, rows, column, isInPlace, packedFrom, packedA, packedB, isNew] = names;
      const panel = scope.local("i32");
      const { packedA: atA, packedB: atB } = layout(shape);
      const inner: Inner = {
        scope,
        parts,
        packedA,
        panel,
        cAt: scope.local("i32"),
        cRow,
        rows,
        steps,
        isNew,
        workspace,
      };
      const columnBytes = i32.shl(column, i32.const(2));
      return [
        packedA.set(i32.add(workspace, i32.const(atA))),
        packedB.set(i32.add(workspace, i32.const(atB))),
        // Columns from `packedFrom` on are packed: all of them, or only the ragged rest.
        isInPlace.set(i32.and(i32.leS(m, i32.const(ROWS_IN_PLACE)), i32.eq(bColumn, i32.const(4)))),
        packedFrom.set(i32.select(times(i32.divU(n, i32.const(width)), width), zero, isInPlace)),
        blockSteps.set(depthBlockOf(k)),
        countUp(from, zero, k, blockSteps, [
          steps.set(least(blockSteps, i32.sub(k, from))),
          isNew.set(i32.eqz(from)),
          packB.call(
            i32.add(i32.add(b, i32.mul(from, bRow)), i32.mul(packedFrom, bColumn)),
            bColumn,
            bRow,
            i32.sub(n, packedFrom),
            steps,
            packedB,
          ),
          countUp(row, zero, m, i32.const(BLOCK_ROWS), [
            rows.set(least(i32.const(BLOCK_ROWS), i32.sub(m, row))),
            packA.call(
              i32.add(i32.add(a, i32.mul(row, aRow)), i32.mul(from, aColumn)),
              aRow,
              aColumn,
              rows,
              steps,
              packedA,
            ),
            countUp(column, zero, packedFrom, i32.const(width), [
              panel.set(i32.add(i32.add(b, i32.mul(from, bRow)), columnBytes)),
              inner.cAt.set(i32.add(i32.add(c, i32.mul(row, cRow)), columnBytes)),
              ...tilesOfPanel(inner, parts.inPlace, bRow, i32.const(width)),
            ]),
            countUp(column, packedFrom, n, i32.const(width), [
              panel.set(i32.add(packedB, i32.shl(i32.mul(i32.sub(column, packedFrom), steps), i32.const(2)))),
              inner.cAt.set(i32.add(i32.add(c, i32.mul(row, cRow)), columnBytes)),
              ...tilesOfPanel(inner, parts.packed, zero, i32.sub(n, column)),
            ]),
          ]),
        ]),
      ];
    },
  );
}

/** `depthBlock`, in WebAssembly. */
function depthBlockOf(k: Local<"i32">): Expression<"i32"> {
  const over = (x: Expression<"i32">, y: Expression<"i32">): Expression<"i32"> =>
    i32.divU(i32.add(x, i32.sub(y, i32.const(1))), y);
  const even = over(k, over(k, i32.const(MOST_STEPS)));
  return i32.and(i32.add(even, i32.const(STEP_UNIT - 1)), i32.const(-STEP_UNIT));
}

interface Inner {
  readonly scope: Scope;
  readonly parts: Parts;
  readonly packedA: Local<"i32">;
  readonly panel: Local<"i32">;
  readonly cAt: Local<"i32">;
  readonly cRow: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly steps: Local<"i32">;
  readonly isNew: Local<"i32">;
  readonly workspace: Local<"i32">;
}

/** All tiles of one panel of B under the packed block of A; `left` columns are there, at most the tile's are taken. */
function tilesOfPanel(
  { scope, parts, packedA, panel, cAt, cRow, rows, steps, isNew, workspace }: Inner,
  tiles: readonly TileFunction[],
  stepOfB: Expression<"i32">,
  left: Expression<"i32">,
): Statement[] {
  const height = parts.shape.rows;
  const width = columnsOf(parts.shape);
  const [line, panelA, present] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
  const put = (to: Expression<"i32">, toRow: Expression<"i32">, fresh: Expression<"i32">): Statement =>
    tiles.reduceRight<Statement>(
      (otherwise, tile, r) =>
        when(
          i32.eq(present, i32.const(r + 1)),
          [tile.call(panelA, panel, stepOfB, to, toRow, steps, fresh)],
          r + 1 === height ? [] : [otherwise],
        ),
      when(zero, []),
    );
  return [
    panelA.set(packedA),
    countUp(line, zero, rows, i32.const(height), [
      present.set(least(i32.const(height), i32.sub(rows, line))),
      when(
        i32.geS(left, i32.const(width)),
        [put(cAt, cRow, isNew)],
        [
          put(workspace, i32.const(4 * width), i32.const(1)),
          parts.merge.call(workspace, cAt, cRow, present, left, isNew),
        ],
      ),
      panelA.set(i32.add(panelA, times(steps, 4 * height))),
      cAt.set(i32.add(cAt, times(cRow, height))),
    ]),
  ];
}

/** From a tile, to C, bytes between rows of C, rows, columns, whether C is new. */
type Merge = WasmFunction<["i32", "i32", "i32", "i32", "i32", "i32"], "none">;

/** The part of a ragged tile that is there goes to C, or is added to it. */
function defineMerge(builder: ModuleBuilder, name: string, width: number): Merge {
  return builder.define(
    name,
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    "none",
    (scope, tile, c, rowBytes, rows, columns, isNew) => {
      const [i, j] = [scope.local("i32"), scope.local("i32")];
      const bytes = i32.shl(columns, i32.const(2));
      const [from, to] = [i32.add(tile, j), i32.add(c, j)];
      return [
        countUp(i, zero, rows, i32.const(1), [
          countUp(j, zero, i32.and(bytes, i32.const(-16)), i32.const(16), [
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

/** The product as it is asked for, or, where few columns would leave most of the tile idle, (B^T A^T)^T. */
function defineEither(builder: ModuleBuilder, name: string, shape: TileShape, wide: ProductFunction): ProductFunction {
  const width = columnsOf(shape);
  return builder.define(
    name,
    OPERANDS,
    "none",
    (scope, a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, workspace) => {
      const [i, j, from, flipped] = Array.from({ length: 4 }, () => scope.local("i32"));
      const packedBytes = i32.mul(
        i32.mul(i32.divU(i32.add(m, i32.const(width - 1)), i32.const(width)), i32.const(4 * width)),
        least(i32.and(i32.add(k, i32.const(STEP_UNIT - 1)), i32.const(-STEP_UNIT)), i32.const(MOST_STEPS)),
      );
      const empty = [
        countUp(i, zero, i32.select(m, zero, n), i32.const(1), [
          memory.fill(c, zero, i32.shl(n, i32.const(2))),
          c.set(i32.add(c, cRow)),
        ]),
      ];
      const narrow = [
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
