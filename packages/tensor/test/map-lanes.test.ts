// Operations on tensors by SIMD, by copies of their operands and by JavaScript: whichever way, the bits of the kernel text.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { compiledKernel } from "../src/elementwise/kernel.js";
import * as lanes from "../src/elementwise/lanes.js";
import { broadcastTo, flip, fromTypedArray, map, meaning, slice, Tensor, transpose } from "../src/index.js";
import type { Meaning } from "../src/meaning/arithmetic.js";
import { expectSameBits, product, TROUBLE, wildNumbers } from "./support.js";

vi.mock("../src/elementwise/lanes.js", async (original) => {
  const real = await original<typeof lanes>();
  return { ...real, lanesKernelOf: vi.fn(real.lanesKernelOf) };
});
const taken = vi.mocked(lanes.lanesKernelOf);
beforeEach(() => void taken.mockClear());

/** Wild numbers, with one that makes trouble at every fifth place. */
function numbers(shape: readonly number[], seed: number): Tensor {
  const values = wildNumbers(seed, product(shape), 4);
  for (let i = seed % 5; i < values.length; i += 5) values[i] = TROUBLE[(i * 7 + seed) % TROUBLE.length];
  return fromTypedArray(values, shape);
}

/** The definition: every element found by its index, the operands laid out densely, and one run of the kernel text. */
function expected(definition: Meaning, operands: readonly Tensor[]): Tensor {
  const rank = Math.max(...operands.map((x) => x.ndim));
  const padded = operands.map((x) => [...Array.from({ length: rank - x.ndim }, () => 1), ...x.shape]);
  const shape = Array.from({ length: rank }, (_, axis) => padded.map((own) => own[axis]).find((n) => n !== 1) ?? 1);
  const columns = operands.map((x, k) =>
    Float32Array.from({ length: product(shape) }, (_, i) => {
      let [rest, at] = [i, x.offset];
      for (let axis = rank - 1; axis >= 0; axis--) {
        const index = rest % shape[axis];
        rest = (rest - index) / shape[axis];
        if (padded[k][axis] > 1) at += index * x.strides[axis - rank + x.ndim];
      }
      return x.storage[at];
    }),
  );
  const out = new Float32Array(product(shape));
  const [starts, steps] = [0, 1].map((value) => operands.map(() => value));
  compiledKernel(definition, "float32")(out.length, out, 0, columns, starts, steps);
  return Tensor.dense(out, shape);
}

function check(definition: Meaning, ...operands: Tensor[]): void {
  const storages = operands.map((x) => x.storage.slice());
  expectSameBits(map(definition, ...operands), expected(definition, operands));
  // The operands are as they were.
  operands.forEach((x, k) => expectSameBits(fromTypedArray(x.storage), fromTypedArray(storages[k])));
}

/** A meaning of every arity, of one step and of many. */
const { abs, add, clamp, gelu, logAddExp, tanh } = meaning;
const operations = { abs, tanh, gelu, add, logAddExp, clamp };
const operandsLike = (definition: Meaning, make: (k: number) => Tensor): Tensor[] =>
  Array.from({ length: definition.arity }, (_, k) => make(k));

const SIZES = [0, 1, 15, 127, 128, 129, 4095, 4096, 4097, 8193];

describe.each(Object.entries(operations))("%s", (_, definition) => {
  it.each(SIZES)("of %i numbers: dense, in part, apart, backwards, not moving", (count) => {
    const ways: ((k: number) => Tensor)[] = [
      (k) => numbers([count], k),
      (k) => slice(numbers([count + 7], k), [{ start: 3 + k, stop: 3 + k + count }]),
      (k) => slice(numbers([(k + 2) * count + 1], k), [{ start: 1, step: k + 2 }]),
      (k) => flip(numbers([count], k)),
      (k) => (k % 2 === 0 ? flip(slice(numbers([2 * count], k), [{ step: 2 }])) : numbers([count], k)),
      (k) => (k % 2 === 0 ? numbers([count], k) : numbers([1], k)),
      (k) => (k % 2 === 1 ? numbers([count], k) : numbers([], k)),
      (k) => broadcastTo(numbers([1], k), [count]),
    ];
    for (const way of ways) check(definition, ...operandsLike(definition, way));
  });

  it("of one tensor as every operand", () => {
    for (const shape of [[1], [129], [4097], [40, 50]]) {
      const x = numbers(shape, 3);
      check(definition, ...operandsLike(definition, () => x));
      if (shape.length === 2) check(definition, ...operandsLike(definition, (k) => slice(x, [{}, { start: k, stop: k + 40 }]))); // prettier-ignore
    }
  });

  it.each([
    [[3, 129], [129], [3, 1]],
    [[5, 40], [5, 1], [40]],
    [[40, 5], [1, 5], []],
    [[3, 1, 130], [3, 7, 1], [130]],
    [
      [3, 7, 10],
      [3, 1, 10],
      [7, 1],
    ],
    [[2, 1, 64, 1], [1, 3, 1, 5], [1]],
    [[2, 0, 200], [1, 200], [200]],
    [[300, 1], [1, 300], []],
  ])("of shapes %j, %j, %j: rows, columns, middle axes, scalars", (...shapes) => {
    const make = (k: number): Tensor => numbers(shapes[k], k + 1);
    check(definition, ...operandsLike(definition, make));
    const turned = (k: number): Tensor => transpose(flip(make(k)));
    if (shapes[0].length === 2 && shapes[1].length === 2) check(definition, ...operandsLike(definition, (k) => (k < 2 ? turned(k) : numbers([], k)))); // prettier-ignore
  });

  it("of columns, turned matrices and windows, which do not follow each other", () => {
    const matrix = (rows: number, columns: number) => (k: number) => numbers([rows, columns], k);
    for (const make of [
      (k: number) => transpose(matrix(30, 31)(k)),
      (k: number) => (k === 0 ? transpose(matrix(31, 30)(k)) : matrix(30, 31)(k)),
      (k: number) => slice(matrix(60, 70)(k), [{ start: 5, stop: 35 }, { start: 4 + k, stop: 50 + k }]), // prettier-ignore
      (k: number) => slice(matrix(9, 300)(k), [{ step: 2 }, { start: 20, stop: 280 }]),
      (k: number) => slice(matrix(700, 3)(k), [{ start: 690, stop: 10, step: -3 }, { start: k, stop: k + 1 }]), // prettier-ignore
    ]) check(definition, ...operandsLike(definition, make)); // prettier-ignore
  });
});

describe("the way taken", () => {
  const turned = transpose(numbers([30, 31], 1));

  it.each<[string, Meaning, Tensor, number]>([
    ["SIMD for long runs", abs, numbers([128], 1), 1],
    ["JavaScript for short runs", tanh, numbers([127], 1), 0],
    ["SIMD over copies for many steps on short runs", tanh, turned, 1],
    ["JavaScript for few steps on short runs", abs, turned, 0],
    ["JavaScript in double", tanh, fromTypedArray(new Float64Array(500)), 0],
  ])("is %s", (_, definition, x, calls) => {
    map(definition, x);
    expect(taken).toHaveBeenCalledTimes(calls);
  });
});
