// A fused loop as a kernel of all threads: the share of each, and what folds need before and after the pass.

import {
  countUp,
  type Expression,
  i32,
  type ModuleBuilder,
  type Statement,
  v128,
  type WasmFunction,
  when,
} from "@elbo/tensor/kernels";
import { sizeOf } from "@elbo/tensor";
import { type LoopKernel, type ProductKernel, SMALL_LOOP } from "../fuse/kernels.js";
import { BLOCK, blocksOf, foldScratch, type FoldingName, LANES, loopShape, paddedColumns } from "../plan/loop-shape.js";
import type { Plan } from "../plan/plan.js";
import { type CombineFunction, defineCombine, foldingStep, halving, identityOf } from "./folding.js";
import type { KernelFunction, Library } from "./library/library.js";
import { definePass, type LoopPlaces, type PassFunction } from "./loop.js";
import { shareOf } from "./share.js";

const BYTES = 4;
const zero = i32.const(0);

/** A loop with its functions: the pass, and what stands around it where columns are folded. */
export interface LoopFunctions {
  readonly pass: PassFunction;
  /** Clears the lanes of the columns `[from, to)`. */
  begin(from: Expression<"i32">, to: Expression<"i32">): Statement[];
  /** Folds those lanes into block `block` of the results. */
  end(from: Expression<"i32">, to: Expression<"i32">, block: number): Statement[];
}

/** Where the folds of a loop put their results, and what they need on the way. */
function placesFor(plan: Plan, loop: LoopKernel, scratch: number, product?: ProductKernel) {
  const asProduct = product !== undefined;
  const { rowCount, columns } = loopShape(loop, asProduct);
  const each = loop.fold === null ? 0 : foldScratch(loop.fold, rowCount, columns);
  const own = (f: number): number => scratch + f * each;
  const result = (f: number): number => plan.places.get(loop.folds[f].node)!;
  const laneBytes = LANES * BYTES * paddedColumns(columns);
  return {
    graph: plan.graph,
    address: (id) => plan.places.get(id)!,
    foldResult: (f) => (loop.fold === "rows" && blocksOf(columns) > 1 ? own(f) : result(f)),
    foldLanes: own,
    /** Where the results of blocks of rows stand until they are combined. */
    foldParts: (f: number) => (blocksOf(rowCount) > 1 ? own(f) + laneBytes : result(f)),
    result,
    ...(product?.passing ? { passing: product.node } : {}),
  } satisfies LoopPlaces & Record<string, unknown>;
}

/** Defines the functions of a loop; `product` is the one whose epilogue it is. */
export function defineLoop(
  library: Library,
  name: string,
  loop: LoopKernel,
  plan: Plan,
  scratch: number,
  product?: ProductKernel,
): LoopFunctions {
  const { builder } = library;
  const places = placesFor(plan, loop, scratch, product);
  const { columns } = loopShape(loop, product !== undefined);
  const pass = definePass(builder, `${name}.pass`, loop, places, product !== undefined);
  const rowBytes = BYTES * paddedColumns(columns);
  const folds = loop.fold === "columns" ? loop.folds : [];
  return {
    pass,
    begin: (from, to) =>
      folds.map(({ folding }, f) =>
        clearLanes(library, folding).call(i32.const(places.foldLanes(f)), i32.const(rowBytes), from, to),
      ),
    end: (from, to, block) =>
      folds.map(({ folding }, f) =>
        foldLanes(library, folding).call(
          i32.const(places.foldLanes(f)),
          i32.const(rowBytes),
          from,
          to,
          i32.const(places.foldParts(f) + block * rowBytes),
        ),
      ),
  };
}

/** Defines the kernel of a loop that is no epilogue; `turn` says which thread takes it where it is small. */
export function defineLoopKernel(
  library: Library,
  name: string,
  loop: LoopKernel,
  plan: Plan,
  turn: number,
): KernelFunction {
  const scratch = plan.scratch.get(loop) ?? 0;
  const functions = defineLoop(library, name, loop, plan, scratch);
  const { rowCount, columns } = loopShape(loop);
  const places = placesFor(plan, loop, scratch);
  const small = sizeOf(loop.space) < SMALL_LOOP;
  return library.builder.define(name, ["i32", "i32"] as const, "none", (scope, thread, threads) => {
    const byRows = loop.fold === "rows" || (loop.fold === null && rowCount >= 8);
    const share = byRows
      ? shareOf(scope, rowCount, 1, thread, threads)
      : shareOf(scope, columns, LANES, thread, threads);
    const { from, to } = share;
    const body = (): Statement[] => {
      if (loop.fold === "columns") return columnFolds(library, loop, functions, places, rowCount, columns, from, to);
      if (!byRows) return [functions.pass.call(zero, i32.const(rowCount), from, to, zero)];
      return [
        functions.pass.call(from, to, zero, i32.const(columns), zero),
        ...(loop.fold === "rows" && blocksOf(columns) > 1 ? combineRows(library, loop, places, columns, from, to) : []),
      ];
    };
    // A small loop has one share, and each thread its turn.
    const single = [from.set(zero), to.set(i32.const(byRows ? rowCount : columns))];
    if (small) return [when(i32.eq(i32.remU(i32.const(turn), threads), thread), [...single, ...body()])];
    return [...share.statements, when(i32.ltS(from, to), body())];
  });
}

type Places = ReturnType<typeof placesFor>;

function combineRows(
  library: Library,
  loop: LoopKernel,
  places: Places,
  columns: number,
  from: Expression<"i32">,
  to: Expression<"i32">,
): Statement[] {
  const blocks = blocksOf(columns);
  return loop.folds.map(({ folding }, f) =>
    combineEach(library, folding, false).call(
      i32.const(places.foldResult(f)),
      i32.const(BYTES * blocks),
      i32.const(BYTES),
      i32.const(blocks),
      i32.const(places.result(f)),
      from,
      to,
    ),
  );
}

/** Columns `[from, to)`, a block of 1024 rows at a time. */
function columnFolds(
  library: Library,
  loop: LoopKernel,
  { pass, begin, end }: LoopFunctions,
  places: Places,
  rowCount: number,
  columns: number,
  from: Expression<"i32">,
  to: Expression<"i32">,
): Statement[] {
  const blocks = blocksOf(rowCount);
  const statements: Statement[] = [];
  for (let block = 0; block < blocks; block++) {
    const rows = [block * BLOCK, Math.min(rowCount, (block + 1) * BLOCK)].map((row) => i32.const(row));
    statements.push(...begin(from, to), pass.call(rows[0], rows[1], from, to, zero), ...end(from, to, block));
  }
  if (blocks === 1) return statements;
  const combine = loop.folds.map(({ folding }, f) =>
    combineEach(library, folding, true).call(
      i32.const(places.foldParts(f)),
      i32.const(4 * BYTES),
      i32.const(BYTES * paddedColumns(columns)),
      i32.const(blocks),
      i32.const(places.result(f)),
      i32.shrU(from, i32.const(2)),
      i32.shrU(i32.add(to, i32.const(3)), i32.const(2)),
    ),
  );
  return [...statements, ...combine];
}

/** Lanes, bytes from lane to lane, columns from and to. */
function clearLanes(
  { shared }: Library,
  folding: FoldingName,
): WasmFunction<readonly ["i32", "i32", "i32", "i32"], "none"> {
  return shared(`clearLanes.${folding}`, (builder: ModuleBuilder) =>
    builder.define(
      `clearLanes.${folding}`,
      ["i32", "i32", "i32", "i32"] as const,
      "none",
      (scope, lanes, rowBytes, from, to) => {
        const [lane, at] = [scope.local("i32"), scope.local("i32")];
        return [
          countUp(lane, zero, i32.const(LANES), i32.const(1), [
            countUp(at, i32.shl(from, i32.const(2)), i32.shl(to, i32.const(2)), i32.const(16), [
              v128.store(i32.add(lanes, at), v128.ofFloat(identityOf(folding))),
            ]),
            lanes.set(i32.add(lanes, rowBytes)),
          ]),
        ];
      },
    ),
  );
}

/** Lanes, bytes from lane to lane, columns from and to, results. Four columns at a time: up to 12 bytes beyond are written. */
function foldLanes(
  { shared }: Library,
  folding: FoldingName,
): WasmFunction<readonly ["i32", "i32", "i32", "i32", "i32"], "none"> {
  return shared(`foldLanes.${folding}`, (builder: ModuleBuilder) =>
    builder.define(
      `foldLanes.${folding}`,
      ["i32", "i32", "i32", "i32", "i32"] as const,
      "none",
      (scope, lanes, rowBytes, from, to, out) => {
        const [at, read] = [scope.local("i32"), scope.local("i32")];
        const values = Array.from({ length: LANES }, () => scope.local("v128"));
        return [
          countUp(at, i32.shl(from, i32.const(2)), i32.shl(to, i32.const(2)), i32.const(16), [
            read.set(i32.add(lanes, at)),
            ...values.flatMap((value) => [value.set(v128.load(read)), read.set(i32.add(read, rowBytes))]),
            ...halving(values, foldingStep(folding)),
            v128.store(i32.add(out, at), values[0]),
          ]),
        ];
      },
    ),
  );
}

/** Parts of result 0, bytes from result to result, bytes from part to part, parts, results, from and to (in results). */
function combineEach(
  { shared }: Library,
  folding: FoldingName,
  wide: boolean,
): WasmFunction<readonly ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], "none"> {
  const name = `combine${wide ? "Columns" : "Rows"}.${folding}`;
  const one: CombineFunction = shared(`${name}.one`, (builder) => defineCombine(builder, `${name}.one`, folding, wide));
  return shared(name, (builder: ModuleBuilder) =>
    builder.define(
      name,
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const,
      "none",
      (scope, parts, each, partBytes, count, results, from, to) => {
        const i = scope.local("i32");
        return [
          countUp(i, from, to, i32.const(1), [
            one.call(
              i32.add(parts, i32.mul(i, each)),
              partBytes,
              count,
              i32.add(results, i32.mul(i, i32.const(wide ? 4 * BYTES : BYTES))),
            ),
          ]),
        ];
      },
    ),
  );
}
