// The micro-kernel: a small rectangle of the product, held in registers while a panel of A and one of B run past it.

import { type Expression, type Local, type Statement } from "../wasm/code.js";
import { block, branchIf, repeat, when } from "../wasm/control.js";
import type { MultiplyAdd } from "../wasm/features.js";
import { f32x4, i32, v128 } from "../wasm/instructions.js";
import type { ModuleBuilder, WasmFunction } from "../wasm/module.js";
import { STEP_UNIT } from "./depth.js";

/** The form of a micro-kernel. It decides the speed and never a bit of the result. */
export interface TileShape {
  /** Rows of the product that are held in registers. */
  readonly rows: number;
  /** Columns, in vectors of four. */
  readonly vectors: number;
  /**
   * Whether a branch that is never taken ends every step. Engines that gather the loads of a straight run of code at its
   * start would otherwise load eight steps ahead and spill the accumulators.
   */
  readonly breaks: boolean;
}

/** Nine accumulators, three vectors of B and the three numbers of A: all the registers that V8 gives away on x64. */
export const TILE_WITH_BREAKS: TileShape = { rows: 3, vectors: 3, breaks: true };
/** For engines that keep program order: twelve accumulators, two vectors of B, one number of A at a time. */
export const TILE_IN_ORDER: TileShape = { rows: 6, vectors: 2, breaks: false };
/** For engines that pair neighbouring vectors into registers of 256 bits. */
export const TILE_IN_PAIRS: TileShape = { rows: 6, vectors: 4, breaks: false };
/** A product that is rounded before it is added needs a register of its own: eight accumulators. */
export const TILE_SEPARATE: TileShape = { rows: 4, vectors: 2, breaks: true };
/** The same for engines that pair neighbouring vectors. */
export const TILE_SEPARATE_IN_PAIRS: TileShape = { rows: 4, vectors: 4, breaks: false };

/** Columns of a tile. */
export const columnsOf = (shape: TileShape): number => 4 * shape.vectors;

/**
 * A, bytes from one row of A to the next and from one step, B, bytes from one step of B to the next, C, bytes from one
 * row of C to the next, steps, whether C is new. Strides of what is packed are not read.
 */
export type TileFunction = WasmFunction<["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], "none">;

/** Where a tile reads its operands: from panels that were packed for it, or from where they lie. */
export interface TileOperands {
  /** The rows of a packed panel of A, of which a tile at the ragged end reads fewer; or A as it lies. */
  readonly a: number | "in place";
  /** B as it lies needs columns that follow each other. */
  readonly b: "packed" | "in place";
}

/**
 * Defines `C = A B`, or `C += A B` unless C is new, for one tile of C and any number of steps.
 *
 * Each accumulator is one chain `sum = sum + a b` from 0 over the steps in order: so every shape gives the same bits.
 */
export function defineTile(
  builder: ModuleBuilder,
  name: string,
  shape: TileShape,
  multiplyAdd: MultiplyAdd,
  operands: TileOperands,
): TileFunction {
  const { rows, vectors, breaks } = shape;
  const addProduct = (x: Expression<"v128">, y: Expression<"v128">, sum: Expression<"v128">): Expression<"v128"> =>
    multiplyAdd === "fused" ? f32x4.relaxedMultiplyAdd(x, y, sum) : f32x4.add(sum, f32x4.mul(x, y));

  return builder.define(
    name,
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    "none",
    (scope, a, rowOfA, stepOfA, b, stepOfB, c, rowBytes, steps, isNew) => {
      const sums = grid(rows, vectors, () => scope.local("v128"));
      const row = grid(1, vectors, () => scope.local("v128"))[0];
      const splat = scope.local("v128");
      const rounds = scope.local("i32");
      // A panel has one pointer, rows that lie apart have one each.
      const pointers =
        operands.a === "in place" ? [a, ...Array.from({ length: rows - 1 }, () => scope.local("i32"))] : [a];
      const numberOfA = (r: number): Expression<"v128"> =>
        pointers.length > 1 ? v128.load32Splat(pointers[r]) : v128.load32Splat(a, 4 * r);
      const advanceA = typeof operands.a === "number" ? i32.const(4 * operands.a) : stepOfA;

      // The same in every step, so made once.
      const multiply = sums.flatMap((chain, r) => [
        splat.set(numberOfA(r)),
        ...chain.map((sum, v) => sum.set(addProduct(splat, row[v], sum))),
      ]);
      const nextOfA = pointers.map((pointer) => pointer.set(i32.add(pointer, advanceA)));
      /** One step: a column of A by a row of B, which stands `offset` bytes after `b`. */
      const step = (offset: number): Statement[] => [
        ...row.map((vector, v) => vector.set(v128.load(b, offset + 16 * v))),
        ...multiply,
        ...nextOfA,
      ];
      const bytesOfB = 16 * vectors;
      // Eight steps a round where the pointers of panels allow it; what lies in place moves its pointers at each step.
      const unroll = operands.a !== "in place" && operands.b === "packed" ? STEP_UNIT : STEP_UNIT / 2;
      // B's pointer moves once for all steps of a round where it can.
      const together = operands.b === "packed";
      const advanceB = (count: number): Statement =>
        b.set(i32.add(b, together ? i32.const(count * bytesOfB) : stepOfB));
      const round = (leave: (u: number) => Statement[]): Statement[] =>
        Array.from({ length: unroll }, (_, u) => [
          ...step(together ? u * bytesOfB : 0),
          ...(together ? [] : [advanceB(1)]),
          ...leave(u),
        ]).flat();
      return [
        ...pointers.slice(1).map((pointer, r) => pointer.set(i32.add(pointers[r], rowOfA))),
        block((done) => {
          // The number of steps is never negative, but the engine cannot know.
          const never = (u: number): Statement[] => (breaks ? [branchIf(done, i32.eq(steps, i32.const(-1 - u)))] : []);
          return [
            repeat(rounds, i32.shrU(steps, i32.const(Math.log2(unroll))), [
              ...round(never),
              ...(together ? [advanceB(unroll)] : []),
            ]),
            repeat(rounds, i32.and(steps, i32.const(unroll - 1)), [...step(0), advanceB(1)]),
          ];
        }),
        when(
          isNew,
          write(sums, c, rowBytes, (sum) => sum),
          write(sums, c, rowBytes, (sum, at, offset) => f32x4.add(v128.load(at, offset), sum)),
        ),
      ];
    },
  );
}

/** Stores the accumulators row by row. */
function write(
  sums: readonly (readonly Local<"v128">[])[],
  c: Local<"i32">,
  rowBytes: Local<"i32">,
  value: (sum: Local<"v128">, at: Local<"i32">, offset: number) => Expression<"v128">,
): Statement[] {
  return sums.flatMap((chain, r) => [
    ...(r === 0 ? [] : [c.set(i32.add(c, rowBytes))]),
    ...chain.map((sum, v) => v128.store(c, value(sum, c, 16 * v), 16 * v)),
  ]);
}

const grid = <T>(rows: number, columns: number, make: () => T): T[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, make));
