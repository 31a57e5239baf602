// The 3-nearest-neighbour classifier on pixels: how well one set of images teaches to read another.

import { CLASSES, count, type Images, PIXELS, sum } from "./images.js";

/**
 * The majority of the 3 nearest training images in Euclidean distance; the nearest of them where all differ.
 * Four test images share each pass over the training set: |a - b|^2 = |a|^2 - 2 a.b + |b|^2, without |a|^2.
 */
export function nearestNeighbours(train: Images, test: Images): Uint8Array {
  const x = Float32Array.from(train.pixels, (v) => v / 255);
  const norms = Float64Array.from({ length: count(train) }, (_, i) => {
    return sum(x.subarray(i * PIXELS, (i + 1) * PIXELS).map((v) => v * v));
  });
  const many = count(test);
  const predicted = new Uint8Array(many);
  for (let start = 0; start < many; start += 4) {
    // The last block repeats its last image.
    const rows = [0, 1, 2, 3].map((r) => {
      const at = Math.min(many - 1, start + r) * PIXELS;
      return Float32Array.from(test.pixels.subarray(at, at + PIXELS), (v) => v / 255);
    });
    const [a, b, c, d] = rows as [Float32Array, Float32Array, Float32Array, Float32Array];
    const best = rows.map(() => new Nearest());
    for (let i = 0; i < norms.length; i++) {
      let sa = 0;
      let sb = 0;
      let sc = 0;
      let sd = 0;
      for (let k = 0, at = i * PIXELS; k < PIXELS; k++, at++) {
        const v = x[at];
        sa += v * a[k];
        sb += v * b[k];
        sc += v * c[k];
        sd += v * d[k];
      }
      const label = train.labels[i];
      best[0].offer(norms[i] - 2 * sa, label);
      best[1].offer(norms[i] - 2 * sb, label);
      best[2].offer(norms[i] - 2 * sc, label);
      best[3].offer(norms[i] - 2 * sd, label);
    }
    for (let r = 0; r < 4 && start + r < many; r++) predicted[start + r] = best[r].vote();
  }
  return predicted;
}

/** The three nearest so far, nearest first. */
class Nearest {
  readonly #distance = [Infinity, Infinity, Infinity];
  readonly #label = [0, 0, 0];

  offer(distance: number, label: number): void {
    if (distance >= this.#distance[2]) return;
    let place = 2;
    for (; place > 0 && distance < this.#distance[place - 1]; place--) {
      this.#distance[place] = this.#distance[place - 1];
      this.#label[place] = this.#label[place - 1];
    }
    this.#distance[place] = distance;
    this.#label[place] = label;
  }

  vote(): number {
    const [first, second, third] = this.#label as [number, number, number];
    return second === third ? second : first;
  }
}

/** The share that is right with its standard error, and `confusion[true][predicted]`. */
export function accuracy(predicted: Uint8Array, labels: Uint8Array): { text: string; confusion: number[][] } {
  const confusion = Array.from({ length: CLASSES }, () => Array.from({ length: CLASSES }, () => 0));
  labels.forEach((label, i) => confusion[label][predicted[i]]++);
  const right = sum(confusion.map((row, label) => row[label])) / labels.length;
  const error = Math.sqrt((right * (1 - right)) / labels.length);
  return { text: `${(100 * right).toFixed(2)} % +- ${(100 * error).toFixed(2)}`, confusion };
}
