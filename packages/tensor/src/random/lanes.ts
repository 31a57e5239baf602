// Random numbers in WebAssembly SIMD: four blocks of Threefry at once, as words, as uniform and as normal numbers.

import { writeLanes } from "../meaning/lanes.js";
import { radius } from "../meaning/radius.js";
import { cosTurns, sinTurns } from "../meaning/trigonometric.js";
import type { Expression, Local, Statement } from "../wasm/code.js";
import { countUp } from "../wasm/control.js";
import { instantiate } from "../wasm/features.js";
import { f32x4, f64x2, i32, i32x4, v128 } from "../wasm/instructions.js";
import { ModuleBuilder, type Scope } from "../wasm/module.js";
import { scratch, scratchMemory } from "../wasm/scratch.js";
import { DRAW, type Key } from "./key.js";
import { GROUPS, PARITY, ROTATIONS } from "./threefry.js";

type Vector = Expression<"v128">;

/** Blocks of two words that a round of the loop makes. */
const BLOCKS = 4;
const BYTES = 4;

/** What becomes of four first and four second words: statements to run once before, for each, and the two results. */
export type Finish = (
  scope: Scope,
  first: Local<"v128">,
  second: Local<"v128">,
) => { constants: readonly Statement[]; statements: readonly Statement[]; results: readonly [Vector, Vector] };

/**
 * Defines `name(k0, k1, block, bytes, out)`: the numbers of the blocks from `block` on, interleaved as they are drawn.
 * `bytes` is a multiple of 32, two numbers for each of four blocks.
 */
export function defineDraw(builder: ModuleBuilder, name: string, finish: Finish) {
  return builder.define(name, ["i32", "i32", "i32", "i32", "i32"], "none", (scope, k0, k1, block, bytes, out) => {
    const [x, y] = [scope.local("v128"), scope.local("v128")];
    const keys = [scope.local("v128"), scope.local("v128"), scope.local("v128")];
    const end = scope.local("i32");
    const { constants, statements, results } = finish(scope, x, y);
    const third = i32.xor(i32.const(PARITY), i32.xor(k0, k1));
    const counters = i32x4.add(i32x4.splat(block), v128.of(Int32Array.of(0, 1, 2, 3)));
    return [
      ...[k0, k1, third].map((word, i) => keys[i].set(i32x4.splat(word))),
      ...constants,
      end.set(i32.add(out, bytes)),
      countUp(out, out, end, i32.const(2 * BLOCKS * BYTES), [
        x.set(i32x4.add(counters, keys[0])),
        y.set(i32x4.add(v128.ofInt(DRAW), keys[1])),
        ...threefryRounds(x, y, keys),
        ...statements,
        v128.store(out, v128.shuffle(results[0], results[1], [0, 4, 1, 5])),
        v128.store(out, v128.shuffle(results[0], results[1], [2, 6, 3, 7]), 16),
        block.set(i32.add(block, i32.const(BLOCKS))),
      ]),
    ];
  });
}

/** The rounds of `threefry2x32`, on four blocks. */
function threefryRounds(x: Local<"v128">, y: Local<"v128">, keys: readonly Vector[]): Statement[] {
  const statements: Statement[] = [];
  for (let group = 0; group < GROUPS; group++) {
    for (let round = 0; round < 4; round++) {
      const by = ROTATIONS[(group & 1) * 4 + round];
      const rotated = v128.or(i32x4.shl(y, i32.const(by)), i32x4.shrU(y, i32.const(32 - by)));
      statements.push(x.set(i32x4.add(x, y)), y.set(v128.xor(rotated, x)));
    }
    statements.push(
      x.set(i32x4.add(x, keys[(group + 1) % 3])),
      y.set(i32x4.add(i32x4.add(y, keys[(group + 2) % 3]), v128.ofInt(group + 1))),
    );
  }
  return statements;
}

/** The words as they are. */
export const asWords: Finish = (_, first, second) => ({ constants: [], statements: [], results: [first, second] });

/** The upper 24 bits of a word as a fraction of 1. */
const fraction = (word: Vector): Vector =>
  f32x4.mul(f32x4.convertI32x4(i32x4.shrU(word, i32.const(8))), v128.ofFloat(2 ** -24));

/** Numbers of [0, 1). */
export const asUniform: Finish = (_, first, second) => ({
  constants: [],
  statements: [],
  results: [fraction(first), fraction(second)],
});

/** `(word + 1/2) 2^-32`, rounded once: the sum is exact in double. */
function openUnit(words: Vector): Vector {
  const half = (lanes: Vector): Vector =>
    f32x4.demoteF64x2(
      f64x2.mul(
        f64x2.add(f64x2.convertLowU32x4(lanes), v128.of(Float64Array.of(0.5, 0.5))),
        v128.of(Float64Array.of(2 ** -32, 2 ** -32)),
      ),
    );
  return v128.shuffle(half(words), half(v128.shuffle(words, words, [2, 3, 2, 3])), [0, 1, 4, 5]);
}

/** The normal transform of Box and Muller, the first word for the radius, the second for the angle. */
export const asNormal: Finish = (scope, first, second) => {
  const [u, v] = [scope.local("v128"), scope.local("v128")];
  const { constants, statements, result } = writeLanes(scope, 1, (s) => {
    const r = s.apply(radius, [u]);
    return [s.mul(r, s.apply(cosTurns, [v])), s.mul(r, s.apply(sinTurns, [v]))].flat();
  });
  return {
    constants,
    statements: [u.set(openUnit(first)), v.set(fraction(second)), ...statements],
    results: [result[0], result[1]],
  };
};

type Draw = (k0: number, k1: number, block: number, bytes: number, out: number) => void;

const finishes = { words: asWords, uniform: asUniform, normal: asNormal };
const compiled = new Map<string, Draw>();

function drawOf(kind: keyof typeof finishes): Draw {
  let draw = compiled.get(kind);
  if (draw === undefined) {
    const builder = new ModuleBuilder();
    defineDraw(builder, "draw", finishes[kind]);
    draw = instantiate(builder.bytes, scratchMemory()).draw as unknown as Draw;
    compiled.set(kind, draw);
  }
  return draw;
}

/** Numbers that pass through the scratch memory at once. */
const PIECE = 8192;

/** Fills `out` with the numbers of a key, from its first block on. Needs SIMD. */
export function fillLanes(kind: "uniform" | "normal", from: Key, out: Float32Array): void;
export function fillLanes(kind: "words", from: Key, out: Uint32Array): void;
export function fillLanes(kind: keyof typeof finishes, from: Key, out: Float32Array | Uint32Array): void {
  const draw = drawOf(kind);
  const floats = scratch(PIECE * BYTES);
  const numbers = kind === "words" ? new Uint32Array(floats.buffer, 0, PIECE) : floats;
  for (let at = 0; at < out.length; at += PIECE) {
    const length = Math.min(PIECE, out.length - at);
    draw(from.words[0], from.words[1], at / 2, Math.ceil(length / (2 * BLOCKS)) * 2 * BLOCKS * BYTES, 0);
    out.set(numbers.subarray(0, length), at);
  }
}
