// scatterAdd: updates added to rows of zeros at indices, in their order.

import type { OpAttributes } from "@elbo/autograd";
import { sizeOf } from "@elbo/tensor";
import { countUp, type Expression, i32, memory, type Scope, type Statement, when } from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { additions } from "./additions.js";
import { aroundAxis, BYTES, defineKernel, numberAt } from "./kernel.js";
import type { Library, LibraryCall, LibraryKernel } from "./library.js";

/** Rows with at least so many columns are shared by columns. */
const LONG_ROW = 64;

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
    const { axis } = call.attributes as OpAttributes["scatterAdd"];
    const { outer, inner } = aroundAxis(call.output.shape, axis);
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

function addPart(library: Library, call: LibraryCall, scope: Scope, { blocks, columns }: Part): Statement[] {
  const [x, indices] = call.inputs;
  const { output } = call;
  const { length, inner } = aroundAxis(output.shape, (call.attributes as OpAttributes["scatterAdd"]).axis);
  const picks = sizeOf(indices.shape);
  const [block, row, p, index, first, column] = Array.from({ length: 6 }, () => scope.local("i32"));
  const [from, to] = [scope.local("i32"), scope.local("i32")];
  const rowBytes = i32.const(BYTES * inner);
  const ofRow = (rows: number, at: Expression<"i32">) =>
    i32.mul(i32.add(i32.mul(block, i32.const(rows)), at), rowBytes);
  const width = numberAt(i32.sub(columns[1], columns[0]));
  /** The first byte of the part in its rows, where fours of its columns end, and where it ends. */
  const [start, whole, end] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
  const { one, four } = additions[output.dtype];
  const add = (step: typeof one): Statement =>
    step({ at: i32.add(to, column), base: output.address }, { at: i32.add(from, column), base: x.address });
  return [
    start.set(numberAt(columns[0])),
    whole.set(numberAt(i32.and(columns[1], i32.const(-4)))),
    end.set(numberAt(columns[1])),
    countUp(block, blocks[0], blocks[1], i32.const(1), [
      countUp(row, i32.const(0), i32.const(length), i32.const(1), [
        first.set(i32.add(i32.add(ofRow(length, row), start), i32.const(output.address))),
        memory.fill(first, i32.const(0), width),
      ]),
      countUp(p, i32.const(0), i32.const(picks), i32.const(1), [
        index.set(i32.load(numberAt(p), indices.address)),
        when(
          i32.ltU(index, i32.const(length)),
          [
            to.set(ofRow(length, index)),
            from.set(ofRow(picks, p)),
            countUp(column, start, whole, i32.const(16), [add(four)]),
            // A part starts at a multiple of four columns: the last ones stand alone.
            countUp(column, whole, end, i32.const(BYTES), [add(one)]),
          ],
          [library.fail(call)],
        ),
      ]),
    ]),
  ];
}
