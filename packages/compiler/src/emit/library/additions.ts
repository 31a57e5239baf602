// Numbers added to numbers in memory, one at a time or four.

import { type Expression, f32, f32x4, i32, i32x4, type Statement, v128 } from "@elbo/tensor/kernels";
import type { ProgramDType } from "../../graph/graph.js";
import type { Pointer } from "./runs.js";

type Add = (to: Pointer, from: Pointer) => Statement;
type Vector = Expression<"v128">;

const addFour =
  (sum: (x: Vector, y: Vector) => Vector): Add =>
  (to, from) =>
    v128.store(to.at, sum(v128.load(to.at, to.base), v128.load(from.at, from.base)), to.base);

/** `memory[to] += memory[from]`, for one number and for four side by side. Sums of int32 wrap, as in an Int32Array. */
export const additions: Readonly<Record<ProgramDType, { readonly one: Add; readonly four: Add }>> = {
  float32: {
    one: (to, from) => f32.store(to.at, f32.add(f32.load(to.at, to.base), f32.load(from.at, from.base)), to.base),
    four: addFour(f32x4.add),
  },
  int32: {
    one: (to, from) => i32.store(to.at, i32.add(i32.load(to.at, to.base), i32.load(from.at, from.base)), to.base),
    four: addFour(i32x4.add),
  },
};
