// The kernels of the float32 product with a fused multiply-add. This file switches Node's relaxed SIMD on, as
// lanes-relaxed.test.ts does (the flag holds for the process; each test file has a process of its own).

import * as fc from "fast-check";
import { tileInUse } from "../src/matmul/engine.js";
import { describe, expect, it } from "vitest";
import { fromTypedArray, matmul, matmulEngine, type Tensor, withMatmulMode } from "../src/index.js";
import { strictMatmul } from "../src/matmul/fallback.js";
import { matrixAt } from "../src/matmul/matmul.js";
import { enableRelaxedSimd, tryPairedVectors } from "../src/node/index.js";
import { hasRelaxedSimd, instantiate, multiplyAddClass } from "../src/wasm/features.js";
import { host } from "../src/wasm/host.js";
import { f32x4, v128 } from "../src/wasm/instructions.js";
import { ModuleBuilder } from "../src/wasm/module.js";
import {
  chains,
  expectBits,
  fma32,
  layouts,
  matrixIn,
  placements,
  runProduct,
  streams,
  tileNames,
  wildMatrix,
} from "./products.js";
import { anyFloat32, firstDifference, wildNumbers } from "./support.js";

const matrix = (rows: number, columns: number, seed: number): Tensor =>
  fromTypedArray(wildNumbers(seed, rows * columns, 6), [rows, columns]);

// What was found out and compiled before the flag must not stay.
const earlier = matmulEngine();
withMatmulMode("fast", () => matmul(matrix(1, 8, 1), matrix(8, 1, 2)));
const engine = enableRelaxedSimd();

const strict = (a: Tensor, b: Tensor): Float32Array => {
  const out = new Float32Array(a.shape[0] * b.shape[1]);
  strictMatmul(matrixAt(a, a.offset), matrixAt(b, b.offset), out, 0);
  return out;
};

describe("the model of a fused multiply-add", () => {
  it("rounds once", () => {
    expect(fma32(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11))).toBe(2 ** -24);
    // Just below the middle of two float32, by less than a double shows.
    expect(fma32((1 + 2 ** -23) * 2 ** -24, 1 - 2 ** -23, 1 + 2 ** -23)).toBe(1 + 2 ** -23);
    expect(Math.fround((1 + 2 ** -23) * 2 ** -24 * (1 - 2 ** -23) + (1 + 2 ** -23))).toBe(1 + 2 ** -22);
    // And just above it, with an even neighbour below.
    expect(fma32(-(1 + 2 ** -23) * 2 ** -24, 1 - 2 ** -23, -1)).toBe(-1);
    expect(fma32((1 + 2 ** -22) * 2 ** -24, 1 - 2 ** -23, 1)).toBe(1 + 2 ** -23);
    expect(fma32(2 ** -149, 2 ** -149, 0)).toBe(0);
    expect(fma32(-(2 ** -149), 2 ** -149, 2 ** -126)).toBe(2 ** -126);
    expect(fma32(Infinity, 0, 1)).toBeNaN();
    expect(fma32(3e38, 3e38, -Infinity)).toBe(-Infinity);
    expect(Object.is(fma32(-1, 0, -0), -0)).toBe(true);
  });
});

it("enabling says what there is, and twice is once", () => {
  expect(engine).toEqual(matmulEngine());
  const { rows, vectors } = tileInUse(multiplyAddClass());
  expect(engine).toEqual({ ...earlier, fast: multiplyAddClass(), tile: [rows, 4 * vectors] });
  expect(enableRelaxedSimd()).toEqual(engine);
  expect(engine.fast === "fused" && !hasRelaxedSimd()).toBe(false);
});

it.skipIf(!hasRelaxedSimd())(
  "a relaxed choice of lanes is the choice of bits, where the lanes of the mask are whole",
  () => {
    const builder = new ModuleBuilder();
    builder.define("run", ["i32"], "none", (_, at) => [
      v128.store(at, v128.relaxedLaneselect(v128.load(at), v128.load(at, 16), v128.load(at, 32)), 48),
    ]);
    const memory = new host!.Memory({ initial: 1 });
    const { run } = instantiate(builder.bytes, memory);
    const lanes = new Int32Array(memory.buffer);
    for (let which = 0; which < 16; which++) {
      const isFirst = [0, 1, 2, 3].map((lane) => (which >> lane) % 2 === 1);
      lanes.set([1, 2, 3, 4, -5, -6, -7, -8, ...isFirst.map((first) => (first ? -1 : 0))]);
      run(0);
      expect([...lanes.subarray(12, 16)]).toEqual(isFirst.map((first, lane) => (first ? 1 + lane : -5 - lane)));
    }
  },
);

it.skipIf(!hasRelaxedSimd())(
  "a relaxed multiply-add is x y + z, where nothing is rounded: with one rounding or two",
  () => {
    const builder = new ModuleBuilder();
    builder.define("run", ["i32"], "none", (_, at) => [
      v128.store(at, f32x4.relaxedMultiplyAdd(v128.load(at), v128.load(at, 16), v128.load(at, 32)), 48),
    ]);
    const memory = new host!.Memory({ initial: 1 });
    const lanes = new Float32Array(memory.buffer);
    lanes.set([2, -3, 5, 7, 11, 13, -17, 19, 100, 200, 300, -400]);
    instantiate(builder.bytes, memory).run(0);
    expect([...lanes.subarray(12, 16)]).toEqual([122, 161, 215, -267]);
  },
);

describe.skipIf(engine.fast !== "fused")("fused", () => {
  it("the instruction is the model, to the bit", () => {
    const builder = new ModuleBuilder();
    builder.define("run", ["i32"], "none", (_, at) => [
      v128.store(at, f32x4.relaxedMultiplyAdd(v128.load(at), v128.load(at, 16), v128.load(at, 32)), 48),
    ]);
    const memory = new host!.Memory({ initial: 1 });
    const { run } = instantiate(builder.bytes, memory);
    const lanes = new Float32Array(memory.buffer);
    const near = fc.tuple(anyFloat32, anyFloat32, fc.integer({ min: -40, max: 40 })).map(([x, y, e]) => {
      const z = -Math.fround(x) * Math.fround(y) * (1 + 2 ** -24 * e);
      return [x, y, z];
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.tuple(anyFloat32, anyFloat32, anyFloat32)), (numbers) => {
        const [x, y, z] = numbers.map(Math.fround);
        [x, y, z].forEach((value, i) => lanes.fill(value, 4 * i, 4 * i + 4));
        run(0);
        expect(lanes[12]).toBe(fma32(x, y, z));
      }),
      { numRuns: 3000 },
    );
  });

  describe.each(tileNames)("the tile of %s", (tile) => {
    it("has the bits of the model: any sizes, strides, numbers and places in memory", () => {
      const dimension = (most: number, ...special: number[]): fc.Arbitrary<number> =>
        fc.oneof({ weight: 3, arbitrary: fc.nat(most) }, fc.constantFrom(...special));
      const products = fc.record({
        m: dimension(14, 24, 25, 97),
        k: dimension(20, 8, 264, 265),
        n: dimension(18, 24, 33),
        layoutOfA: layouts,
        layoutOfB: layouts,
        numbersOfA: streams,
        numbersOfB: streams,
        placement: placements,
      });
      fc.assert(
        fc.property(products, ({ m, k, n, layoutOfA, layoutOfB, numbersOfA, numbersOfB, placement }) => {
          const a = matrixIn(layoutOfA, m, k, numbersOfA());
          const b = matrixIn(layoutOfB, k, n, numbersOfB());
          expectBits(runProduct(tile, "fused", a, b, placement), chains(a, b, "fused"), `${m} ${k} ${n}`, n);
        }),
        { numRuns: 150 },
      );
    });
  });

  it("all tiles have the same bits, which are not those of separate roundings", () => {
    const sizes = [[1, 1000, 1], [3, 529, 10], [24, 300, 33], [97, 265, 2], [97, 265, 50], [193, 784, 40]]; // prettier-ignore
    for (const [m, k, n] of sizes) {
      const [a, b] = [wildMatrix(m, k, m + k), wildMatrix(k, n, n)];
      const [one, ...others] = tileNames.map((tile) => runProduct(tile, "fused", a, b));
      for (const other of others) expectBits(other, one, `[${m}, ${k}] by [${k}, ${n}]`, n);
      if (m > 1) expect(firstDifference(one, chains(a, b))).not.toBe(-1);
    }
  });

  it("matmul fuses in fast, and in nothing else", () => {
    const [a, b] = [matrix(30, 300, 1), matrix(300, 20, 2)];
    const fused = chains(matrixAt(a, a.offset), matrixAt(b, b.offset), "fused");
    expectBits(withMatmulMode("fast", () => matmul(a, b)).data as Float32Array, fused, "fast", 20);
    expectBits(matmul(a, b).data as Float32Array, strict(a, b), "after", 20);
    const inner = withMatmulMode("fast", () => withMatmulMode("strict", () => matmul(a, b)));
    expectBits(inner.data as Float32Array, strict(a, b), "strict within fast", 20);
  });
});

it("trying paired vectors changes no bit, whether it takes them or not", () => {
  const [a, b] = [matrix(30, 300, 1), matrix(300, 20, 2)];
  const before = withMatmulMode("fast", () => matmul(a, b));
  const { on, because } = tryPairedVectors();
  expect(because).not.toBe("");
  expect(matmulEngine().tile).toEqual(on ? [6, 16] : engine.tile);
  const after = withMatmulMode("fast", () => matmul(a, b));
  expectBits(after.data as Float32Array, before.data as Float32Array, "fast", 20);
  expectBits(matmul(a, b).data as Float32Array, strict(a, b), "strict", 20);
});
