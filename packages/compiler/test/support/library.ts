// Library kernels by themselves: one in a module, over a memory that tells who wrote where, held to the eager function.

import { type OpName, type OpRecord, table } from "@elbo/autograd";
import { fromTypedArray, key, randomBits, type Shape, sizeOf, type Storage, type Tensor } from "@elbo/tensor";
import { i32, instantiate, ModuleBuilder, newMemory } from "@elbo/tensor/kernels";
import { expect } from "vitest";
import type { LibraryOp } from "../../src/graph/kinds.js";
import { libraryKernels } from "../../src/emit/library/index.js";
import type { Library, LibraryCall, Place } from "../../src/emit/library/library.js";
import type { ProgramDType } from "../../src/graph/graph.js";

/** A use of an operation of the table. */
export interface Use {
  readonly op: string;
  readonly attributes: unknown;
  readonly inputs: readonly Tensor[];
}

/** A NaN whose payload tells that nobody wrote it. */
const CANARY = 0x7fc0dead;
/** The word that a failure sets stands at 0; places begin at multiples of a line, with a line of canaries before each. */
const LINE = 64;
const lines = (bytes: number): number => LINE * Math.ceil(bytes / LINE);

const recordOf = (op: string) => table[op as OpName] as OpRecord<unknown>;

/** Numbers of threads, each with the orders in which they are called: of work that is shared rightly, none matters. */
const orders: Readonly<Record<number, readonly (readonly number[])[]>> = {
  1: [[0]],
  2: [
    [0, 1],
    [1, 0],
  ],
  3: [
    [0, 1, 2],
    [2, 1, 0],
  ],
};

/** What a kernel left in the place of its result, and whether it noted a failure. */
export interface Run {
  readonly words: Int32Array;
  readonly failed: boolean;
}

/**
 * The results of the kernel with 1, 2 and 3 threads, in several orders. Nothing but the result's own lines is
 * written, and no word of the result by two threads.
 */
export function runs(use: Use, dtype: ProgramDType): readonly Run[] {
  const run = prepare(use, dtype);
  return Object.entries(orders).flatMap(([key, ways]) => {
    const threads = Number(key);
    const alone = Array.from({ length: threads }, (_, thread) => run([thread], threads).words);
    const twice = alone[0].findIndex((_, i) => alone.filter((words) => words[i] !== CANARY).length > 1);
    expect(twice, `${use.op}: two of ${threads} threads write element ${twice}`).toBe(-1);
    return ways.map((order) => run(order, threads));
  });
}

/** The kernel over a memory of its own, to be run with some of so many threads. */
function prepare(use: Use, dtype: ProgramDType): (order: readonly number[], threads: number) => Run {
  const { op, attributes, inputs } = use;
  const shapes = inputs.map(({ shape }) => shape);
  const shape = recordOf(op).shape(shapes, attributes);
  let next = LINE;
  const place = (ofShape: Shape, of: ProgramDType): Place => {
    const address = next + LINE;
    next = address + lines(4 * sizeOf(ofShape));
    return { address, shape: ofShape, dtype: of };
  };
  const places = inputs.map((x) => place(x.shape, x.dtype as ProgramDType));
  const output = place(shape, dtype);
  const end = next + LINE;
  const memory = newMemory(end);
  const kernel = programOf({ name: "kernel", op, attributes, inputs: places, output }, memory);
  const own = [
    [0, 4],
    [output.address, lines(4 * sizeOf(shape))],
  ];
  return (order, threads) => {
    const words = new Int32Array(memory.buffer, 0, end / 4).fill(CANARY);
    words[0] = 0;
    inputs.forEach(({ data }, i) => words.set(bitsOf(data), places[i].address / 4));
    const allowed = words.slice();
    for (const thread of order) kernel(thread, threads);
    for (const [from, bytes] of own) allowed.set(words.subarray(from / 4, (from + bytes) / 4), from / 4);
    const stray = firstDifference(words, allowed);
    const start = output.address / 4;
    expect(stray, `${op} with ${threads} threads writes word ${stray}; its result begins at ${start}`).toBe(-1);
    return { words: words.slice(start, start + sizeOf(shape)), failed: words[0] !== 0 };
  };
}

function programOf(call: LibraryCall, memory: ReturnType<typeof newMemory>) {
  const builder = new ModuleBuilder();
  const known = new Map<string, unknown>();
  const library: Library = {
    builder,
    fail: () => i32.store(i32.const(0), i32.const(1)),
    shared<T>(name: string, define: (builder: ModuleBuilder) => T): T {
      if (!known.has(name)) known.set(name, define(builder));
      return known.get(name) as T;
    },
  };
  libraryKernels[call.op as LibraryOp](library, call);
  return instantiate(builder.bytes, memory).kernel;
}

/** Numbers as the 32 bits of each. */
export const bitsOf = ({ buffer, byteOffset, length }: Storage): Int32Array =>
  new Int32Array(buffer, byteOffset, length);

/** The first place where two lists of numbers differ (NaN is NaN, -0 is not 0); -1 where there is none. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

/** The kernel gives what the eager function gives, to the bit (a NaN is a NaN), and refuses nothing. */
export function expectEager(use: Use): void {
  const want = recordOf(use.op).evaluate(use.inputs, use.attributes);
  for (const { words, failed } of runs(use, want.dtype as ProgramDType)) {
    expect(failed, `${use.op} refused something`).toBe(false);
    const got = want.dtype === "int32" ? words : new Float32Array(words.buffer);
    const at = firstDifference(got, want.data);
    expect(at, `${use.op}: element ${at} is ${got[at]} against ${want.data[at]}`).toBe(-1);
  }
}

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -130), 3e38];

/** Float32 of a seed: numbers up to a few powers of two apart among which are special ones, or few different ones. */
export function floats(seed: number, shape: Shape): Tensor {
  const few = seed % 3 === 0;
  const numbers = Array.from(randomBits(key(seed), sizeOf(shape)), (word) => {
    if (few) return (word % 4) - 1;
    return word % 16 === 0 ? SPECIAL[(word >>> 4) % SPECIAL.length] : (word / 2 ** 31 - 1) * 2 ** (word % 5);
  });
  return fromTypedArray(Float32Array.from(numbers), shape);
}

/** Int32 of a seed: any, or few different ones. */
export function integers(seed: number, shape: Shape): Tensor {
  const few = seed % 3 === 0;
  const words = randomBits(key(seed), sizeOf(shape));
  return fromTypedArray(
    Int32Array.from(words, (word) => (few ? (word % 4) - 1 : word)),
    shape,
  );
}

/** Indices below a length. */
export const indices = (seed: number, shape: Shape, below: number): Tensor =>
  fromTypedArray(
    Int32Array.from(randomBits(key(seed), sizeOf(shape)), (word) => word % below),
    shape,
  );
