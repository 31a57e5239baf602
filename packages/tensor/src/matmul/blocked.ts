// Matrix product, blocked for the caches and tiled for the registers, in plain TypeScript.

import { allocate, type Storage } from "../core/dtype.js";

/** A matrix as it lies in storage: element (i, j) is `storage[offset + i * rowStride + j * columnStride]`. */
export interface MatrixView {
  readonly storage: Storage;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** The register tile: each pass of the innermost loop multiplies TILE numbers of A by TILE numbers of B. */
const TILE = 4;

/** Block sizes: a packed panel of B (TILE x DEPTH doubles) stays in the first cache, the packed blocks in the second. */
const ROWS = 96;
const COLUMNS = 192;
const DEPTH = 256;

/**
 * `out = A B`, row-major from `outStart` on, for any strides (a transpose is only another pair of strides).
 *
 * The blocking is Goto's (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008): blocks of A
 * and B are copied once into panels that the innermost loop reads front to back, so strides and ragged edges cost
 * nothing there. Every output is the sum over k in ascending order, in double, rounded once at the end: so no block
 * size, and no other row or column, changes a bit of it, and (AB)^T equals B^T A^T to the bit.
 */
export function blockedMatmul(a: MatrixView, b: MatrixView, out: Storage, outStart: number): void {
  const depth = a.columns;
  const packedA = new Float64Array(roundUp(Math.min(ROWS, a.rows)) * Math.min(DEPTH, depth));
  const packedB = new Float64Array(roundUp(Math.min(COLUMNS, b.columns)) * Math.min(DEPTH, depth));
  const sums = new Float64Array(roundUp(Math.min(ROWS, a.rows)) * roundUp(Math.min(COLUMNS, b.columns)));
  for (let row = 0; row < a.rows; row += ROWS) {
    const rows = Math.min(ROWS, a.rows - row);
    for (let column = 0; column < b.columns; column += COLUMNS) {
      const columns = Math.min(COLUMNS, b.columns - column);
      const width = roundUp(columns);
      sums.fill(0);
      for (let k = 0; k < depth; k += DEPTH) {
        const steps = Math.min(DEPTH, depth - k);
        pack(
          packedA,
          a.storage,
          a.offset + row * a.rowStride + k * a.columnStride,
          a.rowStride,
          a.columnStride,
          rows,
          steps,
        );
        pack(
          packedB,
          b.storage,
          b.offset + k * b.rowStride + column * b.columnStride,
          b.columnStride,
          b.rowStride,
          columns,
          steps,
        );
        for (let j = 0; j < width; j += TILE) {
          for (let i = 0; i < rows; i += TILE)
            tile(packedA, i * steps, packedB, j * steps, steps, sums, i * width + j, width);
        }
      }
      for (let i = 0; i < rows; i++) {
        const to = outStart + (row + i) * b.columns + column;
        for (let j = 0; j < columns; j++) out[to + j] = sums[i * width + j];
      }
    }
  }
}

const roundUp = (n: number): number => Math.ceil(n / TILE) * TILE;

/**
 * Copies `lines` rows of A (or columns of B), `steps` long, into panels of TILE lines: panel p holds line p * TILE + t
 * of step k at `p * TILE * steps + k * TILE + t`. Lines beyond the edge are zeros, whose products are never stored.
 */
function pack(
  into: Float64Array,
  from: Storage,
  start: number,
  lineStride: number,
  stepStride: number,
  lines: number,
  steps: number,
): void {
  for (let line = 0; line < roundUp(lines); line++) {
    const panel = Math.floor(line / TILE) * TILE * steps + (line % TILE);
    if (line >= lines) {
      for (let k = 0; k < steps; k++) into[panel + k * TILE] = 0;
      continue;
    }
    const at = start + line * lineStride;
    for (let k = 0; k < steps; k++) into[panel + k * TILE] = from[at + k * stepStride];
  }
}

// prettier-ignore
/** Adds the product of one panel of A and one of B to a TILE x TILE square of `sums`, kept in registers meanwhile. */
function tile(a: Float64Array, atA: number, b: Float64Array, atB: number, steps: number, sums: Float64Array, at: number, width: number): void {
  const r1 = at + width;
  const r2 = r1 + width;
  const r3 = r2 + width;
  let c00 = sums[at], c01 = sums[at + 1], c02 = sums[at + 2], c03 = sums[at + 3];
  let c10 = sums[r1], c11 = sums[r1 + 1], c12 = sums[r1 + 2], c13 = sums[r1 + 3];
  let c20 = sums[r2], c21 = sums[r2 + 1], c22 = sums[r2 + 2], c23 = sums[r2 + 3];
  let c30 = sums[r3], c31 = sums[r3 + 1], c32 = sums[r3 + 2], c33 = sums[r3 + 3];
  for (let k = 0; k < steps; k++, atA += TILE, atB += TILE) {
    const b0 = b[atB], b1 = b[atB + 1], b2 = b[atB + 2], b3 = b[atB + 3];
    const a0 = a[atA];
    c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2; c03 += a0 * b3;
    const a1 = a[atA + 1];
    c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2; c13 += a1 * b3;
    const a2 = a[atA + 2];
    c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2; c23 += a2 * b3;
    const a3 = a[atA + 3];
    c30 += a3 * b0; c31 += a3 * b1; c32 += a3 * b2; c33 += a3 * b3;
  }
  sums[at] = c00; sums[at + 1] = c01; sums[at + 2] = c02; sums[at + 3] = c03;
  sums[r1] = c10; sums[r1 + 1] = c11; sums[r1 + 2] = c12; sums[r1 + 3] = c13;
  sums[r2] = c20; sums[r2 + 1] = c21; sums[r2 + 2] = c22; sums[r2 + 3] = c23;
  sums[r3] = c30; sums[r3 + 1] = c31; sums[r3 + 2] = c32; sums[r3 + 3] = c33;
}

/**
 * The oracle: three nested loops, in double, written to `out` unrounded. What every other product is held to.
 */
export function naiveMatmul(
  a: MatrixView,
  b: MatrixView,
  out: Storage = allocate("float64", a.rows * b.columns),
): Storage {
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let total = 0;
      for (let k = 0; k < a.columns; k++) {
        total +=
          a.storage[a.offset + i * a.rowStride + k * a.columnStride] *
          b.storage[b.offset + k * b.rowStride + j * b.columnStride];
      }
      out[i * b.columns + j] = total;
    }
  }
  return out;
}
