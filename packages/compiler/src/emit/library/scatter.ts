// scatterAdd: updates added to rows of zeros at indices, in their order.

import type { OpAttributes } from "@elbo/autograd";
import { sizeOf } from "@elbo/tensor";
import {
  countUp,
  type Expression,
  i32,
  type Local,
  memory,
  type Scope,
  type Statement,
  when,
} from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { additions } from "./additions.js";
import { aroundAxis, BYTES, bytesOf, defineKernel } from "./kernel.js";
import type { Library, LibraryCall, LibraryKernel } from "./library.js";

/** Rows with at least so many columns are shared by columns. */
const LONG_ROW = 64;

const resultOf = ({ output, attributes }: LibraryCall) =>
  aroundAxis(output.shape, (attributes as OpAttributes["scatterAdd"]).axis);

/** The part of the result that a thread makes: some blocks, and some columns of each of their rows. */
interface Part {
  readonly blocks: readonly [from: Expression<"i32">, to: Expression<"i32">];
  readonly columns: readonly [from: Expression<"i32">, to: Expression<"i32">];
}

/**
 * `out[o, indices[p], ...] += x[o, p, ...]`, p ascending. A place is added to by one thread only: threads share the
 * columns of a long row, else the blocks; one block of short rows is the work of one thread.
 */
export const scatterAdd: LibraryKernel = (library, call) =>
  defineKernel(library, call, (scope, thread, threads) => {
    const { outer, inner } = resultOf(call);
    const [blocks, columns] = [outer, inner].map((count) => [i32.const(0), i32.const(count)] as const);
    if (inner >= LONG_ROW) {
      const { from, to, statements } = shareOf(scope, inner, 16, thread, threads);
      return [...statements, ...addPart(library, call, scope, { blocks, columns: [from, to] })];
    }
    if (outer > 1) {
      const { from, to, statements } = shareOf(scope, outer, 1, thread, threads);
      return [...statements, ...addPart(library, call, scope, { blocks: [from, to], columns })];
    }
    return [when(i32.eqz(thread), addPart(library, call, scope, { blocks, columns }))];
  });

function addPart(library: Library, call: LibraryCall, scope: Scope, part: Part): Statement[] {
  const block = scope.local("i32");
  return [
    countUp(block, part.blocks[0], part.blocks[1], i32.const(1), [
      ...zeroRows(scope, call, block, part),
      ...addUpdates(library, call, scope, block, part),
    ]),
  ];
}

/** The rows of a block are filled at once where a part has all of their columns. */
function zeroRows(scope: Scope, call: LibraryCall, block: Local<"i32">, { columns }: Part): Statement[] {
  const { length, inner } = resultOf(call);
  const out = i32.const(call.output.address);
  const rowBytes = BYTES * inner;
  const first = scope.local("i32");
  const start = first.set(i32.add(i32.mul(block, i32.const(length * rowBytes)), out));
  if (inner < LONG_ROW) return [start, memory.fill(first, i32.const(0), i32.const(length * rowBytes))];
  const row = scope.local("i32");
  return [
    start,
    first.set(i32.add(first, bytesOf(columns[0]))),
    countUp(row, i32.const(0), i32.const(length), i32.const(1), [
      memory.fill(first, i32.const(0), bytesOf(i32.sub(columns[1], columns[0]))),
      first.set(i32.add(first, i32.const(rowBytes))),
    ]),
  ];
}

function addUpdates(
  library: Library,
  call: LibraryCall,
  scope: Scope,
  block: Local<"i32">,
  { columns }: Part,
): Statement[] {
  const { inputs, output } = call;
  const [x, indices] = inputs;
  const { length, inner } = resultOf(call);
  const picks = sizeOf(indices.shape);
  const [p, index, from, to, column] = Array.from({ length: 5 }, () => scope.local("i32"));
  /** The byte of a row at which the fours of the part's columns end. It starts at one too. */
  const whole = scope.local("i32");
  const row = (rows: number, at: Expression<"i32">) =>
    i32.mul(i32.add(i32.mul(block, i32.const(rows)), at), i32.const(BYTES * inner));
  const { one, four } = additions[output.dtype];
  const add = (step: typeof one): Statement =>
    step({ at: i32.add(to, column), base: output.address }, { at: i32.add(from, column), base: x.address });
  return [
    whole.set(bytesOf(i32.and(columns[1], i32.const(-4)))),
    countUp(p, i32.const(0), i32.const(picks), i32.const(1), [
      index.set(i32.load(bytesOf(p), indices.address)),
      when(
        i32.ltU(index, i32.const(length)),
        [
          to.set(row(length, index)),
          from.set(row(picks, p)),
          countUp(column, bytesOf(columns[0]), whole, i32.const(16), [add(four)]),
          countUp(column, whole, bytesOf(columns[1]), i32.const(BYTES), [add(one)]),
        ],
        [library.fail(call)],
      ),
    ]),
  ];
}
