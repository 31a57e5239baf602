// What library kernels have in common: the function of a call, and a shape seen as what is around an axis.

import { type Shape, sizeOf } from "@elbo/tensor";
import { type Expression, i32, type Scope, type Statement } from "@elbo/tensor/kernels";
import type { KernelFunction, Library, LibraryCall } from "./library.js";

/** Bytes of a number: float32 and int32 have four. */
export const BYTES = 4;

/** The bytes of so many numbers; also the offset of the number with that index in a list. */
export const bytesOf = (count: Expression<"i32">): Expression<"i32"> => i32.shl(count, i32.const(2));

/** The function of a call, by the statements of one thread. An empty result takes none: nothing is read or refused. */
export const defineKernel = (
  { builder }: Library,
  { name, output }: LibraryCall,
  body: (scope: Scope, thread: Expression<"i32">, threads: Expression<"i32">) => readonly Statement[],
): KernelFunction =>
  builder.define(name, ["i32", "i32"], "none", (scope, thread, threads) =>
    sizeOf(output.shape) === 0 ? [] : body(scope, thread, threads),
  );

/** A dense value as `outer` blocks of `length` rows of `inner` numbers. */
export interface Around {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** What is before an axis, the axis, and what is after it. */
export const aroundAxis = (shape: Shape, axis: number): Around => ({
  outer: sizeOf(shape.slice(0, axis)),
  length: shape[axis],
  inner: sizeOf(shape.slice(axis + 1)),
});
