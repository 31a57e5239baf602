// The steps of the canonical tree of folds that loops share: lanes to one number, and blocks to one number.

import {
  countUp,
  type Expression,
  f32,
  f32x4,
  i32,
  type Local,
  loop,
  branchIf,
  type ModuleBuilder,
  type Statement,
  v128,
  type WasmFunction,
  when,
} from "@elbo/tensor/kernels";
import type { FoldingName } from "../plan/loop-shape.js";

type Vector = Expression<"v128">;

export const foldingStep = (folding: FoldingName): ((x: Vector, y: Vector) => Vector) =>
  ({ sum: f32x4.add, max: f32x4.max, min: f32x4.min })[folding];

export const identityOf = (folding: FoldingName): number => ({ sum: 0, max: -Infinity, min: Infinity })[folding];

/** Lanes j with j + half, halves down to one: between vectors first, then within the last; lane 0 of `value` is the fold. */
export function foldTree(
  folding: FoldingName,
  lanes: readonly Local<"v128">[],
): { statements: Statement[]; value: Vector } {
  const step = foldingStep(folding);
  const statements = halving(lanes, step);
  const top = lanes[0];
  statements.push(top.set(step(top, v128.shuffle(top, top, [2, 3, 2, 3]))));
  return { statements, value: step(top, v128.shuffle(top, top, [1, 1, 1, 1])) };
}

/** Vector i with vector i + half, down to the first. */
export function halving(lanes: readonly Local<"v128">[], step: (x: Vector, y: Vector) => Vector): Statement[] {
  const statements: Statement[] = [];
  for (let half = lanes.length / 2; half >= 1; half /= 2) {
    for (let i = 0; i < half; i++) statements.push(lanes[i].set(step(lanes[i], lanes[i + half])));
  }
  return statements;
}

/** From, bytes from part to part, how many parts, to: four neighbouring results at once, or one. */
export type CombineFunction = WasmFunction<readonly ["i32", "i32", "i32", "i32"], "none">;

/**
 * Defines the fold of the results of blocks as a binary counter does it: neighbours of equal size first; what is left over
 * folds from right to left. The parts are used up.
 */
export function defineCombine(
  builder: ModuleBuilder,
  name: string,
  folding: FoldingName,
  wide: boolean,
): CombineFunction {
  const step = foldingStep(folding);
  return builder.define(name, ["i32", "i32", "i32", "i32"] as const, "none", (scope, from, partBytes, count, to) => {
    const [i, at, read, has] = Array.from({ length: 4 }, () => scope.local("i32"));
    const rest = scope.local("v128");
    const load = (address: Expression<"i32">): Vector => (wide ? v128.load(address) : v128.load32Splat(address));
    const store = (address: Expression<"i32">, value: Vector): Statement =>
      wide ? v128.store(address, value) : f32.store(address, f32x4.extractLane(0)(value));
    const one = i32.const(1);
    return [
      has.set(i32.const(0)),
      loop((again) => [
        when(i32.and(count, one), [
          count.set(i32.sub(count, one)),
          at.set(i32.add(from, i32.mul(count, partBytes))),
          when(has, [rest.set(step(load(at), rest))], [rest.set(load(at)), has.set(one)]),
        ]),
        count.set(i32.shrU(count, one)),
        at.set(from),
        read.set(from),
        countUp(i, i32.const(0), count, one, [
          store(at, step(load(read), load(i32.add(read, partBytes)))),
          at.set(i32.add(at, partBytes)),
          read.set(i32.add(read, i32.shl(partBytes, one))),
        ]),
        branchIf(again, count),
      ]),
      store(to, rest),
    ];
  });
}
