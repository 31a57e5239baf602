// The special functions against double references: ulps over every exponent, neighbourhoods, special values, laws.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../src/meaning/evaluate.js";
import * as meanings from "../src/meaning/index.js";
import { type Meaning } from "../src/meaning/index.js";
import { sourceScope, writeSource } from "../src/meaning/source.js";

const all = Object.values(meanings).filter((value): value is Meaning => typeof value === "object");
const named = (name: string): Meaning => all.find((meaning) => meaning.name === name)!;

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);
const fromBits = (bits: number): number => {
  word[0] = bits;
  return float[0]!;
};

/** The float32 program of a meaning, compiled by the host. */
function compile(meaning: Meaning): (...x: number[]) => number {
  const names = Array.from({ length: meaning.arity }, (_, i) => `x${i}`);
  const source = writeSource(meaning, names, "float32");
  const scope = sourceScope(source);
  const body = `return (${names.join(", ")}) => { ${source.statements.join("\n")} return ${source.result}; };`;
  return new Function(...Object.keys(scope), body)(...Object.values(scope)) as (...x: number[]) => number;
}

/** The spacing of float32 numbers at y; 2^-149 among the subnormals. */
function ulp(y: number): number {
  float[0] = Math.abs(y);
  let exponent = Math.max(Math.min((word[0]! >> 23) & 255, 254), 1) - 127;
  // y may have been rounded up to a power of two.
  if (exponent > -126 && 2 ** exponent > Math.abs(y)) exponent--;
  return 2 ** (exponent - 23);
}

/** |got - want| in ulps of `want`. An overflow counts as 2^128; what rounds to `got` is within half an ulp. */
function error(got: number, want: number): number {
  if (Number.isNaN(want) || Number.isNaN(got)) return Object.is(got, want) ? 0 : Infinity;
  if (got === want || (Math.fround(want) === got && !Number.isFinite(got))) return 0;
  const finite = (y: number): number => Math.max(-(2 ** 128), Math.min(2 ** 128, y));
  return Math.abs(finite(got) - finite(want)) / ulp(want);
}

/** A fixed stream of 23-bit fractions. */
function* fractions(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    yield state >>> 9;
  }
}

/** `perBinade` float32 numbers of every exponent and both signs: the ends of the binade, and between them at random. */
function everyBinade(perBinade: number, seed = 1): Float32Array {
  const bits = new Int32Array(2 * 255 * perBinade);
  const random = fractions(seed);
  let at = 0;
  for (let exponent = 0; exponent < 255; exponent++) {
    for (let i = 0; i < perBinade; i++) {
      const fraction = i === 0 ? 0 : i === 1 ? 0x7fffff : random.next().value;
      bits[at++] = (exponent << 23) | fraction;
      bits[at++] = (exponent << 23) | fraction | -0x80000000;
    }
  }
  return new Float32Array(bits.buffer);
}

interface Row {
  readonly meaning: Meaning;
  /** The bound in ulps. */
  readonly within: number;
  /** The bound is for |x| up to this. */
  readonly upTo?: number;
}

const rows: readonly Row[] = [
  { meaning: meanings.exp, within: 1 },
  { meaning: meanings.expm1, within: 1.5 },
  { meaning: meanings.expm1mx, within: 2 },
  { meaning: meanings.log, within: 1 },
  { meaning: meanings.log1p, within: 1.5 },
  { meaning: meanings.log1mExp, within: 2 },
  { meaning: meanings.tanh, within: 1.5 },
  { meaning: meanings.sigmoid, within: 2 },
  { meaning: meanings.softplus, within: 2 },
  { meaning: meanings.logSigmoid, within: 2 },
  { meaning: meanings.silu, within: 2.5 },
  { meaning: meanings.geluTanh, within: 2.5 },
  { meaning: meanings.erf, within: 1.75 },
  { meaning: meanings.erfc, within: 4 },
  { meaning: meanings.gelu, within: 4 },
  { meaning: meanings.sinTurns, within: 1.75 },
  { meaning: meanings.cosTurns, within: 1.75 },
  { meaning: meanings.sin, within: 1.5, upTo: 2 ** 24 },
  { meaning: meanings.cos, within: 1.5, upTo: 2 ** 24 },
];

interface Worst {
  ulps: number;
  at: number;
}

function worst(f: (x: number) => number, double: (x: number) => number, xs: Iterable<number>): Worst {
  let found: Worst = { ulps: 0, at: NaN };
  for (const x of xs) {
    const ulps = error(f(x), double(x));
    if (!(ulps <= found.ulps)) found = { ulps, at: x };
  }
  return found;
}

const table = (lines: readonly { name: string; within: number; worst: Worst }[]): string =>
  lines
    .map(({ name, within, worst: { ulps, at } }) => {
      const verdict = ulps <= within ? "" : "  <-- too far";
      return `${name.padEnd(12)} ${ulps.toFixed(3).padStart(10)} of ${within} ulp, at ${at}${verdict}`;
    })
    .join("\n");

describe("unary special functions", () => {
  it("keep their bounds in ulps over every exponent, subnormals included", () => {
    const xs = everyBinade(300);
    const lines = rows.map(({ meaning, within, upTo }) => {
      const range = upTo === undefined ? xs : xs.filter((x) => Math.abs(x) <= upTo);
      return { name: meaning.name, within, worst: worst(compile(meaning), meaning.double!, range) };
    });
    if (process.env["ELBO_ULPS"]) console.log(table(lines));
    expect(
      lines.every((line) => line.worst.ulps <= line.within),
      `\n${table(lines)}\n`,
    ).toBe(true);
  });

  it("keep their bounds where the work is: densely from 2^-14 to 2^7", () => {
    const random = fractions(7);
    const xs = new Float32Array(40_000).map((_, i) =>
      fromBits(((113 + (i % 21)) << 23) | random.next().value | (i & 32 ? -0x80000000 : 0)),
    );
    const lines = rows.map(({ meaning, within }) => ({
      name: meaning.name,
      within,
      worst: worst(compile(meaning), meaning.double!, xs),
    }));
    expect(
      lines.every((line) => line.worst.ulps <= line.within),
      `\n${table(lines)}\n`,
    ).toBe(true);
  });

  it.each([
    ["log", 1 - 1e-5],
    ["log", 1 + 1e-5],
    ["log1p", -1e-5],
    ["erf", 1e-5],
    ["tanh", 1e-4],
    ["expm1", 1e-6],
    ["expm1mx", 1e-4],
    ["softplus", 100],
    ["softplus", -100],
    ["softplus", -20],
    ["sigmoid", 100],
    ["sigmoid", -100],
    ["silu", -100],
    ["gelu", -12],
    ["erfc", 10],
    ["log1mExp", -1e-30],
    ["log1mExp", -100],
    ["log1mExp", -Math.LN2],
  ] as const)("%s is right at %d", (name, x) => {
    const meaning = named(name);
    const at = Math.fround(x);
    expect(error(evaluate(meaning, [at]), meaning.double!(at))).toBeLessThanOrEqual(2);
  });

  it("sin and cos keep their bound next to their roots, at the floats nearest to multiples of pi / 2", () => {
    const xs = Array.from({ length: 20_000 }, (_, i) => Math.fround((i < 2000 ? i : i * 533) * (Math.PI / 2)));
    for (const meaning of [meanings.sin, meanings.cos]) {
      expect(worst(compile(meaning), meaning.double!, xs).ulps).toBeLessThanOrEqual(1.5);
    }
  });

  it("sines and cosines stay in [-1, 1] for every finite argument", () => {
    for (const f of [meanings.sin, meanings.cos, meanings.sinTurns, meanings.cosTurns].map(compile)) {
      for (const x of everyBinade(50, 2)) if (!(Math.abs(f(x)) <= 1)) expect.fail(`at ${x}`);
    }
  });

  it("sinTurns and cosTurns are exact at quarters of a turn", () => {
    for (let quarter = -9; quarter <= 9; quarter++) {
      const [sine, cosine] = [meanings.sinTurns, meanings.cosTurns].map((f) => evaluate(f, [quarter / 4]));
      expect([sine! + 0, cosine! + 0]).toEqual([[0, 1, 0, -1][quarter & 3], [1, 0, -1, 0][quarter & 3]]);
    }
  });

  it("odd functions are odd and even functions even, to the bit", () => {
    const xs = everyBinade(60, 3);
    for (const f of [meanings.erf, meanings.tanh, meanings.sin, meanings.sinTurns].map(compile)) {
      for (const x of xs) if (!Object.is(f(-x), -f(x))) expect.fail(`not odd at ${x}`);
    }
    for (const f of [meanings.cos, meanings.cosTurns].map(compile)) {
      for (const x of xs) if (!Object.is(f(-x), f(x))) expect.fail(`not even at ${x}`);
    }
  });

  it("expm1mx is never negative", () => {
    const f = compile(meanings.expm1mx);
    for (const x of everyBinade(100, 4)) if (!(f(x) >= 0)) expect.fail(`negative at ${x}`);
  });
});

const [inf, nan] = [Infinity, NaN];

describe("special values", () => {
  // Each row: the values at -Infinity, -0, 0, Infinity. All are NaN at NaN.
  it.each([
    ["exp", 0, 1, 1, inf],
    ["expm1", -1, -0, 0, inf],
    ["expm1mx", inf, 0, 0, inf],
    ["log", nan, -inf, -inf, inf],
    ["log1p", nan, -0, 0, inf],
    ["log1mExp", 0, -inf, -inf, nan],
    ["tanh", -1, -0, 0, 1],
    ["sigmoid", 0, 0.5, 0.5, 1],
    ["softplus", 0, Math.fround(Math.LN2), Math.fround(Math.LN2), inf],
    ["logSigmoid", -inf, -Math.fround(Math.LN2), -Math.fround(Math.LN2), -0],
    ["silu", -0, -0, 0, inf],
    ["relu", 0, 0, 0, inf],
    ["erf", -1, -0, 0, 1],
    ["erfc", 2, 1, 1, 0],
    ["gelu", -0, -0, 0, inf],
    ["geluTanh", -0, -0, 0, inf],
    ["sinTurns", nan, -0, 0, nan],
    ["cosTurns", nan, 1, 1, nan],
    ["sin", nan, -0, 0, nan],
    ["cos", nan, 1, 1, nan],
  ] as const)("%s", (name, ...values) => {
    const got = [-inf, -0, 0, inf, nan].map((x) => evaluate(named(name), [x]));
    expect(got).toEqual([...values, nan]);
  });

  it.each([
    ["exp", 88.8, inf],
    ["exp", -104, 0],
    ["exp", -103.5, 2 ** -149],
    ["log", -1, nan],
    ["log1p", -1, -inf],
    ["log1p", -1.5, nan],
    ["log1mExp", 1e-30, nan],
    ["relu", -3, 0],
    ["sigmoid", 1e4, 1],
    ["softplus", 1e4, 1e4],
    ["logSigmoid", -1e4, -1e4],
  ] as const)("%s at %d", (name, x, value) => {
    expect(evaluate(named(name), [x])).toBe(value);
  });

  it("leakyRelu and elu bend at 0 only", () => {
    expect([-2, -0, 0, 3, nan].map((x) => evaluate(meanings.leakyRelu, [x, 0.25]))).toEqual([-0.5, -0, 0, 3, nan]);
    expect([-inf, -0, 0, 3, nan].map((x) => evaluate(meanings.elu, [x, 2]))).toEqual([-2, -0, 0, 3, nan]);
    for (const x of everyBinade(20, 5)) {
      const want = x < 0 ? 1.5 * Math.expm1(x) : x;
      if (!(error(evaluate(meanings.elu, [x, 1.5]), want) <= 3)) expect.fail(`elu(${x}, 1.5)`);
    }
  });

  it("logAddExp of infinities", () => {
    const of = (x: number, y: number): number => evaluate(meanings.logAddExp, [x, y]);
    expect([of(-inf, -inf), of(inf, inf), of(inf, -inf), of(-inf, 3), of(3, inf), of(nan, 0), of(0, nan)]).toEqual([
      -inf,
      inf,
      inf,
      3,
      inf,
      nan,
      nan,
    ]);
  });
});

describe("logAddExp", () => {
  it("is within half an ulp of the result plus 2.3 * 2^-24", () => {
    // max is exact; log1p(e^-d) <= ln 2 is within 2 ulps of at most 2^-24; rounding d = |x - y| changes it by
    // 2^-24 d e^-d / (1 + e^-d) <= 0.28 * 2^-24; the sum is rounded once. Its root (e^x + e^y = 1) needs no exception.
    const random = fractions(11);
    const f = compile(meanings.logAddExp);
    for (let i = 0; i < 50_000; i++) {
      const spread = 2 ** ((i % 12) - 4);
      const [x, y] = [0, 0].map(() => Math.fround((random.next().value / 2 ** 22 - 1) * spread)) as [number, number];
      const want = meanings.logAddExp.double!(x, y);
      if (!(Math.abs(f(x, y) - want) <= 0.5 * ulp(want) + 2.3 * 2 ** -24)) expect.fail(`logAddExp(${x}, ${y})`);
    }
  });
});

describe("pow", () => {
  const pow = (x: number, y: number): number => evaluate(meanings.pow, [x, y]);

  it.each([2, 3, 0.5, -1, -0.5, 1, 1 / 3])("x^%d is within 1.25 ulp", (exponent) => {
    const y = Math.fround(exponent);
    const f = compile(meanings.pow);
    const found = worst(
      (x) => f(x, y),
      (x) => meanings.pow.double!(x, y),
      everyBinade(40, 6),
    );
    expect(found.ulps, `at ${found.at}`).toBeLessThanOrEqual(1.25);
  });

  it("is within 1.25 ulp wherever the result is in range, subnormal results included", () => {
    const random = fractions(13);
    const f = compile(meanings.pow);
    let found = { ulps: 0, at: "" };
    for (const x of everyBinade(150, 8)) {
      if (x <= 0) continue;
      const y = Math.fround(((random.next().value / 2 ** 23) * 279 - 150) / Math.log2(x));
      const ulps = error(f(x, y), meanings.pow.double!(x, y));
      if (!(ulps <= found.ulps)) found = { ulps, at: `pow(${x}, ${y})` };
    }
    if (process.env["ELBO_ULPS"]) console.log(`pow ${found.ulps.toFixed(3)} ulp at ${found.at}`);
    expect(found.ulps, found.at).toBeLessThanOrEqual(1.25);
  });

  it("treats zeros, infinities, NaN and negative bases as C99's powf (annex F.9.4.4)", () => {
    const cases: readonly [number, number, number][] = [
      [0, -1, inf],
      [-0, -1, -inf],
      [0, -2, inf],
      [-0, -2, inf],
      [-0, -0.5, inf],
      [0, -inf, inf],
      [-0, -inf, inf],
      [0, 3, 0],
      [-0, 3, -0],
      [-0, 2, 0],
      [-0, 0.5, 0],
      [0, 1e-45, 0],
      [0, inf, 0],
      [-1, inf, 1],
      [-1, -inf, 1],
      [1, nan, 1],
      [1, inf, 1],
      [1, -3.7, 1],
      [nan, 0, 1],
      [nan, -0, 1],
      [inf, 0, 1],
      [0, 0, 1],
      [-5, -0, 1],
      [-2, 3, -8],
      [-2, 2, 4],
      [-2, 0.5, nan],
      [-2, -3, -0.125],
      [-1, 2 ** 24 - 1, -1],
      [-1, 2 ** 24, 1],
      [0.5, -inf, inf],
      [2, -inf, 0],
      [-0.5, inf, 0],
      [-2, inf, inf],
      [-inf, -1, -0],
      [-inf, -2, 0],
      [-inf, 3, -inf],
      [-inf, 2, inf],
      [-inf, 0.5, inf],
      [-inf, -0.5, 0],
      [inf, -1, 0],
      [inf, 0.5, inf],
      [inf, -inf, 0],
      [nan, 1, nan],
      [2, nan, nan],
      [-2, nan, nan],
      [2, 127, 2 ** 127],
      [2, 128, inf],
      [2, -149, 2 ** -149],
      [2, -151, 0],
      [2, 1e30, inf],
      [0.5, 3e38, 0],
      [-2, 129, -inf],
      [1 + 2 ** -23, 3e38, inf],
      [1 - 2 ** -24, 3e38, 0],
      [3, 1e-45, 1],
    ];
    for (const [x, y, want] of cases) {
      expect({ x, y, value: pow(x, y) }).toEqual({ x, y, value: want });
      expect({ x, y, double: Math.fround(meanings.pow.double!(x, y)) }).toEqual({ x, y, double: want });
    }
  });
});

describe("the two float32 interpretations", () => {
  it.each(all.map((meaning) => [meaning.name, meaning] as const))(
    "%s: source text and evaluate agree to the bit",
    (_, meaning) => {
      const f = compile(meaning);
      const patterns = fc.array(fc.integer(), { minLength: meaning.arity, maxLength: meaning.arity });
      fc.assert(
        fc.property(patterns, (bits) => {
          const x = bits.map(fromBits);
          return Object.is(f(...x), evaluate(meaning, x));
        }),
        { numRuns: 300 },
      );
    },
  );
});
