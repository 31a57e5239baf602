// What the tests of the SIMD interpretation share: maps in a memory of their own, their operands, and what they must give.

import { expect } from "vitest";
import { compiledKernel } from "../src/elementwise/kernel.js";
import { defineMap, MAP_STEP } from "../src/elementwise/lanes.js";
import { type Divisor, type Meaning, meaning } from "../src/meaning/arithmetic.js";
import { evaluate } from "../src/meaning/evaluate.js";
import * as meanings from "../src/meaning/index.js";
import { radius } from "../src/meaning/radius.js";
import { instantiate } from "../src/wasm/features.js";
import { type Exports, type Memory, newMemory } from "../src/wasm/host.js";
import { ModuleBuilder } from "../src/wasm/module.js";
import { firstDifference, fractions, TROUBLE } from "./support.js";
import { everyBinade } from "./ulps.js";

/** Divisors of few and of many bits, of both signs of `low`. */
const DIVISORS: readonly Divisor[] = [
  { high: 421657428 / 2 ** 28, low: Math.PI / 2 - 421657428 / 2 ** 28, reciprocal: 2 / Math.PI },
  { high: 0.75, low: -(2 ** -40), reciprocal: 4 / 3 },
  { high: 1024, low: 0, reciprocal: 2 ** -10 },
];

/** Every operation, and what none of them shows of the arithmetic: the two halves of a division by a constant. */
export const everyMeaning: readonly Meaning[] = [
  ...Object.values(meanings).filter((value): value is Meaning => typeof value === "object"),
  radius,
  ...DIVISORS.flatMap((by) => [
    meaning(`quotient by ${by.high}`, 1, (s, x) => s.divideWhole(x, by).quotient),
    meaning(`rest by ${by.high}`, 1, (s, x) => s.divideWhole(x, by).rest),
  ]),
];

const bitsOf = (values: readonly number[]): Int32Array => new Int32Array(Float32Array.from(values).buffer);

/** Infinities, and NaNs: quiet and signalling, of either sign, with payloads high, low and full. */
const BEYOND = [0x7f800000, 0x7f800001, 0x7f800fff, 0x7fa00000, 0x7fbfffff, 0x7fc00000, 0x7fc00001, 0x7fffffff];

/** The words of special numbers: where meanings branch, clamp, reduce or overflow, and what is no number. */
const SPECIAL: Int32Array = Int32Array.of(
  ...bitsOf(TROUBLE),
  ...BEYOND.flatMap((word) => [word, word | -0x80000000]),
  ...bitsOf([
    0.25,
    -0.25,
    1.5,
    -2.5,
    7,
    0.55,
    0.75,
    -Math.LN2,
    88.73,
    -150.5,
    200.5,
    2 ** -25,
    2 ** 22,
    -(2 ** 24 + 2),
  ]),
  ...bitsOf([2 ** 31, -(2 ** 31), 2 ** 32, 1e30, -1e-30]),
);

/**
 * Operands as words: all combinations of special numbers, random bits, ordinary numbers, numbers that are equal; a
 * single operand also takes every exponent. As many as whole steps of a map.
 */
export function operandsOf(arity: number): Int32Array[] {
  const next = fractions(arity);
  const random = (): number => Math.floor(next() * 2 ** 32) | 0;
  const ordinary = bitsOf(Array.from({ length: 3 * 512 }, () => 16 * next() - 8));
  const rows: (readonly number[])[] = [];
  // Of three operands, the last takes every fifth only.
  const counts = [SPECIAL.length, SPECIAL.length, Math.ceil(SPECIAL.length / 5)].slice(0, arity);
  for (let i = 0; i < counts.reduce((a, b) => a * b); i++) {
    const row: number[] = [];
    for (let k = 0, rest = i; k < arity; k++) {
      row.push(SPECIAL[(rest % counts[k]) * (k === 2 ? 5 : 1)]);
      rest = Math.floor(rest / counts[k]);
    }
    rows.push(row);
  }
  for (let i = 0; i < 1024; i++) rows.push([random(), random(), random()]);
  for (let i = 0; i < 512; i++) rows.push([ordinary[3 * i], ordinary[3 * i + 1], ordinary[3 * i + 2]]);
  for (let i = 0; i < 64; i++) rows.push([ordinary[i], ordinary[i], ordinary[i]]);
  const columns = Array.from({ length: arity }, (_, k) => rows.map((row) => row[k]));
  if (arity === 1) for (const word of new Int32Array(everyBinade(12, 9).buffer)) columns[0].push(word);
  const step = MAP_STEP / 4;
  return columns.map((column) => {
    while (column.length % step > 0) column.push(random());
    return Int32Array.from(column);
  });
}

/** A NaN whose payload tells that nobody wrote it. */
const CANARY = 0x7fc0dead;
const PAGE = 65536;

const programs = new Map<Meaning, Readonly<{ memory: Memory; run: Exports[string] }>>();

/** The map of a meaning over a memory of its own; made once. */
function programOf(meaning: Meaning) {
  let program = programs.get(meaning);
  if (program === undefined) {
    const builder = new ModuleBuilder();
    const memory = newMemory(PAGE);
    defineMap(builder, "map", meaning);
    program = { memory, run: instantiate(builder.bytes, memory).map };
    programs.set(meaning, program);
  }
  return program;
}

/**
 * The map over operands that end where the memory ends, so that reading too far traps, `count` of their numbers long;
 * the result has a place of its own, or that of the operand `over`. All else in memory is canaries, and stays.
 */
export function runMap(
  meaning: Meaning,
  operands: readonly Int32Array[],
  { over, count = operands[0].length }: { readonly over?: number; readonly count?: number } = {},
): Float32Array {
  const { memory, run } = programOf(meaning);
  const length = operands[0].length;
  const room = (operands.length + 1) * (4 * length + MAP_STEP);
  if (memory.buffer.byteLength < room) memory.grow(Math.ceil((room - memory.buffer.byteLength) / PAGE));
  const words = new Int32Array(memory.buffer).fill(CANARY);
  const places = [...operands.keys()].map((k) => words.length - (operands.length - k) * length);
  operands.forEach((operand, k) => words.set(operand, places[k]));
  const out = over === undefined ? places[0] - length - MAP_STEP / 4 : places[over];
  const before = words.slice();
  run(4 * count, 4 * out, ...places.map((place) => 4 * place));
  const result = new Float32Array(memory.buffer.slice(4 * out, 4 * (out + count)));
  words.set(before.subarray(out, out + count), out);
  const changed = firstDifference(words, before);
  if (changed >= 0) expect.fail(`${meaning.name}: word ${changed} was changed, and the result is ${count} at ${out}`);
  return result;
}

function expectSame(meaning: Meaning, operands: readonly Int32Array[], got: Float32Array, want: Float32Array): void {
  const at = firstDifference(got, want);
  if (at < 0) return;
  const shown = operands.map((x) => `${new Float32Array(x.buffer)[at]} (${(x[at] >>> 0).toString(16)})`).join(", ");
  expect.fail(`${meaning.name}(${shown}): ${got[at]} by SIMD, should be ${want[at]}`);
}

/** By SIMD, the bits of `evaluate` and of compiled text: into a place of its own, over any operand, and of a part. */
export function expectLanes(meaning: Meaning): void {
  const operands = operandsOf(meaning.arity);
  const floats = operands.map((operand) => new Float32Array(operand.buffer));
  const count = operands[0].length;
  const want = floats[0].map((_, i) => evaluate(meaning, floats.map((x) => x[i]))); // prettier-ignore
  const compiled = new Float32Array(count);
  const [starts, steps] = [0, 1].map((value) => floats.map(() => value));
  compiledKernel(meaning, "float32")(count, compiled, 0, floats, starts, steps);
  expectSame(meaning, operands, compiled, want);
  expectSame(meaning, operands, runMap(meaning, operands), want);
  for (let over = 0; over < meaning.arity; over++) expectSame(meaning, operands, runMap(meaning, operands, { over }), want); // prettier-ignore
  for (const part of [0, MAP_STEP / 4, MAP_STEP]) {
    expectSame(meaning, operands, runMap(meaning, operands, { count: part }), want.subarray(0, part));
  }
}
