// The float32 product of two matrices in JavaScript's memory: through WebAssembly, or by plain loops where it is missing.

import { hasSimd, instantiate, keepsProgramOrder, type MultiplyAdd, multiplyAddClass } from "../wasm/features.js";
import { ModuleBuilder } from "../wasm/module.js";
import { scratch, scratchMemory } from "../wasm/scratch.js";
import type { MatrixView } from "./blocked.js";
import { allocate } from "../core/dtype.js";
import { depthBlock } from "./depth.js";
import { strictMatmul } from "./fallback.js";
import { matmulMode } from "./mode.js";
import { SLACK } from "./packing.js";
import { defineProduct, workspaceBytes } from "./product.js";
import {
  columnsOf,
  TILE_IN_ORDER,
  TILE_IN_PAIRS,
  TILE_SEPARATE,
  TILE_SEPARATE_IN_PAIRS,
  TILE_WITH_BREAKS,
  type TileShape,
} from "./tile.js";

type Product = (...operands: number[]) => number;

/** What multiplies float32 matrices on this runtime. */
export interface MatmulEngine {
  /** `wasm` or, where there is no WebAssembly SIMD, `typescript`: slower, and the same bits as `strict`. */
  readonly kernel: "wasm" | "typescript";
  /** How `fast` rounds here; `strict` is always separate. */
  readonly fast: MultiplyAdd;
  /** Rows and columns of the register tile of `fast`. */
  readonly tile: readonly [rows: number, columns: number];
}

let paired = false;
let fastClass: MultiplyAdd | undefined;
const compiled = new Map<MultiplyAdd, Product>();

/** The tile in use: it follows the generation of the engine, and whether vectors are paired. */
export function tileInUse(multiplyAdd: MultiplyAdd): TileShape {
  if (multiplyAdd === "separate") return paired ? TILE_SEPARATE_IN_PAIRS : TILE_SEPARATE;
  if (paired) return TILE_IN_PAIRS;
  return keepsProgramOrder() ? TILE_IN_ORDER : TILE_WITH_BREAKS;
}

/** Compiles anew from now on, after a flag of the runtime was switched; `pairs` says whether vectors are paired. */
export function recompile(pairs = false): void {
  paired = pairs;
  fastClass = undefined;
  compiled.clear();
}

const fastMultiplyAdd = (): MultiplyAdd => (fastClass ??= hasSimd() ? multiplyAddClass() : "separate");

/** What multiplies here, and how `fast` rounds. */
export function matmulEngine(): MatmulEngine {
  const shape = tileInUse(fastMultiplyAdd());
  return {
    kernel: hasSimd() ? "wasm" : "typescript",
    fast: fastMultiplyAdd(),
    tile: [shape.rows, columnsOf(shape)],
  };
}

function product(multiplyAdd: MultiplyAdd): Product {
  let found = compiled.get(multiplyAdd);
  if (found === undefined) {
    const builder = new ModuleBuilder();
    defineProduct(builder, tileInUse(multiplyAdd), multiplyAdd);
    found = instantiate(builder.bytes, scratchMemory()).product;
    compiled.set(multiplyAdd, found);
  }
  return found;
}

/** Operands beyond this many numbers pass through the scratch memory in pieces: rows of A, columns of B. */
const PIECE = 2 ** 24;

/** Deeper products pass through the scratch memory block by block, so that it does not grow with the depth. */
const DEEP = 2 ** 16;

/** `out = A B`, row-major from `outStart` on, in the current mode. */
export function multiply(a: MatrixView, b: MatrixView, out: Float32Array, outStart: number): void {
  if (!hasSimd()) {
    strictMatmul(a, b, out, outStart);
    return;
  }
  if (a.columns <= DEEP) {
    multiplyShallow(a, b, out, outStart);
    return;
  }
  // The chains of the blocks, added in order: what the kernel does with a depth that it sees whole.
  const block = depthBlock(a.columns);
  const size = a.rows * b.columns;
  multiplyShallow(part(a, 0, a.rows, 0, block), part(b, 0, block, 0, b.columns), out, outStart);
  const sums = allocate("float32", size) as Float32Array;
  for (let from = block; from < a.columns; from += block) {
    const steps = Math.min(block, a.columns - from);
    multiplyShallow(part(a, 0, a.rows, from, steps), part(b, from, steps, 0, b.columns), sums, 0);
    for (let i = 0; i < size; i++) out[outStart + i] += sums[i];
  }
}

function multiplyShallow(a: MatrixView, b: MatrixView, out: Float32Array, outStart: number): void {
  const depth = a.columns;
  const columns = Math.max(1, Math.min(b.columns, Math.floor(PIECE / Math.max(1, depth))));
  const rows = Math.max(1, Math.min(a.rows, Math.floor(PIECE / Math.max(1, depth, columns))));
  for (let column = 0; column < b.columns; column += columns) {
    const right = part(b, 0, depth, column, Math.min(columns, b.columns - column));
    for (let row = 0; row < a.rows; row += rows) {
      const left = part(a, row, Math.min(rows, a.rows - row), 0, depth);
      multiplyPiece(left, right, out, outStart + row * b.columns + column, b.columns);
    }
  }
}

function part(x: MatrixView, row: number, rows: number, column: number, columns: number): MatrixView {
  return { ...x, offset: x.offset + row * x.rowStride + column * x.columnStride, rows, columns };
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Room after each operand for what packing reads too far. */
const GAP = SLACK / BYTES;

function multiplyPiece(a: MatrixView, b: MatrixView, out: Float32Array, outStart: number, outRow: number): void {
  const [m, k, n] = [a.rows, a.columns, b.columns];
  const atB = m * k + GAP;
  const atC = atB + k * n + GAP;
  const atWork = atC + m * n + GAP;
  const multiplyAdd = matmulMode() === "fast" ? fastMultiplyAdd() : "separate";
  const run = product(multiplyAdd);
  const memory = scratch(atWork * BYTES + workspaceBytes(tileInUse(multiplyAdd), m, n, k) + SLACK);
  const strides = [...copyIn(a, memory, 0), ...copyIn(b, memory, atB)].map((stride) => stride * BYTES);
  run(0, strides[0], strides[1], atB * BYTES, strides[2], strides[3], atC * BYTES, n * BYTES, m, n, k, atWork * BYTES);
  if (outRow === n) out.set(memory.subarray(atC, atC + m * n), outStart);
  else for (let i = 0; i < m; i++) out.set(memory.subarray(atC + i * n, atC + (i + 1) * n), outStart + i * outRow);
}

/** Copies a matrix, each of its lines as it lies if their numbers follow each other; gives the strides of the copy. */
function copyIn(x: MatrixView, to: Float32Array, at: number): [rowStride: number, columnStride: number] {
  const transposed = x.rowStride === 1 && x.columnStride !== 1;
  const [lines, length] = transposed ? [x.columns, x.rows] : [x.rows, x.columns];
  const [lineStride, step] = transposed ? [x.columnStride, x.rowStride] : [x.rowStride, x.columnStride];
  const from = x.storage as Float32Array;
  if (step === 1 && lineStride === length) to.set(from.subarray(x.offset, x.offset + lines * length), at);
  else if (step === 1 && length >= 32) {
    for (let line = 0; line < lines; line++) {
      const start = x.offset + line * lineStride;
      to.set(from.subarray(start, start + length), at + line * length);
    }
  } else {
    for (let line = 0; line < lines; line++) {
      const start = x.offset + line * lineStride;
      for (let i = 0; i < length; i++) to[at + line * length + i] = from[start + i * step];
    }
  }
  return transposed ? [1, length] : [length, 1];
}
