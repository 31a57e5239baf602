// The two kernels of a meaning, compiled text and direct interpretation: one result, to the bit.

import { describe, expect, it } from "vitest";
import { compiledKernel, interpretedKernel, kernelOf } from "../src/elementwise/kernel.js";
import { meaning } from "../src/index.js";
import { writeSource } from "../src/meaning/source.js";
import { firstDifference, fractions, TROUBLE } from "./support.js";

const meanings = Object.values(meaning).filter((value) => typeof value === "object");

/** Columns of inputs: all combinations of troublesome numbers, then random bits, then ordinary numbers. */
function inputs(arity: number, dtype: "float32" | "float64"): (Float32Array | Float64Array)[] {
  const next = fractions(arity);
  const word = new Uint32Array(2);
  const bits = dtype === "float32" ? new Float32Array(word.buffer) : new Float64Array(word.buffer);
  const random = (): number => {
    word[0] = next() * 2 ** 32;
    word[1] = next() * 2 ** 32;
    return bits[0];
  };
  const rows: number[][] = [];
  for (let i = 0; i < (arity > 1 ? TROUBLE.length ** 2 : TROUBLE.length); i++) {
    rows.push([
      TROUBLE[i % TROUBLE.length],
      TROUBLE[Math.floor(i / TROUBLE.length) % TROUBLE.length],
      TROUBLE[(7 * i) % TROUBLE.length],
    ]);
  }
  for (let i = 0; i < 1000; i++) rows.push([random(), random(), random()]);
  for (let i = 0; i < 1000; i++) rows.push([16 * next() - 8, 16 * next() - 8, 16 * next() - 8]);
  const columns = Array.from({ length: arity }, (_, k) => rows.map((row) => row[k]));
  return columns.map((column) => (dtype === "float32" ? Float32Array.from(column) : Float64Array.from(column)));
}

describe.each(["float32", "float64"] as const)("kernels in %s", (precision) => {
  it.each(meanings)("$name", (definition) => {
    const columns = inputs(definition.arity, precision);
    const count = columns[0].length;
    const Kind = precision === "float32" ? Float32Array : Float64Array;
    const run = (kernel: ReturnType<typeof kernelOf>): Float32Array | Float64Array => {
      const out = new Kind(count);
      kernel(
        count,
        out,
        0,
        columns,
        columns.map(() => 0),
        columns.map(() => 1),
      );
      return out;
    };
    const compiled = run(compiledKernel(definition, precision));
    const interpreted = run(interpretedKernel(definition, precision));
    const at = firstDifference(compiled, interpreted);
    if (at >= 0) {
      const where = columns.map((column) => column[at]).join(", ");
      expect.fail(`${definition.name}(${where}): compiled ${compiled[at]}, interpreted ${interpreted[at]}`);
    }
  });
});

describe("a kernel", () => {
  it("of float32 calls nothing but what IEEE 754 defines to the bit", () => {
    for (const definition of meanings) {
      const names = Array.from({ length: definition.arity }, (_, i) => `x${i}`);
      const { statements, calls } = writeSource(definition, names, "float32");
      expect(calls).toEqual([]);
      const called = statements.flatMap((statement) => statement.match(/\w+(?:\.\w+)?(?=\()/g) ?? []);
      const exact = ["Math.fround", "Math.sqrt", "Math.abs", "Math.floor", "Math.min", "Math.max", "nearest"];
      expect(called.filter((name) => !exact.includes(name))).toEqual([]);
    }
  });

  it("starts and steps where it is told, backwards and not at all too", () => {
    const [x, y] = [Float32Array.of(1, 2, 3, 4, 5), Float32Array.of(10, 20)];
    for (const kernel of [compiledKernel(meaning.add, "float32"), interpretedKernel(meaning.add, "float32")]) {
      const out = new Float32Array(5).fill(-1);
      kernel(3, out, 1, [x, y], [4, 1], [-2, 0]);
      expect([...out]).toEqual([-1, 25, 23, 21, -1]);
      kernel(0, out, 0, [x, y], [0, 0], [1, 1]);
      expect(out[0]).toBe(-1);
    }
  });

  it("is made once for a meaning and a precision", () => {
    expect(kernelOf(meaning.exp, "float32")).toBe(kernelOf(meaning.exp, "float32"));
    expect(kernelOf(meaning.exp, "float32")).not.toBe(kernelOf(meaning.exp, "float64"));
  });
});
