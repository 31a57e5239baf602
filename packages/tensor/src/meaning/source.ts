// The interpretation as source text: a meaning becomes straight-line JavaScript, which the host compiles once.

import { type Arithmetic, type Meaning } from "./arithmetic.js";
import { nearest, type Precision } from "./evaluate.js";

/** A straight-line program: statements that define names, the name of the result, and the functions it calls. */
export interface Source {
  readonly statements: readonly string[];
  readonly result: string;
  /** Double references that the statements call as `call[i]`. */
  readonly calls: readonly ((...x: number[]) => number)[];
}

/**
 * Writes the program of a meaning over the given argument names. Statements may use `float` and `word`, one-element
 * Float32Array and Int32Array over the same four bytes, `nearest`, and `call`.
 * Every float32 step is wrapped in Math.fround: the double result of + - * / sqrt on float32 operands, rounded once
 * more, equals the hardware's float32 result (Figueroa, When is double rounding innocuous?, 1995).
 */
export function writeSource(meaning: Meaning, names: readonly string[], precision: Precision): Source {
  const statements: string[] = [];
  const calls: ((...x: number[]) => number)[] = [];
  const name = (expression: string): string => {
    const fresh = `v${statements.length}`;
    statements.push(`const ${fresh} = ${expression};`);
    return fresh;
  };
  const rounded = (expression: string): string =>
    name(precision === "float32" ? `Math.fround(${expression})` : expression);
  const literal = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
  const s: Arithmetic<string, string, string> = {
    float: (x) => `(${literal(precision === "float32" ? Math.fround(x) : x)})`,
    add: (x, y) => rounded(`${x} + ${y}`),
    sub: (x, y) => rounded(`${x} - ${y}`),
    mul: (x, y) => rounded(`${x} * ${y}`),
    div: (x, y) => rounded(`${x} / ${y}`),
    neg: (x) => name(`-${x}`),
    abs: (x) => name(`Math.abs(${x})`),
    sqrt: (x) => rounded(`Math.sqrt(${x})`),
    floor: (x) => name(`Math.floor(${x})`),
    nearest: (x) => name(`nearest(${x})`),
    min: (x, y) => name(`Math.min(${x}, ${y})`),
    max: (x, y) => name(`Math.max(${x}, ${y})`),
    pmin: (x, y) => name(`${y} < ${x} ? ${y} : ${x}`),
    pmax: (x, y) => name(`${x} < ${y} ? ${y} : ${x}`),
    lt: (x, y) => name(`${x} < ${y}`),
    le: (x, y) => name(`${x} <= ${y}`),
    eq: (x, y) => name(`${x} === ${y}`),
    and: (p, q) => name(`${p} && ${q}`),
    not: (p) => name(`!${p}`),
    select: (p, yes, no) => name(`${p} ? ${yes} : ${no}`),
    int: (x) => `(${x | 0})`,
    addInt: (x, y) => name(`(${x} + ${y}) | 0`),
    subInt: (x, y) => name(`(${x} - ${y}) | 0`),
    andInt: (x, y) => name(`${x} & ${y}`),
    orInt: (x, y) => name(`${x} | ${y}`),
    shiftLeft: (x, by) => name(`${x} << ${by}`),
    shiftRight: (x, by) => name(`${x} >> ${by}`),
    eqInt: (x, y) => name(`${x} === ${y}`),
    bits: (x) => name(`(float[0] = ${x}, word[0])`),
    fromBits: (x) => name(`(word[0] = ${x}, float[0])`),
    toInt: (x) => name(`${x} | 0`),
    toFloat: (x) => rounded(x),
    divideWhole: (x, { high, low, reciprocal }) => {
      const quotient = name(`nearest(${x} * ${reciprocal})`);
      return { quotient: rounded(quotient), rest: rounded(`${x} - ${quotient} * ${high} - ${quotient} * ${low}`) };
    },
    apply: (inner, ...x) => {
      if (precision === "float32" || !inner.double) return inner.define(s, ...x);
      calls.push(inner.double);
      return name(`call[${calls.length - 1}](${x.join(", ")})`);
    },
  };
  const result = s.apply(meaning, ...names);
  return { statements, result, calls };
}

/** What the text of a program needs from outside, by name. */
export function sourceScope(source: Source): Record<string, unknown> {
  const float = new Float32Array(1);
  return { float, word: new Int32Array(float.buffer), nearest, call: source.calls };
}
