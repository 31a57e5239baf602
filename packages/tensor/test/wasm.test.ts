// The assembler: its numbers, its branches, and every instruction, run on the runtime at hand.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assemble, type Expression, type Label, signed, type Statement, unsigned } from "../src/wasm/code.js";
import { block, branch, branchIf, countUp, giveBack, loop, when } from "../src/wasm/control.js";
import { hasRelaxedSimd, hasSimd, instantiate, keepsProgramOrder, multiplyAddClass } from "../src/wasm/features.js";
import { type Exports, host, type Memory } from "../src/wasm/host.js";
import { f32, f32x4, f64x2, i32, i32x4, i64, i64x2, memory, v128 } from "../src/wasm/instructions.js";
import { type Body, ModuleBuilder, MOST_PAGES, type Scope } from "../src/wasm/module.js";
import { fractions, TROUBLE } from "./support.js";

const newMemory = (): Memory => new host!.Memory({ initial: 1 });

/** The functions of a module over a memory. */
function build(define: (builder: ModuleBuilder) => void, over: Memory = newMemory()): Exports {
  const builder = new ModuleBuilder();
  define(builder);
  return instantiate(builder.bytes, over);
}

/** A function of two integers. */
const ofIntegers = (body: (x: Expression<"i32">, y: Expression<"i32">, scope: Scope) => Body<"i32">): Exports[string] =>
  build((builder) => builder.define("run", ["i32", "i32"], "i32", (scope, x, y) => body(x, y, scope))).run;

/** A program without operands. */
const program = (over: Memory, body: (scope: Scope) => readonly Statement[]): (() => number) =>
  build((builder) => builder.define("run", [], "none", body), over).run;

describe("LEB128", () => {
  it("of the specification's edges", () => {
    expect([0, 1, 127].map(unsigned)).toEqual([[0], [1], [127]]);
    expect(unsigned(128)).toEqual([0x80, 1]);
    expect(unsigned(16383)).toEqual([0xff, 0x7f]);
    expect(unsigned(16384)).toEqual([0x80, 0x80, 1]);
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect([0, 1, -1, 63, -64].map(signed)).toEqual([[0], [1], [0x7f], [63], [0x40]]);
    expect(signed(64)).toEqual([0xc0, 0]);
    expect(signed(-65)).toEqual([0xbf, 0x7f]);
    expect(signed(127)).toEqual([0xff, 0]);
    expect(signed(128)).toEqual([0x80, 1]);
    expect(signed(-128)).toEqual([0x80, 0x7f]);
    expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(2 ** 31 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x07]);
    expect(signed(-(2 ** 31))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  it("is read back, and no shorter form is", () => {
    const value = (bytes: readonly number[]): bigint =>
      bytes.reduce((sum, byte, i) => sum + (BigInt(byte & 127) << BigInt(7 * i)), 0n);
    const ends = (bytes: readonly number[]): boolean => bytes.every((b, i) => b >= 128 === i < bytes.length - 1);
    const any = fc.integer({ min: 0, max: 31 }).chain((bits) => fc.integer({ min: 0, max: 2 ** bits }));
    fc.assert(
      fc.property(any, (n) => {
        const bytes = unsigned(n);
        expect([ends(bytes), value(bytes)]).toEqual([true, BigInt(n)]);
        expect(n).toBeGreaterThanOrEqual(bytes.length > 1 ? 2 ** (7 * (bytes.length - 1)) : 0);
        for (const x of [n, -n, -n - 1].map((x) => x | 0)) {
          const code = signed(x);
          expect([ends(code), BigInt.asIntN(7 * code.length, value(code))]).toEqual([true, BigInt(x)]);
          if (code.length > 1) expect(Math.max(x, -x - 1)).toBeGreaterThanOrEqual(2 ** (7 * (code.length - 1) - 1));
        }
      }),
    );
  });
});

describe("branches", () => {
  it("count the constructs between them and their label", () => {
    const [outer, inner]: Label[] = [{ kind: "block" }, { kind: "loop" }];
    const code = assemble([{ enter: outer }, { enter: inner }, { branchTo: inner }, { branchTo: outer }, "leave"]);
    expect([...code]).toEqual([0, 1]);
  });

  it("to a label that does not enclose them are refused", () => {
    const message = "a branch leaves to a label that does not enclose it";
    expect(() => assemble([{ branchTo: { kind: "block" } }])).toThrow(message);
    let past: Label | undefined;
    const after = (): Exports =>
      build((builder) =>
        builder.define("run", [], "none", () => [
          block((end) => {
            past = end;
            return [];
          }),
          branch(past!),
        ]),
      );
    expect(after).toThrow(message);
  });

  it("leave blocks, begin loops anew, from any depth", () => {
    // Collatz: how many steps from x to 1, at most y.
    const collatz = ofIntegers((x, y, scope) => {
      const [n, count] = [scope.local("i32"), scope.local("i32")];
      return [
        n.set(x),
        block((done) => [
          loop((again) => [
            branchIf(done, i32.eq(n, i32.const(1))),
            when(i32.geS(count, y), [branch(done)]),
            when(
              i32.and(n, i32.const(1)),
              [n.set(i32.add(i32.mul(n, i32.const(3)), i32.const(1)))],
              [block(() => [n.set(i32.shrU(n, i32.const(1))), count.set(i32.add(count, i32.const(1))), branch(again)])],
            ),
            count.set(i32.add(count, i32.const(1))),
            branch(again),
          ]),
        ]),
        count,
      ];
    });
    expect([collatz(27, 1000), collatz(27, 10), collatz(1, 5), collatz(6, 100)]).toEqual([111, 10, 0, 8]);
  });

  it("a loop without a branch runs once; `when` without an else may do nothing", () => {
    const run = ofIntegers((x, y, scope) => {
      const sum = scope.local("i32");
      return [loop(() => [sum.set(i32.add(sum, x))]), when(y, [sum.set(i32.add(sum, i32.const(100)))]), sum];
    });
    expect([run(7, 0), run(7, 1)]).toEqual([7, 107]);
  });

  it("a counting loop counts signed, and not at all where it is past its end", () => {
    const count = ofIntegers((from, to, scope) => {
      const [i, n] = [scope.local("i32"), scope.local("i32")];
      return [countUp(i, from, to, i32.const(3), [n.set(i32.add(n, i32.const(1)))]), n];
    });
    expect([count(0, 9), count(0, 10), count(-5, 2), count(4, 4), count(5, -5)]).toEqual([3, 4, 3, 0, 0]);
  });

  it("a function gives back from within", () => {
    const run = ofIntegers((x, y) => [when(x, [giveBack(i32.const(-1))]), y]);
    expect([run(1, 5), run(0, 5)]).toEqual([-1, 5]);
  });
});

describe("functions", () => {
  it("call others, and set variables on the way", () => {
    const { run } = build((builder) => {
      const square = builder.define("square", ["i32"], "i32", (_, x) => [i32.mul(x, x)]);
      builder.define("run", ["i32"], "i32", (scope, x) => {
        const kept = scope.local("i32");
        return [i32.add(square.call(kept.tee(i32.add(x, i32.const(1)))), kept)];
      });
    });
    expect(run(4)).toBe(30);
  });

  it("have more than 127 variables, of any type, all 0 at first; modules more than 127 functions", () => {
    const { f199 } = build((builder) => {
      let last = builder.define("f0", ["i32"], "i32", (scope, x) => {
        const many = Array.from({ length: 300 }, () => scope.local("i32"));
        for (const type of ["f32", "v128", "i64", "f64"] as const) scope.local(type);
        return [
          ...many.slice(1).map((one, i) => one.set(i32.add(i === 0 ? many[0] : many[i], x))),
          many[299],
        ] as unknown as Body<"i32">;
      });
      for (let i = 1; i < 200; i++) {
        const before = last;
        last = builder.define(`f${i}`, ["i32"], "i32", (_, x) => [before.call(i32.add(x, i32.const(1)))]);
      }
    });
    expect(f199(1)).toBe(299 * 200);
  });
});

/** Four lanes, as what they may be. */
interface Lanes {
  readonly f: Float32Array;
  readonly i: Int32Array;
  readonly u: Uint32Array;
  readonly d: Float64Array;
}
const lanesOf = (buffer: ArrayBuffer, at = 0): Lanes => ({
  f: new Float32Array(buffer, at, 4),
  i: new Int32Array(buffer, at, 4),
  u: new Uint32Array(buffer, at, 4),
  d: new Float64Array(buffer, at, 2),
});

type Vector = Expression<"v128">;
type Build = (x: Vector, y: Vector, z: Vector) => Vector;
type Expected = (x: Lanes, y: Lanes, z: Lanes) => { floats?: number[]; words?: number[] };

const LANES = [0, 1, 2, 3];
const floats =
  (f: (x: number, y: number) => number): Expected =>
  (x, y) => ({ floats: LANES.map((l) => Math.fround(f(x.f[l], y.f[l]))) });
const masks =
  (f: (x: number, y: number) => boolean): Expected =>
  (x, y) => ({ words: LANES.map((l) => (f(x.f[l], y.f[l]) ? -1 : 0)) });
const words =
  (f: (x: number, y: number, z: number) => number): Expected =>
  (x, y, z) => ({ words: LANES.map((l) => f(x.i[l], y.i[l], z.i[l]) | 0) });

const evenNearest = (x: number): number => {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Object.is(Math.round(x), 0) && x < 0 ? -0 : Math.round(x);
  return low % 2 === 0 ? low : Math.ceil(x);
};

const one =
  (make: (x: Vector) => Vector): Build =>
  (x) =>
    make(x);
const two =
  (make: (x: Vector, y: Vector) => Vector): Build =>
  (x, y) =>
    make(x, y);

/** Every instruction on vectors, by what it is to give. */
const vectors: Readonly<Record<string, readonly [Build, Expected]>> = {
  "f32x4.eq": [two(f32x4.eq), masks((x, y) => x === y)],
  "f32x4.lt": [two(f32x4.lt), masks((x, y) => x < y)],
  "f32x4.le": [two(f32x4.le), masks((x, y) => x <= y)],
  "f32x4.floor": [one(f32x4.floor), floats(Math.floor)],
  "f32x4.nearest": [one(f32x4.nearest), floats(evenNearest)],
  "f32x4.abs": [one(f32x4.abs), words((x) => x & 0x7fffffff)],
  "f32x4.neg": [one(f32x4.neg), words((x) => x ^ 0x80000000)],
  "f32x4.sqrt": [one(f32x4.sqrt), floats(Math.sqrt)],
  "f32x4.add": [two(f32x4.add), floats((x, y) => x + y)],
  "f32x4.sub": [two(f32x4.sub), floats((x, y) => x - y)],
  "f32x4.mul": [two(f32x4.mul), floats((x, y) => x * y)],
  "f32x4.div": [two(f32x4.div), floats((x, y) => x / y)],
  "f32x4.min": [two(f32x4.min), floats(Math.min)],
  "f32x4.max": [two(f32x4.max), floats(Math.max)],
  "f32x4.pmin": [two(f32x4.pmin), floats((x, y) => (y < x ? y : x))],
  "f32x4.pmax": [two(f32x4.pmax), floats((x, y) => (x < y ? y : x))],
  "f32x4.convertI32x4": [one(f32x4.convertI32x4), (x) => ({ floats: [...x.i].map(Math.fround) })],
  "f32x4.demoteF64x2": [one(f32x4.demoteF64x2), (x) => ({ floats: [...x.d, 0, 0].map(Math.fround) })],
  "f64x2.nearest": [(x) => f32x4.demoteF64x2(f64x2.nearest(x)), (x) => demoted([...x.d].map(evenNearest))],
  "f64x2.promoteLow": [
    (x) => f32x4.demoteF64x2(f64x2.mul(f64x2.promoteLow(x), f64x2.promoteLow(x))),
    (x) => demoted([x.f[0] ** 2, x.f[1] ** 2]),
  ],
  "f64x2.sub": [(x, y) => f32x4.demoteF64x2(f64x2.sub(x, y)), (x, y) => demoted([0, 1].map((l) => x.d[l] - y.d[l]))],
  "f64x2.add": [(x, y) => f32x4.demoteF64x2(f64x2.add(x, y)), (x, y) => demoted([0, 1].map((l) => x.d[l] + y.d[l]))],
  "f64x2.mul": [(x, y) => f32x4.demoteF64x2(f64x2.mul(x, y)), (x, y) => demoted([0, 1].map((l) => x.d[l] * y.d[l]))],
  "f64x2.convertLowU32x4": [(x) => f32x4.demoteF64x2(f64x2.convertLowU32x4(x)), (x) => demoted([x.u[0], x.u[1]])],
  "i32x4.eq": [two(i32x4.eq), words((x, y) => (x === y ? -1 : 0))],
  "i32x4.shl": [(x) => i32x4.shl(x, i32.const(35)), words((x) => x << 3)],
  "i32x4.shrS": [(x) => i32x4.shrS(x, i32.const(9)), words((x) => x >> 9)],
  "i32x4.shrU": [(x) => i32x4.shrU(x, i32.const(9)), words((x) => x >>> 9)],
  "i32x4.add": [two(i32x4.add), words((x, y) => x + y)],
  "i32x4.sub": [two(i32x4.sub), words((x, y) => x - y)],
  "i32x4.truncateF32x4": [
    one(i32x4.truncateF32x4),
    (x) => ({ words: [...x.f].map((v) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(v))) | 0) }),
  ],
  "i64x2.multiplyLowU32x4": [
    two(i64x2.multiplyLowU32x4),
    (x, y) => ({ words: [0, 1].flatMap((l) => fullProduct(x.u[l], y.u[l])) }),
  ],
  "i64x2.multiplyHighU32x4": [
    two(i64x2.multiplyHighU32x4),
    (x, y) => ({ words: [2, 3].flatMap((l) => fullProduct(x.u[l], y.u[l])) }),
  ],
  "v128.not": [one(v128.not), words((x) => ~x)],
  "v128.and": [two(v128.and), words((x, y) => x & y)],
  "v128.andNot": [two(v128.andNot), words((x, y) => x & ~y)],
  "v128.or": [two(v128.or), words((x, y) => x | y)],
  "v128.xor": [two(v128.xor), words((x, y) => x ^ y)],
  "v128.bitselect": [v128.bitselect, words((x, y, mask) => (x & mask) | (y & ~mask))],
  "v128.shuffle": [(x, y) => v128.shuffle(x, y, [6, 0, 3, 5]), (x, y) => ({ words: [y.i[2], x.i[0], x.i[3], y.i[1]] })],
  "v128.ofFloat": [() => v128.ofFloat(0.1), () => ({ floats: LANES.map(() => Math.fround(0.1)) })],
  "v128.ofInt": [() => v128.ofInt(-129), () => ({ words: LANES.map(() => -129) })],
  "v128.of": [
    () => v128.of(Int32Array.of(7, -(2 ** 31), -1, 127, 2 ** 31 - 1).subarray(1)),
    () => ({ words: [-(2 ** 31), -1, 127, 2 ** 31 - 1] }),
  ],
  "f32x4.splat": [(x) => f32x4.splat(f32x4.extractLane(2)(x)), (x) => ({ floats: LANES.map(() => x.f[2]) })],
  "f32x4.extractLane": [(x) => f32x4.splat(f32x4.extractLane(3)(x)), (x) => ({ floats: LANES.map(() => x.f[3]) })],
  "i32x4.splat": [() => i32x4.splat(i32.const(-65)), () => ({ words: LANES.map(() => -65) })],
};

/** The lower and the upper word of the product of two words. */
function fullProduct(x: number, y: number): number[] {
  const product = BigInt(x) * BigInt(y);
  return [product, product >> 32n].map((word) => Number(BigInt.asIntN(32, word)));
}

function demoted(values: readonly number[]): { floats: number[] } {
  return { floats: [...values, 0, 0].map(Math.fround) };
}

/** Triples of vectors: troublesome numbers each beside each, then random bits, then halves and whole numbers. */
function* triples(): Generator<Lanes[]> {
  const next = fractions(5);
  for (let i = 0; i < TROUBLE.length; i++) {
    for (let j = 0; j < TROUBLE.length; j += 4) {
      const [x, y, z] = [0, 0, 0].map(() => lanesOf(new ArrayBuffer(16)));
      x.f.fill(TROUBLE[i]);
      LANES.forEach((l) => (y.f[l] = TROUBLE[(j + l) % TROUBLE.length]));
      LANES.forEach((l) => (z.i[l] = next() * 2 ** 32));
      yield [x, y, z];
      yield [y, x, z];
    }
  }
  for (let n = 0; n < 200; n++) {
    const all = [0, 0, 0].map(() => lanesOf(new ArrayBuffer(16)));
    all.forEach(({ f, i }) =>
      LANES.forEach((l) => (n % 2 === 0 ? (i[l] = next() * 2 ** 32) : (f[l] = Math.floor(next() * 40 - 20) / 2))),
    );
    yield all;
  }
}

it.each(Object.entries(vectors))("%s", (name, [make, expected]) => {
  const over = newMemory();
  const run = program(over, () => [
    v128.store(i32.const(48), make(v128.load(i32.const(0)), v128.load(i32.const(16)), v128.load(i32.const(32)))),
  ]);
  const [got, bytes] = [lanesOf(over.buffer, 48), new Int32Array(over.buffer)];
  for (const [x, y, z] of triples()) {
    [x, y, z].forEach((one, i) => bytes.set(one.i, 4 * i));
    run();
    const want = expected(x, y, z);
    const same = want.words?.every((w, l) => w === got.i[l]) ?? want.floats!.every((v, l) => Object.is(v, got.f[l]));
    if (!same) {
      const shown = [x, y, z].map(({ f, i }) => `${f.join(" ")} (${i.join(" ")})`).join(", ");
      expect.fail(`${name}(${shown}): ${got.f.join(" ")} (${got.i.join(" ")}) is not ${JSON.stringify(want)}`);
    }
  }
});

const flag = (x: boolean): number => (x ? 1 : 0);

/** Every instruction on two integers. */
const integers: Readonly<
  Record<
    string,
    readonly [(x: Expression<"i32">, y: Expression<"i32">) => Expression<"i32">, (x: number, y: number) => number]
  >
> = {
  // prettier-ignore
  "i32.eqz": [(x) => i32.eqz(x), (x) => flag(x === 0)],
  "i32.eq": [i32.eq, (x, y) => flag(x === y)],
  "i32.ne": [i32.ne, (x, y) => flag(x !== y)],
  "i32.ltS": [i32.ltS, (x, y) => flag(x < y)],
  "i32.ltU": [i32.ltU, (x, y) => flag(x >>> 0 < y >>> 0)],
  "i32.gtS": [i32.gtS, (x, y) => flag(x > y)],
  "i32.leS": [i32.leS, (x, y) => flag(x <= y)],
  "i32.geS": [i32.geS, (x, y) => flag(x >= y)],
  "i32.geU": [i32.geU, (x, y) => flag(x >>> 0 >= y >>> 0)],
  "i32.add": [i32.add, (x, y) => (x + y) | 0],
  "i32.sub": [i32.sub, (x, y) => (x - y) | 0],
  "i32.mul": [i32.mul, Math.imul],
  "i32.divU": [i32.divU, (x, y) => ((x >>> 0) / (y >>> 0)) | 0],
  "i32.remU": [i32.remU, (x, y) => ((x >>> 0) % (y >>> 0)) | 0],
  "i32.and": [i32.and, (x, y) => x & y],
  "i32.or": [i32.or, (x, y) => x | y],
  "i32.xor": [i32.xor, (x, y) => x ^ y],
  "i32.shl": [i32.shl, (x, y) => x << y],
  "i32.shrS": [i32.shrS, (x, y) => x >> y],
  "i32.shrU": [i32.shrU, (x, y) => (x >>> y) | 0],
  "i32.rotl": [i32.rotl, (x, y) => (x << y) | (y % 32 === 0 ? 0 : x >>> -y)],
  "i32.select": [(x, y) => i32.select(x, y, i32.ltS(x, y)), (x, y) => (x < y ? x : y)],
  "i32.const": [(x) => i32.xor(x, i32.const(-(2 ** 31))), (x) => x ^ -(2 ** 31)],
};

const INTEGERS = [0, 1, -1, 2, 31, 32, 33, 63, 64, 127, 128, -128, 65535, 2 ** 31 - 1, -(2 ** 31), 0x12345678];

it.each(Object.entries(integers))("%s", (name, [make, expected]) => {
  const run = ofIntegers((x, y) => [make(x, y)]);
  const divides = name === "i32.divU" || name === "i32.remU";
  for (const x of INTEGERS) {
    for (const y of INTEGERS) {
      if (divides && y === 0) expect(() => run(x, y)).toThrow(/by zero/);
      else expect([x, y, run(x, y)]).toEqual([x, y, expected(x, y)]);
    }
  }
});

it.each([63, 64, -64, -65, 127, 128, -128, -129, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)])("i32.const(%i)", (value) => {
  expect(ofIntegers(() => [i32.const(value)])(0, 0)).toBe(value);
});

/** Every instruction on two float32. */
const singles: Readonly<
  Record<
    string,
    readonly [(x: Expression<"f32">, y: Expression<"f32">) => Expression<"f32">, (x: number, y: number) => number]
  >
> = {
  // prettier-ignore
  "f32.add": [f32.add, (x, y) => x + y],
  "f32.mul": [f32.mul, (x, y) => x * y],
  "f32.min": [f32.min, Math.min],
  "f32.max": [f32.max, Math.max],
  "f32.const": [(x) => f32.add(x, f32.const(-0.1)), (x) => x + Math.fround(-0.1)],
};

it.each(Object.entries(singles))("%s", (_, [make, expected]) => {
  const { run } = build((builder) => builder.define("run", ["f32", "f32"], "f32", (_, x, y) => [make(x, y)]));
  const numbers = TROUBLE.map(Math.fround);
  for (const x of numbers) for (const y of numbers) expect(run(x, y)).toBe(Math.fround(expected(x, y)));
});

/** Every comparison of two float32. */
const comparisons: Readonly<
  Record<
    string,
    readonly [(x: Expression<"f32">, y: Expression<"f32">) => Expression<"i32">, (x: number, y: number) => boolean]
  >
> = {
  "f32.ne": [f32.ne, (x, y) => x !== y],
  "f32.lt": [f32.lt, (x, y) => x < y],
  "f32.gt": [f32.gt, (x, y) => x > y],
};

it.each(Object.entries(comparisons))("%s", (_, [make, expected]) => {
  const { run } = build((builder) => builder.define("run", ["f32", "f32"], "i32", (_, x, y) => [make(x, y)]));
  const numbers = TROUBLE.map(Math.fround);
  for (const x of numbers) for (const y of numbers) expect([x, y, run(x, y)]).toEqual([x, y, flag(expected(x, y))]);
});

/** What reads, writes, waits or has 64 bits: tested one by one below; and the relaxed ones, which fused.test.ts has. */
const ACCESSES = `
  i32.load i32.store i64.const i64.load i64.store i64.mul i64.extendI32S f32.load f32.store
  v128.load v128.load32Splat v128.store v128.storeLow64 memory.copy memory.fill memory.fence
  i32.atomicLoad i32.atomicStore i32.atomicAdd i32.atomicExchange i32.atomicCompareExchange i32.atomicWait
  i32.atomicNotify f32x4.relaxedMultiplyAdd v128.relaxedLaneselect`;

it("no instruction is without a test", () => {
  const all = Object.entries({ i32, i64, f32, f32x4, f64x2, i32x4, i64x2, v128, memory });
  const names = all.flatMap(([type, group]) => Object.keys(group).map((name) => `${type}.${name}`));
  const tested = [vectors, integers, singles, comparisons].flatMap((table) => Object.keys(table));
  const known = new Set([...tested, ...ACCESSES.split(/\s+/)]);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

describe("memory", () => {
  it("is read and written at an address and an offset, aligned or not", () => {
    for (const [at, offset] of [
      [0, 0],
      [4, 127],
      [3, 128],
      [40000, 20001],
    ]) {
      // prettier-ignore
      const over = newMemory();
      const view = new DataView(over.buffer);
      const [from, to] = [i32.const(at), i32.const(100)];
      LANES.forEach((l) => view.setFloat32(at + offset + 4 * l, l + 0.5, true));
      program(over, () => [
        i32.store(to, i32.load(from, offset), 1000),
        i64.store(to, i64.load(from, offset), 1004),
        f32.store(to, f32.load(from, offset), 1012),
        v128.store(to, v128.load(from, offset), 1016),
        v128.store(to, v128.load32Splat(from, offset), 1032),
        v128.storeLow64(to, v128.load(from, offset), 1048),
        i64.store(to, i64.const(-2), 1056),
        i64.store(to, i64.const(2 ** 31 - 1), 1064),
      ])();
      const got = Array.from({ length: 15 }, (_, i) => view.getFloat32(1100 + 4 * i, true));
      expect(got).toEqual([0.5, 0.5, 1.5, 0.5, 0.5, 1.5, 2.5, 3.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.5, got[14]]);
      expect([view.getBigInt64(1156, true), view.getBigInt64(1164, true)]).toEqual([-2n, 2n ** 31n - 1n]);
    }
  });

  it("holds products of 64 bits, of integers that keep their sign", () => {
    const over = newMemory();
    const { run } = build(
      (builder) =>
        builder.define("run", ["i32", "i32"], "none", (_, x, y) => [
          i64.store(i32.const(0), i64.mul(i64.extendI32S(x), i64.extendI32S(y))),
        ]),
      over,
    );
    for (const [x, y] of [
      [8000, 1_000_000],
      [-1, 1_000_000],
      [-(2 ** 31), -(2 ** 31)],
      [2 ** 31 - 1, -3],
    ]) {
      run(x, y);
      expect(new DataView(over.buffer).getBigInt64(0, true)).toBe(BigInt(x) * BigInt(y));
    }
  });

  it("ends where it ends", () => {
    const load = build((builder) => builder.define("run", ["i32"], "i32", (_, at) => [i32.load(at)])).run;
    expect(load(65532)).toBe(0);
    expect(() => load(65533)).toThrow(/out of bounds/);
    expect(() => load(-4)).toThrow(/out of bounds/);
  });

  it("is copied, overlaps too, and filled", () => {
    const over = newMemory();
    const bytes = new Uint8Array(over.buffer);
    for (let i = 0; i < 16; i++) bytes[i] = i + 1;
    program(over, () => [
      memory.copy(i32.const(2), i32.const(0), i32.const(8)),
      memory.fill(i32.const(12), i32.const(0x1ff), i32.const(3)),
    ])();
    expect([...bytes.subarray(0, 17)]).toEqual([1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 255, 255, 255, 16, 0]);
  });
});

describe("a shared memory", () => {
  /** The host's memory takes more than the kernels ask of it. */
  const Shared = host!.Memory as unknown as new (limits: object) => Memory;
  const shared = new Shared({ initial: 1, maximum: MOST_PAGES, shared: true });
  const builder = new ModuleBuilder({ sharedMemory: true });
  const [at, x, y] = ["i32", "i32", "i32"] as const;
  builder.define("load", [at], "i32", (_, at) => [i32.atomicLoad(at)]);
  builder.define("store", [at, x], "none", (_, at, x) => [i32.atomicStore(at, x), memory.fence()]);
  builder.define("add", [at, x], "i32", (_, at, x) => [i32.atomicAdd(at, x)]);
  builder.define("exchange", [at, x], "i32", (_, at, x) => [i32.atomicExchange(at, x)]);
  builder.define("compareExchange", [at, x, y], "i32", (_, at, x, y) => [i32.atomicCompareExchange(at, x, y)]);
  builder.define("wait", [at, x], "i32", (_, at, x) => [i32.atomicWait(at, x, i64.const(1000))]);
  builder.define("notify", [at, x], "i32", (_, at, x) => [i32.atomicNotify(at, x)]);
  const run = instantiate(builder.bytes, shared);

  it("is read, written and changed at once", () => {
    run.store(8, 41);
    expect([run.load(8), run.load(12)]).toEqual([41, 0]);
    expect([run.add(8, 2), run.load(8)]).toEqual([41, 43]);
    expect([run.exchange(8, -7), run.load(8)]).toEqual([43, -7]);
    expect([run.compareExchange(8, 5, 6), run.load(8)]).toEqual([-7, -7]);
    expect([run.compareExchange(8, -7, 6), run.load(8)]).toEqual([-7, 6]);
  });

  it("puts to sleep and wakes", () => {
    run.store(16, 1);
    expect(run.wait(16, 2)).toBe(1);
    expect(run.wait(16, 1)).toBe(2);
    expect(run.notify(16, 3)).toBe(0);
  });

  it("does not take the atomics at odd addresses, nor the place of an unshared one", () => {
    expect(() => run.load(9)).toThrow(/unaligned|aligned/);
    const unshared = new Shared({ initial: 1, maximum: MOST_PAGES });
    expect(() => instantiate(builder.bytes, unshared)).toThrow(/shared/);
  });
});

describe("what the runtime can do", () => {
  it("is said alike every time, and fits", () => {
    expect(hasSimd()).toBe(true);
    expect(hasSimd()).toBe(hasSimd());
    expect(hasRelaxedSimd()).toBe(hasRelaxedSimd());
    expect(["separate", "fused"]).toContain(multiplyAddClass());
    if (!hasRelaxedSimd()) expect(multiplyAddClass()).toBe("separate");
    expect(keepsProgramOrder()).toBe(Number(process.versions.node.split(".")[0]) >= 24);
  });

  it("a flag that another file sets is not seen here", () => {
    if (Number(process.versions.node.split(".")[0]) < 22) expect(hasRelaxedSimd()).toBe(false);
  });
});
