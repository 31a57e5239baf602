// A dense block set into a background: pad and unslice.

import type { OpAttributes } from "@elbo/autograd";
import { type Range, resolveRange, type Shape, sizeOf, type SliceSpec } from "@elbo/tensor";
import { countUp, i32, type Local, type Scope, type Statement, when } from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { BYTES, defineKernel } from "./kernel.js";
import type { KernelFunction, Library, LibraryCall, LibraryKernel, Place } from "./library.js";
import { copyRun, fillRun } from "./runs.js";

/** Of an axis of the result with `length` entries, those that the block takes. */
interface Taken extends Range {
  readonly length: number;
}

/** The input surrounded by a value. */
export const pad: LibraryKernel = (library, call) => {
  const { widths, value } = call.attributes as OpAttributes["pad"];
  const { shape } = call.inputs[0];
  const taken = call.output.shape.map((length, axis) => ({
    length,
    start: widths[axis][0],
    step: 1,
    count: shape[axis],
  }));
  return inset(library, call, taken, bitsOf(call.output, value));
};

/** Zeros, and the input in the window that the specs cut. */
export const unslice: LibraryKernel = (library, call) => {
  const { shape, specs } = call.attributes as OpAttributes["unslice"];
  return inset(library, call, takenBy(shape, specs), 0);
};

const takenBy = (shape: Shape, specs: readonly SliceSpec[]): Taken[] =>
  shape.map((length, axis) => {
    const spec = specs[axis] ?? null;
    if (typeof spec !== "number") return { length, ...resolveRange(spec, length) };
    return { length, start: spec < 0 ? spec + length : spec, step: 1, count: 1 };
  });

/** A number as the 32 bits that a place holds. */
const bitsOf = ({ dtype }: Place, value: number): number =>
  dtype === "int32" ? value | 0 : new Int32Array(Float32Array.of(value).buffer)[0];

/** Threads share the rows of the result; each number is written once, but for rows that are taken in steps. */
function inset(library: Library, call: LibraryCall, axes: readonly Taken[], background: number): KernelFunction {
  return defineKernel(library, call, (scope, thread, threads) => {
    const { outer, row } = rowsOf(axes);
    const rows = sizeOf(outer.map(({ length }) => length));
    const [index, source, to] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const inside = scope.local("i32");
    const share = shareOf(scope, rows, 1, thread, threads);
    const target = { at: to, base: call.output.address };
    return [
      ...share.statements,
      countUp(index, share.from, share.to, i32.const(1), [
        ...findRow(scope, outer, index, inside, source),
        source.set(i32.mul(source, i32.const(BYTES * row.count))),
        to.set(i32.mul(index, i32.const(BYTES * row.length))),
        when(
          inside,
          insetRow(scope, call, row, source, to, background),
          fillRun(scope, target, background, row.length),
        ),
      ]),
    ];
  });
}

/** Rows that are as long need not be longer: their number is what threads share. */
const LONG_ROW = 1024;

/** The last axes in one: those that the block takes whole, and one before them. */
function rowsOf(axes: readonly Taken[]): { readonly outer: readonly Taken[]; readonly row: Taken } {
  let row: Taken = { length: 1, start: 0, step: 1, count: 1 };
  let rank = axes.length;
  for (; rank > 0; rank--) {
    const { length, start, step, count } = axes[rank - 1];
    const inner = row.length;
    const whole = row.step === 1 && row.count === inner;
    if (!whole || inner >= LONG_ROW || (step !== 1 && inner !== 1)) break;
    row = { length: length * inner, start: start * inner, step, count: count * inner };
  }
  return { outer: axes.slice(0, rank), row };
}

/** Whether the block has a part in row `index` of the result, and which row of the block that is. */
function findRow(
  scope: Scope,
  outer: readonly Taken[],
  index: Local<"i32">,
  inside: Local<"i32">,
  source: Local<"i32">,
): Statement[] {
  const [rest, from] = [scope.local("i32"), scope.local("i32")];
  let rows = 1;
  const statements = [inside.set(i32.const(1)), source.set(i32.const(0)), rest.set(index)];
  for (const { length, start, step, count } of [...outer].reverse()) {
    const place = i32.remU(rest, i32.const(length));
    const by = i32.const(Math.abs(step));
    const steps = i32.and(i32.ltU(from, i32.const(count * Math.abs(step))), i32.eqz(i32.remU(from, by)));
    statements.push(
      // From where the block starts, in the direction of its steps; what is before it is a large unsigned number.
      from.set(step > 0 ? i32.sub(place, i32.const(start)) : i32.sub(i32.const(start), place)),
      rest.set(i32.divU(rest, i32.const(length))),
      inside.set(i32.and(inside, steps)),
      source.set(i32.add(source, i32.mul(i32.divU(from, by), i32.const(rows)))),
    );
    rows *= count;
  }
  return statements;
}

/** A row that the block has a part in. */
function insetRow(
  scope: Scope,
  { inputs: [x], output }: LibraryCall,
  { length, start, step, count }: Taken,
  source: Local<"i32">,
  to: Local<"i32">,
  background: number,
): readonly Statement[] {
  const target = (place: number) => ({ at: to, base: output.address + BYTES * place });
  if (step === 1) {
    const end = start + count;
    return [
      ...fillRun(scope, target(0), background, start),
      ...copyRun(target(start), { at: source, base: x.address }, count),
      ...fillRun(scope, target(end), background, length - end),
    ];
  }
  const [i, at] = [scope.local("i32"), scope.local("i32")];
  return [
    ...fillRun(scope, target(0), background, length),
    at.set(i32.add(to, i32.const(BYTES * start))),
    countUp(i, i32.const(0), i32.const(count), i32.const(1), [
      i32.store(at, i32.load(source, x.address), output.address),
      source.set(i32.add(source, i32.const(BYTES))),
      at.set(i32.add(at, i32.const(BYTES * step))),
    ]),
  ];
}
