// Symbolic values: what is asked of them is written down, what cannot be known yet is refused with the caller's line.

import { add as addTensors, permutation, tensor } from "@elbo/tensor";
import { describe, expect, it, test } from "vitest";
import {
  concrete,
  ConcreteReadError,
  customVjp,
  exp,
  grad,
  hessian,
  isSymbolic,
  isTraced,
  mean,
  mul,
  sin,
  square,
  sum,
  Symbolic,
  SymbolicKey,
  Traced,
  transpose,
  userLine,
  type Value,
  vjp,
} from "../src/index.js";
import { expectSameBits } from "./support/compare.js";
import { everyOp, reals } from "./support/sample.js";
import { Tape } from "./support/tape.js";

const loose = <T>(value: unknown): T => value as T;
const matrix = tensor([
  [0.5, -1, 2],
  [3, 0.25, -2],
]);

/** An operation's result of shape [2, 3], not computed yet. */
const symbolic = (): Symbolic => loose<Symbolic>(sin(new Tape().input(matrix)));

/** What the call throws. */
function refusal(f: () => unknown): Error {
  try {
    f();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

const reads: [what: string, read: (x: Value) => unknown][] = [
  ["data", (x) => x.data],
  ["toArray()", (x) => x.toArray()],
  ["item()", (x) => x.item()],
];
const operators: [what: string, read: (x: number) => unknown][] = [
  ["+", (x) => x + 1],
  ["*", (x) => 2 * x],
  ["unary minus", (x) => -x],
  ["<", (x) => (x < 0 ? 1 : 2)],
  ["==", (x) => Number(x) === 0],
  ["Math.exp", (x) => Math.exp(x)],
];

describe("a number that is not computed yet", () => {
  test.each(reads)("%s says what was read, of what, where, and what to do", (what, read) => {
    const error = refusal(() => read(symbolic()));
    expect(error).toBeInstanceOf(ConcreteReadError);
    expect(error).toMatchObject({ name: "ConcreteReadError", code: "SYMBOLIC", op: "sin", shapes: [[2, 3]] });
    expect(error.message).toMatch(
      /^sin: \S+ reads numbers that are not computed yet, of sin \[2, 3\] inside of compile \(symbolic\.test\.ts:\d+:\d+\); return the value/,
    );
    expect(error.message).toContain(` ${what} reads`);
  });

  test.each(operators)("JavaScript's %s is refused", (_, read) => {
    const error = refusal(() => read(loose<number>(symbolic())));
    expect(error).toBeInstanceOf(ConcreteReadError);
    expect(error.message).toMatch(/^sin: an operator of JavaScript reads .* \(symbolic\.test\.ts:\d+:\d+\); .*where\(/);
  });

  test.each(reads)("%s is refused through a value under differentiation too", (what, read) => {
    const f = (x: Value): Value => mul(x, Number(read(x)));
    const error = refusal(() => grad((x: Value) => sum(f(x)))(symbolic()));
    expect(error).toBeInstanceOf(ConcreteReadError);
    expect(error.message).toContain(` ${what} reads`);
  });

  it("names the line of the caller, not one of the engine", () => {
    const [here, error] = [userLine(new Error().stack!), refusal(() => concrete(symbolic()))];
    expect(here).toMatch(/^symbolic\.test\.ts:\d+:\d+$/);
    expect(error.message).toContain(`(${here.split(":").slice(0, 2).join(":")}:`);
  });

  it("finds no line where the stack has none of the caller's", () => {
    const engine = "    at apply (file:///x/node_modules/@elbo/autograd/dist/core/apply.js:9:3)";
    expect(userLine(`Error\n${engine}`)).toBe("");
    expect(userLine(`Error\n${engine}\n    at step (file:///x/model.ts:12:5)\n    at run (/x/main.ts:1:1)`)).toBe(
      "model.ts:12:5",
    );
    expect(userLine("")).toBe("");
  });

  it("can be looked at: shape, size, text", () => {
    const x = symbolic();
    expect([x.shape, x.ndim, x.size, x.dtype]).toEqual([[2, 3], 2, 6, "float32"]);
    expect(`${x}`).toBe("Symbolic(sin) float32 [2, 3]");
    grad((v: Value) => {
      expect(`${v}`).toBe("Traced(input) Symbolic(sin) float32 [2, 3]");
      return sum(v);
    })(x);
  });

  it("tells the functions of @elbo/tensor apart from those of this package", () => {
    expect(() => addTensors(loose<number>(symbolic()), 1)).toThrow(
      'add: got a value that is being compiled; import { add } from "@elbo/autograd" instead of "@elbo/tensor"',
    );
    const key = new SymbolicKey(new Tape().input(tensor([1, 2], { dtype: "int32" })));
    expect(() => permutation(key, 3)).toThrow(/a key reads .* \(symbolic\.test\.ts:.*from "@elbo\/autograd" instead/);
  });
});

describe("operations", () => {
  it("are written down once each, and nothing is computed", () => {
    const tape = new Tape();
    const y = mean(square(tape.input(matrix)), { axis: 0 });
    expect(isSymbolic(y)).toBe(true);
    expect(tape.steps.map(({ op }) => op).slice(0, 3)).toEqual(["input", "square", "sum"]);
    expect(tape.play(y).toArray()).toEqual(concrete(mean(square(matrix), { axis: 0 })).toArray());
  });

  it("are methods too, the same that values under differentiation have", () => {
    const methods = Object.keys(Object.getOwnPropertyDescriptors(Traced.prototype));
    expect(methods).toEqual(expect.arrayContaining(["T", "add", "matmul", "sum"]));
    expect(methods.filter((name) => !(name in symbolic()))).toEqual([]);

    const tape = new Tape();
    const chained = (v: Value): Value => v.square().exp().mul(3).T.mean({ axis: 0 }).sum();
    const called = (v: Value): Value => sum(mean(transpose(mul(exp(square(v)), 3)), { axis: 0 }));
    expectSameBits(tape.play(chained(tape.input(matrix))), called(matrix));
    const [first, second] = tape.input(matrix);
    expectSameBits(tape.play(mul(first, second)), mul(matrix.slice([0]), matrix.slice([1])));
  });
});

describe("what differentiation writes down is what it computes, to the bit", () => {
  everyOp(6, ({ f, floats }, gen) => {
    const w = reals(gen, f(...floats).shape);
    const [y, pullback] = vjp(f, ...floats);
    const tape = new Tape();
    const [written, pullbackWritten] = vjp(f, ...floats.map((x) => tape.input(x)));
    expect(isTraced(written)).toBe(false);
    expectSameBits(tape.play(written), y, "value");
    const want = pullback(w);
    pullbackWritten(w).forEach((gradient, i) => expectSameBits(tape.play(gradient), want[i], `gradient ${i}`));
  });

  it("of second derivatives, too", () => {
    const f = (x: Value): Value => sum(mul(sin(x), square(x)));
    const tape = new Tape();
    const x = tensor([0.5, -1]);
    const written = hessian(f)(tape.input(x));
    expect(isSymbolic(written)).toBe(true);
    expectSameBits(tape.play(written), hessian(f)(x));
  });
});

describe("customVjp", () => {
  it("refuses a symbolic value from outside, as it refuses a traced one", () => {
    const x = symbolic();
    const f = customVjp(
      (y) => mul(x, y),
      (g) => [g],
    );
    expect(() => f(2)).toThrow("customVjp: the function computes with a value that is being compiled from outside");
  });
});
