// A matrix product as a kernel of all threads: each takes some rows or some columns, and the loop that follows on them.

import { sizeOf } from "@elbo/tensor";
import {
  columnsOf,
  countUp,
  type Expression,
  goesByLoops,
  i32,
  PRODUCT,
  type ProductFunction,
  type ProductParts,
  type Scope,
  type Statement,
  when,
  writeLoops,
} from "@elbo/tensor/kernels";
import type { ProductKernel } from "../fuse/kernels.js";
import type { Reading } from "../fuse/layout.js";
import { passingBytes, type Plan } from "../plan/plan.js";
import type { KernelFunction, Library } from "./library/library.js";
import type { PassFunction } from "./loop.js";
import { defineLoop } from "./loop-kernel.js";
import { addressAt, placesOf } from "./rows.js";
import { shareOf } from "./share.js";

const BYTES = 4;
const zero = i32.const(0);

/** Fewer multiply-adds are one thread's work. */
const SMALL = 1 << 15;

/** The sizes of a product. */
export interface ProductSizes {
  readonly batches: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export const sizesOf = ({ a, shape }: Pick<ProductKernel, "a" | "shape">): ProductSizes => ({
  batches: shape.slice(0, -2),
  m: shape.at(-2)!,
  n: shape.at(-1)!,
  k: a.shape.at(-1)!,
});

/** Multiplications and additions. */
export const flopsOf = ({ batches, m, n, k }: ProductSizes): number => 2 * sizeOf(batches) * m * n * k;

/** What the products of a module are computed with. */
export interface Products {
  readonly parts: ProductParts;
  readonly product: ProductFunction;
}

/** Defines the kernel of a product; `turn` says which thread takes it where it is small. */
export function defineProductKernel(
  library: Library,
  name: string,
  kernel: ProductKernel,
  plan: Plan,
  products: Products,
  turn: number,
): KernelFunction {
  const { product } = products;
  const tile = products.parts.shape;
  const sizes = sizesOf(kernel);
  const { batches, m, n, k } = sizes;
  const count = sizeOf(batches);
  const loop =
    kernel.epilogue === null
      ? null
      : defineLoop(library, `${name}.epilogue`, kernel.epilogue, plan, plan.scratch.get(kernel) ?? 0, kernel);
  const withLoop =
    loop !== null && goesByLoops(tile, m, n, k)
      ? defineWithLoop(library, name, products.parts, loop.pass, kernel.passing)
      : null;
  const small = count * m * n * k < SMALL;
  return library.builder.define(name, ["i32", "i32"] as const, "none", (scope, thread, threads) => {
    const workspace = i32.add(i32.const(plan.workspace), i32.mul(thread, i32.const(plan.workspaceBytes)));
    const place = i32.const(plan.places.get(kernel.node)!);
    // A passing product has a block of rows for each thread.
    const c = kernel.passing ? i32.add(place, i32.mul(thread, i32.const(passingBytes(kernel)))) : place;
    const operands = operandsOf(kernel, plan, undefined, c);
    const part = (rows: Range, columns: Range): Statement[] => [
      ...(loop?.begin(columns.from, columns.to) ?? []),
      multiply(withLoop?.(rows, columns, c) ?? product, operands, rows, columns, { k, n, workspace }, kernel.passing),
      ...(loop === null || withLoop !== null
        ? []
        : [loop.pass.call(rows.from, rows.to, columns.from, columns.to, zero)]),
      ...(loop?.end(columns.from, columns.to, 0) ?? []),
    ];
    const all = (length: number): Range => ({ from: zero, to: i32.const(length) });
    if (m === 0 || n === 0 || count === 0) return [];
    if (count > 1) return batchShare(scope, kernel, plan, product, small ? turn : null, thread, threads, workspace);
    if (small) return [when(i32.eq(i32.remU(i32.const(turn), threads), thread), part(all(m), all(n)))];
    const byColumns = kernel.epilogue?.fold === "columns" || (n > m && n >= 2 * columnsOf(tile));
    const unit = byColumns ? columnsOf(tile) : tile.rows;
    const share = shareOf(scope, byColumns ? n : m, unit, thread, threads);
    const range: Range = share;
    return [
      ...share.statements,
      when(i32.ltS(share.from, share.to), byColumns ? part(all(m), range) : part(range, all(n))),
    ];
  });
}

/**
 * Defines a product that runs the pass on each block of rows as soon as it is there. Gives it as a function of PRODUCT's
 * operands for the part of the result that begins at a row and a column.
 */
function defineWithLoop(
  { builder }: Library,
  name: string,
  parts: ProductParts,
  pass: PassFunction,
  passing: boolean,
): (rows: Range, columns: Range, c: Expression<"i32">) => Pick<ProductFunction, "call"> {
  const params = [...PRODUCT, "i32", "i32", "i32", "i32"] as const;
  const fused = builder.define(`${name}.fused`, params, "none", (scope, ...operands) => {
    const [row, column, end, place] = operands.slice(PRODUCT.length);
    return writeLoops(scope, parts, operands.slice(0, PRODUCT.length), {
      rowsDone: (from, to) => [pass.call(i32.add(row, from), i32.add(row, to), column, end, place)],
      passing,
    });
  });
  return (rows, columns, c) => ({
    call: (...operands) => fused.call(...operands, rows.from, columns.from, columns.to, c),
  });
}

interface Range {
  readonly from: Expression<"i32">;
  readonly to: Expression<"i32">;
}

/** Addresses and strides in bytes of one matrix of each operand. */
interface Operands {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly c: Expression<"i32">;
}
interface Matrix {
  readonly address: Expression<"i32">;
  readonly row: number;
  readonly column: number;
}

function operandsOf(
  kernel: ProductKernel,
  plan: Plan,
  places: readonly Expression<"i32">[] | undefined,
  c: Expression<"i32">,
): Operands {
  const matrix = (reading: Reading): Matrix => {
    const first = plan.places.get(reading.base)! + BYTES * reading.offset;
    const missing = kernel.shape.length - reading.shape.length;
    const strides = (places ?? []).map((_, axis) =>
      axis < missing || reading.shape[axis - missing] === 1 ? 0 : reading.strides[axis - missing],
    );
    return {
      address: addressAt(first, places ?? [], strides),
      row: BYTES * reading.strides.at(-2)!,
      column: BYTES * reading.strides.at(-1)!,
    };
  };
  return { a: matrix(kernel.a), b: matrix(kernel.b), c };
}

/** What a product needs beside its operands and its part of the result. */
interface Depth {
  readonly k: number;
  readonly n: number;
  readonly workspace: Expression<"i32">;
}

function multiply(
  product: Pick<ProductFunction, "call">,
  { a, b, c }: Operands,
  rows: Range,
  columns: Range,
  { k, n, workspace }: Depth,
  passing = false,
): Statement {
  const along = (address: Expression<"i32">, steps: Expression<"i32">, bytes: number): Expression<"i32"> =>
    i32.add(address, i32.mul(steps, i32.const(bytes)));
  const firstRow = passing ? c : along(c, rows.from, BYTES * n);
  return product.call(
    along(a.address, rows.from, a.row),
    i32.const(a.row),
    i32.const(a.column),
    along(b.address, columns.from, b.column),
    i32.const(b.row),
    i32.const(b.column),
    along(firstRow, columns.from, BYTES),
    i32.const(BYTES * n),
    i32.sub(rows.to, rows.from),
    i32.sub(columns.to, columns.from),
    i32.const(k),
    workspace,
  );
}

/** Many products: each thread takes some of them whole. */
function batchShare(
  scope: Scope,
  kernel: ProductKernel,
  plan: Plan,
  product: ProductFunction,
  turn: number | null,
  thread: Expression<"i32">,
  threads: Expression<"i32">,
  workspace: Expression<"i32">,
): Statement[] {
  const { batches, m, n, k } = sizesOf(kernel);
  const share = shareOf(scope, sizeOf(batches), 1, thread, threads);
  const batch = scope.local("i32");
  const { places, statements } = placesOf(scope, batch, batches);
  const { a, b, c } = operandsOf(kernel, plan, places, i32.const(plan.places.get(kernel.node)!));
  const at: Operands = { a, b, c: i32.add(c, i32.mul(batch, i32.const(BYTES * m * n))) };
  const whole = (length: number): Range => ({ from: zero, to: i32.const(length) });
  const body = [...statements, multiply(product, at, whole(m), whole(n), { k, n, workspace })];
  if (turn === null) return [...share.statements, countUp(batch, share.from, share.to, i32.const(1), body)];
  return [
    when(i32.eq(i32.remU(i32.const(turn), threads), thread), [
      countUp(batch, zero, i32.const(sizeOf(batches)), i32.const(1), body),
    ]),
  ];
}
