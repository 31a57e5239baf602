// Images as the score card handles them: bytes with labels.

export const PIXELS = 784;
export const CLASSES = 10;

/** Images as bytes, 784 each, with their labels. */
export interface Images {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

export const count = (images: Images): number => images.labels.length;

/** The first `n` images, or `n` evenly spaced ones. */
export function some(images: Images, n: number, evenly = false): Images {
  const step = evenly ? Math.max(1, Math.floor(count(images) / n)) : 1;
  const many = Math.min(n, count(images));
  const pixels = new Uint8Array(many * PIXELS);
  for (let i = 0; i < many; i++) {
    pixels.set(images.pixels.subarray(i * step * PIXELS, (i * step + 1) * PIXELS), i * PIXELS);
  }
  return { pixels, labels: Uint8Array.from({ length: many }, (_, i) => images.labels[i * step]) };
}

/** The sum. */
export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const v of values) total += v;
  return total;
};
