// One program of public operations has the same bits with WebAssembly, without it, and where a page forbids it.

import { afterEach, describe, expect, it, vi } from "vitest";
import * as withSimd from "../src/index.js";
import { host } from "../src/wasm/host.js";
import { firstDifference, TROUBLE, wildNumbers } from "./support.js";

type Engine = typeof withSimd;

const numbers = (count: number, seed: number): Float32Array =>
  wildNumbers(seed, count, 4).map((x, i) => (i % 97 === seed ? TROUBLE[i % TROUBLE.length] : x));

/** Results by name: operations of all arities, reductions and distributions, small and large, in several layouts. */
function program(t: Engine): Record<string, ArrayLike<number>> {
  const results: Record<string, ArrayLike<number>> = {};
  for (const [rows, columns] of [
    [3, 5],
    [40, 31],
    [129, 65],
    [3, 4100],
  ]) {
    // prettier-ignore
    const x = t.fromTypedArray(numbers(rows * columns, 5), [rows, columns]);
    const y = t.transpose(t.fromTypedArray(numbers(rows * columns, 6), [columns, rows]));
    const row = t.fromTypedArray(numbers(columns, 7));
    const at = (name: string): string => `${name} of [${rows}, ${columns}]`;
    const operands = {
      dense: [x, x, x],
      "with a row": [x, row, 0.5],
      turned: [y, x, row],
      backwards: [t.flip(x), y, x],
    };
    for (const [layout, list] of Object.entries(operands)) {
      for (const name of ["neg", "exp", "gelu", "sin", "add", "pow", "logAddExp", "clamp"] as const) {
        const definition = t.meaning[name];
        results[at(`${name} ${layout}`)] = t.map(definition, ...list.slice(0, definition.arity)).data;
      }
    }
    for (const axis of [undefined, 0, 1]) {
      for (const name of ["sum", "mean", "max", "min", "variance", "logSumExp"] as const) {
        for (const [layout, of] of Object.entries({ dense: x, turned: y, backwards: t.flip(x) })) {
          results[at(`${name} ${layout} along ${axis}`)] = t[name](of, { axis }).data;
        }
      }
      results[at(`softmax along ${axis}`)] = t.softmax(x, { axis: axis ?? [0, 1] }).data;
    }
  }
  for (const count of [7, 64, 8195]) {
    const key = t.foldIn(t.key(42), count);
    results[`words ${count}`] = t.randomBits(key, count);
    results[`uniform ${count}`] = t.uniform(key, [count]).data;
    results[`uniform in a range ${count}`] = t.uniform(key, [count], { low: -0.1, high: 0.1 }).data;
    results[`normal ${count}`] = t.normal(key, [count]).data;
    results[`bernoulli ${count}`] = t.bernoulli(key, 0.3, [count]).data;
    results[`randomInt ${count}`] = t.randomInt(key, [count], { high: 1000 }).data;
    results[`permutation ${count}`] = t.permutation(key, count).data;
  }
  return results;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe("the bits are the same", () => {
  const want = program(withSimd);
  const forbidden = Object.assign(Object.create(host!), {
    Module: function refuse() {
      throw new Error("Refused to compile or instantiate WebAssembly module");
    },
  });

  it.each([
    ["there is no WebAssembly", undefined],
    ["the page forbids it", forbidden],
  ])("where %s", async (_, missing) => {
    vi.stubGlobal("WebAssembly", missing);
    vi.resetModules();
    const { hasSimd } = await import("../src/wasm/features.js");
    expect(hasSimd()).toBe(false);
    const got = program(await import("../src/index.js"));
    expect(Object.keys(got)).toEqual(Object.keys(want));
    const different = Object.keys(want).filter((name) => firstDifference(got[name], want[name]) >= 0);
    expect(different).toEqual([]);
  });
});
