// Step 2: the three loops in the order i, k, j, so that B and C are read along their rows.

import type { MatrixView } from "@elbo/tensor";

/** `out = A B` in float32; the numbers of a row of B follow each other. */
export function rowByRow(a: MatrixView, b: MatrixView, out: Float32Array): void {
  const [m, k, n] = [a.rows, a.columns, b.columns];
  const [left, right] = [a.storage, b.storage];
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = left[a.offset + i * a.rowStride + p * a.columnStride];
      const row = b.offset + p * b.rowStride;
      for (let j = 0; j < n; j++) out[i * n + j] += Math.fround(factor * right[row + j]);
    }
  }
}
