// The interpretation as WebAssembly SIMD: a meaning becomes straight-line code over four float32 at once.

import type { Expression, Statement } from "../wasm/code.js";
import { f32x4, f64x2, i32, i32x4, v128 } from "../wasm/instructions.js";
import { hasRelaxedSimd } from "../wasm/features.js";
import type { Scope } from "../wasm/module.js";
import type { Arithmetic } from "./arithmetic.js";

type Vector = Expression<"v128">;

/** Vectors that take the same steps side by side. */
export type Vectors = readonly Vector[];

/** A computation as code: constants to set once, then statements that compute the result. */
export interface Lanes {
  /** To be run before the first use of `statements`, outside of any loop. */
  readonly constants: readonly Statement[];
  readonly statements: readonly Statement[];
  readonly result: Vectors;
}

/**
 * Writes the code of a computation over `count` vectors side by side. Every step rounds each lane as float32, so the
 * bits are those of `evaluate`. Truth values are masks: all bits of a lane, or none.
 *
 * Where relaxed SIMD is there, masks select by one instruction instead of three; on whole masks it does the same.
 */
export function writeLanes(
  scope: Scope,
  count: number,
  compute: (s: Arithmetic<Vectors, Vectors, Vectors>) => Vectors,
): Lanes {
  const constants: Statement[] = [];
  const statements: Statement[] = [];
  const known = new Map<string, Vectors>();
  const constant = (lanes: Float32Array | Float64Array | Int32Array): Vectors => {
    const id = new Int32Array(lanes.buffer).join();
    let vectors = known.get(id);
    if (vectors === undefined) {
      const local = scope.local("v128");
      constants.push(local.set(scope.hidden(lanes)));
      vectors = Array.from({ length: count }, () => local);
      known.set(id, vectors);
    }
    return vectors;
  };
  const float = (x: number): Vectors => constant(new Float32Array(4).fill(x));
  const double = (x: number): Vectors => constant(new Float64Array(2).fill(x));
  /** One instruction for each of the vectors. */
  const each =
    <N extends readonly Vectors[]>(instruction: (...x: { [K in keyof N]: Vector }) => Vector) =>
    (...x: N): Vectors =>
      Array.from({ length: count }, (_, i) => {
        const local = scope.local("v128");
        const operands = x.map((vectors) => vectors[i]) as unknown as { [K in keyof N]: Vector };
        statements.push(local.set(instruction(...operands)));
        return local;
      });
  const s: Arithmetic<Vectors, Vectors, Vectors> = {
    float,
    add: each(f32x4.add),
    sub: each(f32x4.sub),
    mul: each(f32x4.mul),
    div: each(f32x4.div),
    neg: each(f32x4.neg),
    abs: each(f32x4.abs),
    sqrt: each(f32x4.sqrt),
    floor: each(f32x4.floor),
    nearest: each(f32x4.nearest),
    min: each(f32x4.min),
    max: each(f32x4.max),
    pmin: each(f32x4.pmin),
    pmax: each(f32x4.pmax),
    lt: each(f32x4.lt),
    le: each(f32x4.le),
    eq: each(f32x4.eq),
    and: each(v128.and),
    not: each(v128.not),
    select: (p, yes, no) => {
      const zero = float(0);
      if (no === zero) return each(v128.and)(p, yes);
      if (yes === zero) return each(v128.andNot)(no, p);
      const choose = hasRelaxedSimd() ? v128.relaxedLaneselect : v128.bitselect;
      return each((mask, x, y) => choose(x, y, mask))(p, yes, no);
    },
    int: (x) => constant(new Int32Array(4).fill(x)),
    addInt: each(i32x4.add),
    subInt: each(i32x4.sub),
    andInt: each(v128.and),
    orInt: each(v128.or),
    shiftLeft: (x, by) => each((v) => i32x4.shl(v, i32.const(by)))(x),
    shiftRight: (x, by) => each((v) => i32x4.shrS(v, i32.const(by)))(x),
    eqInt: each(i32x4.eq),
    bits: (x) => x,
    fromBits: (x) => x,
    toInt: each(i32x4.truncateF32x4),
    toFloat: each(f32x4.convertI32x4),
    divideWhole: (x, { high, low, reciprocal }) => {
      const halves = [each(f64x2.promoteLow)(x), each((v) => f64x2.promoteLow(v128.shuffle(v, v, [2, 3, 2, 3])))(x)];
      const parts = halves.map((half) => {
        const quotient = each(f64x2.nearest)(each(f64x2.mul)(half, double(reciprocal)));
        const first = each(f64x2.sub)(half, each(f64x2.mul)(quotient, double(high)));
        return { quotient, rest: each(f64x2.sub)(first, each(f64x2.mul)(quotient, double(low))) };
      });
      const join = each((x: Vector, y: Vector) =>
        v128.shuffle(f32x4.demoteF64x2(x), f32x4.demoteF64x2(y), [0, 1, 4, 5]),
      );
      const [a, b] = parts;
      return { quotient: join(a.quotient, b.quotient), rest: join(a.rest, b.rest) };
    },
    apply: (inner, ...x) => inner.define(s, ...x),
  };
  const result = compute(s);
  return { constants, statements, result };
}
