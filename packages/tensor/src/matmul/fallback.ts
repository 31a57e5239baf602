// The float32 product where there is no WebAssembly SIMD: plain loops that round as the micro-kernel does in `strict`.

import type { MatrixView } from "./blocked.js";
import { depthBlock } from "./depth.js";

/**
 * `out = A B`, row-major from `outStart` on. Each element is, for each block of the depth, the chain
 * `sum = fround(sum + fround(a b))` from 0; the chains of the blocks are added in order.
 */
export function strictMatmul(a: MatrixView, b: MatrixView, out: Float32Array, outStart: number): void {
  const depth = a.columns;
  const width = b.columns;
  const block = depthBlock(depth);
  // Stores to a Float32Array round; so `x += y` on its elements is one float32 addition.
  const rowOfB = new Float32Array(width);
  const sums = new Float32Array(a.rows * width);
  out.fill(0, outStart, outStart + sums.length);
  for (let from = 0; from < depth; from += block) {
    const target = from === 0 ? out.subarray(outStart, outStart + sums.length) : sums.fill(0);
    for (let k = from; k < Math.min(depth, from + block); k++) {
      for (let j = 0; j < width; j++) rowOfB[j] = b.storage[b.offset + k * b.rowStride + j * b.columnStride];
      for (let i = 0; i < a.rows; i++) {
        const factor = a.storage[a.offset + i * a.rowStride + k * a.columnStride];
        const row = i * width;
        for (let j = 0; j < width; j++) target[row + j] += Math.fround(factor * rowOfB[j]);
      }
    }
    if (from > 0) for (let i = 0; i < sums.length; i++) out[outStart + i] += sums[i];
  }
}
