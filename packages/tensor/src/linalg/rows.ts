// The two inner loops of linear algebra, along rows of row-major matrices in double.

/** `sum_k x[from + k] y[at + k]` over `count` elements, in four chains: k mod 4 names the chain. */
export function dotRows(x: Float64Array, from: number, y: Float64Array, at: number, count: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = count - (count % 4);
  for (let k = 0; k < whole; k += 4) {
    a += x[from + k] * y[at + k];
    b += x[from + k + 1] * y[at + k + 1];
    c += x[from + k + 2] * y[at + k + 2];
    d += x[from + k + 3] * y[at + k + 3];
  }
  for (let k = whole; k < count; k++) a += x[from + k] * y[at + k];
  return a + b + (c + d);
}

/** `y[at + k] += scale x[from + k]` for `count` elements. */
export function addScaled(
  y: Float64Array,
  at: number,
  scale: number,
  x: Float64Array,
  from: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) y[at + k] += scale * x[from + k];
}
