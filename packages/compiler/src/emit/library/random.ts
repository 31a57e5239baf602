// Random numbers from the words of a key: uniform, normal and whole ones, eight at a time.

import type { OpAttributes } from "@elbo/autograd";
import { sizeOf } from "@elbo/tensor";
import {
  asNormal,
  asUniform,
  asWords,
  defineDraw,
  type Expression,
  type Finish,
  i32,
  i32x4,
  i64x2,
  v128,
} from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { BYTES, bytesOf, defineKernel } from "./kernel.js";
import type { KernelFunction, Library, LibraryCall, LibraryKernel } from "./library.js";

/** Numbers that are drawn at once: four blocks of two. */
const GROUP = 8;

/**
 * Threads share groups of eight. The last group is written whole: its 32 bytes lie within the result's own, which end at
 * a multiple of 64.
 */
function draw(library: Library, call: LibraryCall, name: string, finish: Finish): KernelFunction {
  const { inputs, output } = call;
  const drawBlocks = library.shared(name, (builder) => defineDraw(builder, name, finish));
  return defineKernel(library, call, (scope, thread, threads) => {
    const key = i32.const(inputs[0].address);
    const { from, to, statements } = shareOf(scope, sizeOf(output.shape), GROUP, thread, threads);
    const groups = i32.and(i32.add(i32.sub(to, from), i32.const(GROUP - 1)), i32.const(-GROUP));
    const start = i32.add(bytesOf(from), i32.const(output.address));
    return [
      ...statements,
      drawBlocks.call(i32.load(key), i32.load(key, BYTES), i32.shrU(from, i32.const(1)), bytesOf(groups), start),
    ];
  });
}

/** Numbers of [0, 1). */
export const uniform: LibraryKernel = (library, call) => draw(library, call, "drawUniform", asUniform);

/** Standard normal numbers. */
export const normal: LibraryKernel = (library, call) => draw(library, call, "drawNormal", asNormal);

/** Whole numbers of `low` up to but without `high`. */
export const randomInt: LibraryKernel = (library, call) => {
  const { low, high } = call.attributes as OpAttributes["randomInt"];
  return draw(library, call, `drawInteger ${low} ${high}`, asInteger(low, high - low));
};

/** `low + floor(word range / 2^32)`: the upper half of the full product. */
const asInteger = (low: number, range: number): Finish => {
  // A range of 2^32, which no lane holds, leaves the word as it is.
  if (range === 2 ** 32) return shifted(low, asWords);
  const by = v128.ofInt(range);
  return shifted(low, (_, first, second) => ({
    constants: [],
    statements: [],
    results: [upperHalf(first, by), upperHalf(second, by)],
  }));
};

const shifted =
  (low: number, finish: Finish): Finish =>
  (...given) => {
    const { constants, statements, results } = finish(...given);
    const add = (x: Expression<"v128">) => i32x4.add(x, v128.ofInt(low));
    return { constants, statements, results: [add(results[0]), add(results[1])] };
  };

const upperHalf = (x: Expression<"v128">, y: Expression<"v128">): Expression<"v128"> =>
  v128.shuffle(i64x2.multiplyLowU32x4(x, y), i64x2.multiplyHighU32x4(x, y), [1, 3, 5, 7]);
