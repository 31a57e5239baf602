// argMax and argMin: where the largest or the smallest number along an axis stands.

import type { OpAttributes } from "@elbo/autograd";
import { sizeOf } from "@elbo/tensor";
import { countUp, type Expression, f32, i32, type Scope, type Statement, when } from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { aroundAxis, BYTES, bytesOf, defineKernel } from "./kernel.js";
import type { LibraryKernel, Place } from "./library.js";

type Extreme = "max" | "min";

/** The statements that begin with the number at an address, and those that go on with another one. */
interface Contest {
  readonly start: Statement;
  go(won: readonly Statement[]): readonly Statement[];
}

/** What is not better than the best so far is no better for coming later: so the first of equals wins. */
const contests = {
  /** A NaN beats all but a NaN. */
  float32: (scope: Scope, extreme: Extreme, at: Expression<"i32">, { address }: Place): Contest => {
    const [best, x] = [scope.local("f32"), scope.local("f32")];
    const better = extreme === "max" ? f32.gt(x, best) : f32.lt(x, best);
    const overNumber = i32.and(f32.ne(x, x), i32.eqz(f32.ne(best, best)));
    return {
      start: best.set(f32.load(at, address)),
      go: (won) => [x.set(f32.load(at, address)), when(i32.or(better, overNumber), [best.set(x), ...won])],
    };
  },
  int32: (scope: Scope, extreme: Extreme, at: Expression<"i32">, { address }: Place): Contest => {
    const [best, x] = [scope.local("i32"), scope.local("i32")];
    return {
      start: best.set(i32.load(at, address)),
      go: (won) => [
        x.set(i32.load(at, address)),
        when(extreme === "max" ? i32.gtS(x, best) : i32.ltS(x, best), [best.set(x), ...won]),
      ],
    };
  },
};

/** Threads share the results. */
const extremeIndex =
  (extreme: Extreme): LibraryKernel =>
  (library, call) =>
    defineKernel(library, call, (scope, thread, threads) => {
      const [x] = call.inputs;
      const { length, inner } = aroundAxis(x.shape, (call.attributes as OpAttributes["argMax"]).axis);
      const [line, i, at, winner] = Array.from({ length: 4 }, () => scope.local("i32"));
      const { start, go } = contests[x.dtype](scope, extreme, at, x);
      const { from, to, statements } = shareOf(scope, sizeOf(call.output.shape), 1, thread, threads);
      const [block, column] = [i32.divU(line, i32.const(inner)), i32.remU(line, i32.const(inner))];
      return [
        ...statements,
        countUp(line, from, to, i32.const(1), [
          at.set(bytesOf(i32.add(i32.mul(block, i32.const(length * inner)), column))),
          winner.set(i32.const(0)),
          start,
          countUp(i, i32.const(1), i32.const(length), i32.const(1), [
            at.set(i32.add(at, i32.const(BYTES * inner))),
            ...go([winner.set(i)]),
          ]),
          i32.store(bytesOf(line), winner, call.output.address),
        ]),
      ];
    });

/** The place of the largest number: the first of equals, the first NaN if there is one. */
export const argMax = extremeIndex("max");

/** The place of the smallest number, likewise. */
export const argMin = extremeIndex("min");
