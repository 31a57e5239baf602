// Numbers that move and stay what they are: gather and concat.

import type { OpAttributes } from "@elbo/autograd";
import { sizeOf } from "@elbo/tensor";
import { countUp, i32, memory, type Scope, type Statement, when } from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { aroundAxis, BYTES, bytesOf, defineKernel } from "./kernel.js";
import type { LibraryCall, LibraryKernel, Place } from "./library.js";
import { copyRun } from "./runs.js";

/** `out[o, p, ...] = x[o, indices[p], ...]`. Threads share the indices. */
export const gather: LibraryKernel = (library, call) =>
  defineKernel(library, call, (scope, thread, threads) => {
    const [x, indices] = call.inputs;
    const { outer, length, inner } = aroundAxis(x.shape, (call.attributes as OpAttributes["gather"]).axis);
    const picks = sizeOf(indices.shape);
    const runBytes = i32.const(BYTES * inner);
    const [block, p, index, from, to] = (["i32", "i32", "i32", "i32", "i32"] as const).map((type) => scope.local(type));
    const share = shareOf(scope, picks, 1, thread, threads);
    return [
      ...share.statements,
      countUp(block, i32.const(0), i32.const(outer), i32.const(1), [
        to.set(i32.mul(i32.add(i32.mul(block, i32.const(picks)), share.from), runBytes)),
        countUp(p, share.from, share.to, i32.const(1), [
          index.set(i32.load(bytesOf(p), indices.address)),
          when(
            i32.ltU(index, i32.const(length)),
            [
              from.set(i32.mul(i32.add(i32.mul(block, i32.const(length)), index), runBytes)),
              ...copyRun({ at: to, base: call.output.address }, { at: from, base: x.address }, inner),
            ],
            [library.fail(call)],
          ),
          to.set(i32.add(to, runBytes)),
        ]),
      ]),
    ];
  });

/**
 * Each operand is one run of every block of the result; operands have the dtype of the result. Threads share the blocks; where there is only one, each operand
 * in pieces of a cache line.
 */
export const concat: LibraryKernel = (library, call) =>
  defineKernel(library, call, (scope, thread, threads) => {
    const { axis } = call.attributes as OpAttributes["concat"];
    const { outer } = aroundAxis(call.output.shape, axis);
    const parts = partsOf(call, outer);
    if (outer === 1) {
      return parts.flatMap(({ place, count, offset }) => {
        const share = shareOf(scope, count, 16, thread, threads);
        const address = (base: number) => i32.add(bytesOf(share.from), i32.const(base));
        const bytes = bytesOf(i32.sub(share.to, share.from));
        return [...share.statements, memory.copy(address(call.output.address + offset), address(place.address), bytes)];
      });
    }
    const share = shareOf(scope, outer, 1, thread, threads);
    return [...share.statements, ...parts.flatMap((part) => copyBlocks(scope, call, outer, part, share))];
  });

/** An operand of a concat: how many numbers it has in each block, and the byte of the block at which they start. */
interface Part {
  readonly place: Place;
  readonly count: number;
  readonly offset: number;
}

function partsOf({ inputs }: LibraryCall, outer: number): Part[] {
  let offset = 0;
  return inputs.map((place) => {
    const part = { place, count: sizeOf(place.shape) / outer, offset };
    offset += BYTES * part.count;
    return part;
  });
}

function copyBlocks(
  scope: Scope,
  { output }: LibraryCall,
  outer: number,
  { place, count, offset }: Part,
  share: ReturnType<typeof shareOf>,
): Statement[] {
  const [block, from, to] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
  return [
    countUp(block, share.from, share.to, i32.const(1), [
      from.set(i32.mul(block, i32.const(BYTES * count))),
      to.set(i32.mul(block, i32.const((BYTES * sizeOf(output.shape)) / outer))),
      ...copyRun({ at: to, base: output.address + offset }, { at: from, base: place.address }, count),
    ]),
  ];
}
