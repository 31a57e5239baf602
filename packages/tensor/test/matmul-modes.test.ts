// Around the kernels of matmul: the mode that they round in, the memory that they work in, and runtimes without them.

import { afterEach, describe, expect, it, vi } from "vitest";
import {
  AllocationError,
  ArgumentError,
  fromTypedArray,
  key,
  map,
  matmul,
  matmulEngine,
  matmulMode,
  normal,
  permutation,
  randomBits,
  type Tensor,
  withMatmulMode,
  zeros,
} from "../src/index.js";
import { strictMatmul } from "../src/matmul/fallback.js";
import { matrixAt } from "../src/matmul/matmul.js";
import { defineProduct } from "../src/matmul/product.js";
import { meaning } from "../src/meaning/arithmetic.js";
import { ModuleBuilder } from "../src/wasm/module.js";
import { host, type Memory } from "../src/wasm/host.js";
import { scratch, scratchMemory } from "../src/wasm/scratch.js";
import { expectBits } from "./products.js";
import { wildNumbers } from "./support.js";

const matrix = (rows: number, columns: number, seed: number): Tensor =>
  fromTypedArray(wildNumbers(seed, rows * columns, 6), [rows, columns]);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe("the mode", () => {
  it("is strict, but for within", () => {
    expect(matmulMode()).toBe("strict");
    const seen = withMatmulMode("fast", () => {
      const inner = withMatmulMode("strict", matmulMode);
      return [matmulMode(), inner, withMatmulMode("fast", matmulMode), matmulMode()];
    });
    expect(seen).toEqual(["fast", "strict", "fast", "fast"]);
    expect(matmulMode()).toBe("strict");
  });

  it("is as before after a throw, which is passed on", () => {
    const thrown = new Error("mine");
    const fail = (): never => {
      expect(matmulMode()).toBe("strict");
      throw thrown;
    };
    withMatmulMode("fast", () => {
      expect(() => withMatmulMode("strict", fail)).toThrow(thrown);
      expect(matmulMode()).toBe("fast");
    });
    expect(matmulMode()).toBe("strict");
  });

  it("is one of two", () => {
    let ran = false;
    const run = (): void => void (ran = true);
    for (const mode of ["FAST", "", undefined, null, 1, "toString"]) {
      expect(() => withMatmulMode(mode as "fast", run)).toThrow(ArgumentError);
    }
    expect(() => withMatmulMode("quick" as "fast", run)).toThrow(
      'withMatmulMode: there is no mode "quick"; there are strict and fast',
    );
    expect([ran, matmulMode()]).toEqual([false, "strict"]);
  });

  it("does not outlive the call: promises are refused", async () => {
    const later = Promise.resolve(1);
    expect(() => withMatmulMode("fast", () => later)).toThrow(ArgumentError);
    expect(() => withMatmulMode("fast", async () => 1)).toThrow(/done when it returns/);
    expect(matmulMode()).toBe("strict");
    await later;
    expect(withMatmulMode("fast", () => null)).toBe(null);
    expect(withMatmulMode("fast", () => undefined)).toBe(undefined);
    // What merely has a `then` is no promise.
    // oxlint-disable-next-line unicorn/no-thenable
    const plain = { then: 1 };
    expect(withMatmulMode("fast", () => plain)).toBe(plain);
  });
});

describe("the engine", () => {
  it("says what multiplies", () => {
    const { kernel, fast, tile } = matmulEngine();
    expect(kernel).toBe("wasm");
    expect(["separate", "fused"]).toContain(fast);
    expect([[3, 12], [6, 8], [4, 8]]).toContainEqual(tile); // prettier-ignore
  });
});

describe("the scratch memory", () => {
  it("grows when it must, and only then", () => {
    const first = scratch(100);
    expect(first.byteLength).toBeGreaterThanOrEqual(100);
    expect(scratch(first.byteLength)).toBe(first);
    const more = scratch(first.byteLength + 1);
    expect(more.byteLength).toBeGreaterThan(first.byteLength);
    expect(first.length).toBe(0);
    expect(more.buffer).toBe(scratchMemory().buffer);
    expect(scratch(0)).toBe(more);
  });

  it("refuses what cannot be had, and works on", () => {
    const [a, b] = [matrix(3, 4, 1), matrix(4, 5, 2)];
    const before = matmul(a, b);
    for (const bytes of [2 ** 32 + 1, 5 * 2 ** 30, 1e15]) {
      expect(() => scratch(bytes)).toThrow(AllocationError);
      expect(() => scratch(bytes)).toThrow(expect.objectContaining({ bytes, code: "MEMORY" }));
    }
    expect(matmul(a, b).toArray()).toEqual(before.toArray());
  });

  it("does without spare room where that is not to be had; with less than is asked for, not", async () => {
    let most = 40;
    class Scarce extends (host!.Memory as new (limits: { initial: number }) => Memory) {
      override grow(pages: number): number {
        if (this.buffer.byteLength / 65536 + pages > most) throw new RangeError("no more");
        return super.grow(pages);
      }
    }
    vi.stubGlobal("WebAssembly", Object.assign(Object.create(host!), { Memory: Scarce }));
    vi.resetModules();
    const { scratch, scratchMemory } = await import("../src/wasm/scratch.js");
    const pages = (): number => scratchMemory().buffer.byteLength / 65536;
    scratch(20 * 65536);
    const spare = pages() - 20;
    expect(spare).toBeGreaterThanOrEqual(0);
    scratch(39 * 65536);
    expect(pages()).toBeGreaterThanOrEqual(39);
    scratch(40 * 65536);
    expect(pages()).toBe(40);
    const bytes = 41 * 65536;
    expect(() => scratch(bytes)).toThrow(
      expect.objectContaining({ name: "AllocationError", bytes, cause: expect.any(RangeError) }),
    );
    expect(pages()).toBe(40);
    most = 41;
    expect(scratch(bytes).byteLength).toBe(bytes);
  });
});

describe("without WebAssembly", () => {
  const sizes = [[1, 1, 1], [3, 0, 2], [7, 13, 2], [25, 265, 10], [97, 529, 33], [1, 1000, 1]] as const; // prettier-ignore
  const forbidden = Object.assign(Object.create(host!), {
    Module: function refuse() {
      throw new Error("Refused to compile or instantiate WebAssembly module");
    },
  });

  it.each([
    ["there is none", undefined],
    ["the page forbids it", forbidden],
  ])("(%s) the bits are the same, and the modes are there", async (_, missing) => {
    const want = sizes.map(([m, k, n]) => matmul(matrix(m, k, m), matrix(k, n, n)).data as Float32Array);
    vi.stubGlobal("WebAssembly", missing);
    vi.resetModules();
    const plain = await import("../src/index.js");
    expect(plain.matmul).not.toBe(matmul);
    expect(plain.matmulEngine()).toMatchObject({ kernel: "typescript", fast: "separate" });
    for (const [i, [m, k, n]] of sizes.entries()) {
      const a = plain.fromTypedArray(wildNumbers(m, m * k, 6), [m, k]);
      const b = plain.fromTypedArray(wildNumbers(n, k * n, 6), [k, n]);
      const what = `[${m}, ${k}] by [${k}, ${n}]`;
      expectBits(plain.matmul(a, b).data as Float32Array, want[i], what, n);
      expectBits(plain.withMatmulMode("fast", () => plain.matmul(a, b)).data as Float32Array, want[i], what, n);
      // A batch starts in the middle of its result.
      const batch = plain.matmul(plain.expandDims(a, 0).broadcastTo([2, m, k]), b).data as Float32Array;
      expectBits(batch.slice(m * n), want[i], what, n);
    }
    const { enableRelaxedSimd, tryPairedVectors } = await import("../src/node/index.js");
    expect(enableRelaxedSimd()).toMatchObject({ kernel: "typescript", fast: "separate" });
    expect(tryPairedVectors()).toEqual({ on: false, because: "there is no WebAssembly SIMD" });
  });
});

describe("operands and runtimes at the edge", () => {
  it("a very deep product goes block by block, to the same bits", () => {
    const depth = 2 ** 16 + 300;
    const [a, b] = [normal(key(1), [2, depth]), normal(key(2), [depth, 3])];
    const plain = new Float32Array(6);
    strictMatmul(matrixAt(a, 0), matrixAt(b, 0), plain, 0);
    expect([...matmul(a, b).data]).toEqual([...plain]);
  });

  it("a tile whose rows do not divide a block of rows is refused", () => {
    const shape = { rows: 5, vectors: 2, breaks: true };
    expect(() => defineProduct(new ModuleBuilder(), shape, "separate")).toThrow(ArgumentError);
  });

  it("a meaning too long for a WebAssembly function still computes", () => {
    const long = meaning("long", 1, (s, x) => {
      let sum = x;
      for (let i = 0; i < 6000; i++) sum = s.add(sum, s.float(1));
      return sum;
    });
    expect(map(long, zeros([200])).data[199]).toBe(6000);
  });

  it("what cannot be drawn for want of memory is a typed error", () => {
    expect(() => randomBits(key(1), 1e12)).toThrow(AllocationError);
    expect(() => permutation(key(1), 1e11)).toThrow(AllocationError);
  });
});
