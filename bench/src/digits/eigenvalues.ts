// The spectrum of a symmetric matrix.

/** The eigenvalues of a symmetric matrix, greatest first: Householder to a tridiagonal, then bisection by Sturm counts. */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, off } = tridiagonal(matrix, n);
  let bound = 0;
  for (let i = 0; i < n; i++) {
    bound = Math.max(bound, Math.abs(diagonal[i]) + Math.abs(off[i]) + Math.abs(off[i + 1] ?? 0));
  }
  // Sylvester: as many pivots of T - x I are negative as eigenvalues lie below x.
  const below = (x: number): number => {
    let negative = 0;
    let pivot = 1;
    for (let i = 0; i < n; i++) {
      pivot = diagonal[i] - x - (off[i] * off[i]) / pivot;
      if (pivot === 0) pivot = 1e-300;
      if (pivot < 0) negative++;
    }
    return negative;
  };
  return Float64Array.from({ length: n }, (_, rank) => {
    let low = -bound;
    let high = bound;
    for (let step = 0; step < 45; step++) {
      const middle = (low + high) / 2;
      if (below(middle) >= n - rank) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  });
}

/** Householder's reduction A -> T: `diagonal[i]` = T[i][i], `off[i]` = T[i][i - 1] (off[0] = 0). Works in `a`. */
function tridiagonal(a: Float64Array, n: number): { diagonal: Float64Array; off: Float64Array } {
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    diagonal[k] = a[k * n + k];
    if (k + 1 === n) break;
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm += a[i * n + k] * a[i * n + k];
    norm = Math.sqrt(norm);
    const head = a[(k + 1) * n + k];
    const alpha = head > 0 ? -norm : norm;
    off[k + 1] = alpha;
    if (norm === 0) continue;
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k];
    v[k + 1] = head - alpha;
    const beta = 1 / (norm * norm - head * alpha);
    let dot = 0;
    for (let i = k + 1; i < n; i++) {
      let s = 0;
      for (let j = k + 1; j < n; j++) s += a[i * n + j] * v[j];
      p[i] = beta * s;
      dot += p[i] * v[i];
    }
    for (let i = k + 1; i < n; i++) p[i] -= 0.5 * beta * dot * v[i];
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j < n; j++) a[i * n + j] -= v[i] * p[j] + p[i] * v[j];
    }
  }
  return { diagonal, off };
}
