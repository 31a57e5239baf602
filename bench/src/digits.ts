// The score card of the procedural digits: how near they come to MNIST, in pixels, in codes and to a classifier.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { ArgumentError } from "@elbo/tensor";
import { digits, parseIdx } from "@elbo/vae";

const PIXELS = 784;
const CLASSES = 10;

/** Images as bytes, 784 each, with their labels. */
interface Images {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** One measured row: its name, its numbers, and how far the digits may be from MNIST, as a share. */
interface Row {
  readonly name: string;
  readonly values: readonly number[];
  readonly tolerance?: number;
  readonly digits?: number;
}

/** The published numbers of MNIST's training set, for where the files are not at hand; in the order of `measure`. */
const PUBLISHED: readonly (readonly number[])[] = [
  [0.1325, 0.31],
  [0.193, 0.134, 0.103],
  [0.172, 0.077, 0.15, 0.143, 0.123, 0.132, 0.144, 0.115, 0.153, 0.125],
  [52.8, 0.78],
  [42, 84, 149],
  [205.8],
  [1.635],
  [1.415],
];

// ---- statistics of one set ----

const count = (images: Images): number => images.labels.length;

function pixelMoments({ pixels }: Images): Row[] {
  let sum = 0;
  let squares = 0;
  let any = 0;
  let half = 0;
  let grey = 0;
  for (const byte of pixels) {
    const x = byte / 255;
    sum += x;
    squares += x * x;
    if (x > 0) any++;
    if (x > 0.5) half++;
    if (x > 0.05 && x < 0.95) grey++;
  }
  const n = pixels.length;
  const mean = sum / n;
  return [
    { name: "pixels: mean, std", values: [mean, Math.sqrt(squares / n - mean * mean)], tolerance: 0.07 },
    { name: "share > 0, > .5, in (.05, .95)", values: [any / n, half / n, grey / n], tolerance: 0.07 },
  ];
}

/** Per class the mean and the variance of every pixel, and how many images it has. */
function classMoments({ pixels, labels }: Images): { mean: Float64Array; variance: Float64Array; size: number }[] {
  return Array.from({ length: CLASSES }, (_, label) => {
    const mean = new Float64Array(PIXELS);
    const variance = new Float64Array(PIXELS);
    let size = 0;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== label) continue;
      size++;
      for (let k = 0; k < PIXELS; k++) {
        const x = pixels[i * PIXELS + k]! / 255;
        mean[k]! += x;
        variance[k]! += x * x;
      }
    }
    for (let k = 0; k < PIXELS; k++) {
      mean[k]! /= Math.max(1, size);
      variance[k] = variance[k]! / Math.max(1, size) - mean[k]! * mean[k]!;
    }
    return { mean, variance, size };
  });
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const v of values) total += v;
  return total;
};

/** C = E[x x^T] - E[x] E[x]^T of the pixels, `[784, 784]` row-major, and the mean. */
function covariance({ pixels }: Images): { mean: Float64Array; matrix: Float64Array } {
  const n = pixels.length / PIXELS;
  const mean = new Float64Array(PIXELS);
  const matrix = new Float64Array(PIXELS * PIXELS);
  const inked = new Int32Array(PIXELS);
  for (let i = 0; i < n; i++) {
    let many = 0;
    for (let k = 0; k < PIXELS; k++) if (pixels[i * PIXELS + k] !== 0) inked[many++] = k;
    for (let a = 0; a < many; a++) {
      const j = inked[a]!;
      const x = pixels[i * PIXELS + j]! / 255;
      mean[j]! += x / n;
      for (let b = 0; b <= a; b++) matrix[j * PIXELS + inked[b]!]! += (x * pixels[i * PIXELS + inked[b]!]!) / 255;
    }
  }
  for (let j = 0; j < PIXELS; j++) {
    for (let k = 0; k <= j; k++) {
      const c = matrix[j * PIXELS + k]! / n - mean[j]! * mean[k]!;
      matrix[j * PIXELS + k] = c;
      matrix[k * PIXELS + j] = c;
    }
  }
  return { mean, matrix };
}

/** The eigenvalues of a symmetric matrix, greatest first: Householder to a tridiagonal, then bisection by Sturm counts. */
function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, off } = tridiagonal(matrix, n);
  let bound = 0;
  for (let i = 0; i < n; i++) {
    bound = Math.max(bound, Math.abs(diagonal[i]!) + Math.abs(off[i]!) + Math.abs(off[i + 1] ?? 0));
  }
  // Sylvester: as many pivots of T - x I are negative as eigenvalues lie below x.
  const below = (x: number): number => {
    let negative = 0;
    let pivot = 1;
    for (let i = 0; i < n; i++) {
      pivot = diagonal[i]! - x - (off[i]! * off[i]!) / pivot;
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
    diagonal[k] = a[k * n + k]!;
    if (k + 1 === n) break;
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm += a[i * n + k]! * a[i * n + k]!;
    norm = Math.sqrt(norm);
    const head = a[(k + 1) * n + k]!;
    const alpha = head > 0 ? -norm : norm;
    off[k + 1] = alpha;
    if (norm === 0) continue;
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k]!;
    v[k + 1] = head - alpha;
    const beta = 1 / (norm * norm - head * alpha);
    let dot = 0;
    for (let i = k + 1; i < n; i++) {
      let s = 0;
      for (let j = k + 1; j < n; j++) s += a[i * n + j]! * v[j]!;
      p[i] = beta * s;
      dot += p[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i++) p[i]! -= 0.5 * beta * dot * v[i]!;
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= v[i]! * p[j]! + p[i]! * v[j]!;
    }
  }
  return { diagonal, off };
}

/** How many principal components hold each share of the variance. */
function dimensions(spectrum: Float64Array, shares: readonly number[]): number[] {
  const total = sum(spectrum);
  return shares.map((share) => {
    let held = 0;
    let many = 0;
    while (many < spectrum.length && held < share * total) held += spectrum[many++]!;
    return many;
  });
}

/** E[-log p(x)] in nats an image, under independent Bernoulli pixels with the set's own means. */
function bernoulliNats(mean: Float64Array): number {
  return -sum(mean.map((m) => (m > 0 && m < 1 ? m * Math.log(m) + (1 - m) * Math.log(1 - m) : 0)));
}

/** Compressed size in bits per pixel; null where the machine has no bzip2. */
function bitsPerPixel({ pixels }: Images): { gzip: number; bzip2: number | null } {
  const bits = (bytes: Uint8Array): number => (8 * bytes.length) / pixels.length;
  const run = spawnSync("bzip2", ["-9", "-c"], { input: pixels, maxBuffer: 2 * pixels.length });
  return {
    gzip: bits(gzipSync(pixels, { level: 9 })),
    bzip2: run.error || run.status !== 0 ? null : bits(run.stdout),
  };
}

/** Every row of the card but the classifier's. */
function measure(images: Images): Row[] {
  const classes = classMoments(images);
  const { mean, matrix } = covariance(images);
  const variance = sum(mean.map((_, k) => matrix[k * PIXELS + k]!));
  const within = sum(classes.map((c) => (c.size / count(images)) * sum(c.variance)));
  const shares = [0.8, 0.9, 0.95];
  const { gzip, bzip2 } = bitsPerPixel(images);
  return [
    ...pixelMoments(images),
    { name: "ink by class 0 .. 9", values: classes.map((c) => sum(c.mean) / PIXELS), digits: 3 },
    { name: "pixel variance, share within classes", values: [variance, within / variance], tolerance: 0.07 },
    {
      name: "PCA dims for 80, 90, 95 %",
      values: dimensions(eigenvalues(matrix, PIXELS), shares),
      tolerance: 0.2,
      digits: 0,
    },
    { name: "independent Bernoulli, nats", values: [bernoulliNats(mean)], tolerance: 0.07, digits: 1 },
    { name: "gzip -9, bits per pixel", values: [gzip] },
    ...(bzip2 === null ? [] : [{ name: "bzip2 -9, bits per pixel", values: [bzip2] }]),
  ];
}

// ---- a classifier: trained on the digits, tested on MNIST ----

/**
 * The majority of the 3 nearest training images in Euclidean distance; the nearest of them where all differ.
 * Four test images share each pass over the training set: |a - b|^2 = |a|^2 - 2 a.b + |b|^2, without |a|^2.
 */
function nearestNeighbours(train: Images, test: Images): Uint8Array {
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
        const v = x[at]!;
        sa += v * a[k]!;
        sb += v * b[k]!;
        sc += v * c[k]!;
        sd += v * d[k]!;
      }
      const label = train.labels[i]!;
      best[0]!.offer(norms[i]! - 2 * sa, label);
      best[1]!.offer(norms[i]! - 2 * sb, label);
      best[2]!.offer(norms[i]! - 2 * sc, label);
      best[3]!.offer(norms[i]! - 2 * sd, label);
    }
    for (let r = 0; r < 4 && start + r < many; r++) predicted[start + r] = best[r]!.vote();
  }
  return predicted;
}

/** The three nearest so far, nearest first. */
class Nearest {
  readonly #distance = [Infinity, Infinity, Infinity];
  readonly #label = [0, 0, 0];

  offer(distance: number, label: number): void {
    if (distance >= this.#distance[2]!) return;
    let place = 2;
    for (; place > 0 && distance < this.#distance[place - 1]!; place--) {
      this.#distance[place] = this.#distance[place - 1]!;
      this.#label[place] = this.#label[place - 1]!;
    }
    this.#distance[place] = distance;
    this.#label[place] = label;
  }

  vote(): number {
    const [first, second, third] = this.#label as [number, number, number];
    return second === third ? second : first;
  }
}

function accuracy(predicted: Uint8Array, labels: Uint8Array): { text: string; confusion: number[][] } {
  const confusion = Array.from({ length: CLASSES }, () => Array.from({ length: CLASSES }, () => 0));
  labels.forEach((label, i) => confusion[label]![predicted[i]!]!++);
  const right = sum(confusion.map((row, label) => row[label]!)) / labels.length;
  const error = Math.sqrt((right * (1 - right)) / labels.length);
  return { text: `${(100 * right).toFixed(2)} % +- ${(100 * error).toFixed(2)}`, confusion };
}

// ---- reading, printing ----

function readMnist(folder: string, part: "train" | "t10k"): Images {
  const read = (kind: string): Uint8Array => {
    const name = `${part}-${kind}-ubyte.gz`;
    return parseIdx(gunzipSync(readFileSync(join(folder, name))), name).data;
  };
  return { pixels: read("images-idx3"), labels: read("labels-idx1") };
}

/** The first `n` images, or `n` evenly spaced ones. */
function some(images: Images, n: number, evenly = false): Images {
  const step = evenly ? Math.max(1, Math.floor(count(images) / n)) : 1;
  const many = Math.min(n, count(images));
  const pixels = new Uint8Array(many * PIXELS);
  for (let i = 0; i < many; i++) {
    pixels.set(images.pixels.subarray(i * step * PIXELS, (i * step + 1) * PIXELS), i * PIXELS);
  }
  return { pixels, labels: Uint8Array.from({ length: many }, (_, i) => images.labels[i * step]!) };
}

function ours(n: number, seed: number): { images: Images; seconds: number } {
  const began = performance.now();
  const { train } = digits({ train: n, test: 0, seed });
  const seconds = (performance.now() - began) / 1000;
  const pixels = Uint8Array.from(train.inputs.data, (v) => Math.round(v * 255));
  return { images: { pixels, labels: Uint8Array.from(train.labels!.data) }, seconds };
}

const print = (line = ""): void => console.log(line);

function printRow(row: Row, reference: readonly number[] | undefined): void {
  const format = (v: number): string => v.toFixed(row.digits ?? 3);
  const off = reference ? Math.max(...row.values.map((v, i) => Math.abs(v / reference[i]! - 1))) : 0;
  const verdict = row.tolerance === undefined ? "" : off <= row.tolerance ? "yes" : "NO";
  const target = row.tolerance === undefined ? "" : `${verdict.padEnd(4)}(within ${100 * row.tolerance} %)`;
  print(`${row.name.padEnd(38)}${row.values.map(format).join(" ")}`);
  if (reference)
    print(`${"  MNIST".padEnd(38)}${reference.map(format).join(" ")}   off by ${(100 * off).toFixed(1)} % ${target}`);
}

function wholeOption(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new ArgumentError(`--${name} takes a whole number, got ${text}`, { op: "bench digits" });
  }
  return value;
}

/**
 * Prints the score card: `bench digits [--mnist FOLDER] [--count N] [--knn-train N] [--knn-test N] [--seed S]`.
 * Without the four IDX files of MNIST in FOLDER (gzip, `../shared/data/mnist` unless said otherwise) it compares with
 * the published numbers and leaves out the classifier.
 */
export async function digitsScoreCard(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      mnist: { type: "string", default: "../shared/data/mnist" },
      count: { type: "string", default: "10000" },
      "knn-train": { type: "string", default: "8000" },
      "knn-test": { type: "string", default: "2500" },
      seed: { type: "string", default: "0" },
    },
  });
  const folder = values.mnist;
  const n = Math.max(1, wholeOption("count", values.count));
  const knnTrain = Math.max(3, wholeOption("knn-train", values["knn-train"]));
  const knnTest = Math.max(1, wholeOption("knn-test", values["knn-test"]));
  const { images, seconds } = ours(Math.max(n, knnTrain), wholeOption("seed", values.seed));
  print(`${count(images)} digits in ${seconds.toFixed(2)} s, ${((1e6 * seconds) / count(images)).toFixed(0)} us each`);

  const present = existsSync(join(folder, "train-images-idx3-ubyte.gz"));
  const mnist = present ? readMnist(folder, "train") : null;
  const reference = mnist ? measure(some(mnist, n)).map((row) => row.values) : PUBLISHED;
  print(
    mnist
      ? `the first ${n} digits beside the first ${n} of MNIST's training set`
      : `MNIST IS ABSENT: nothing in ${folder}`,
  );
  if (!mnist) print(`the first ${n} digits beside published numbers of MNIST; no classifier (give --mnist FOLDER)`);
  print();
  const rows = measure(some(images, n));
  rows.forEach((row, i) => printRow(row, reference[i]));
  if (!rows.some((row) => row.name.startsWith("bzip2"))) print("bzip2: absent on this machine");
  if (!mnist) return;

  const test = some(readMnist(folder, "t10k"), knnTest, true);
  print();
  print(
    `3-NN on ${count(test)} of MNIST's test images (evenly spaced; +- is one standard error), trained on ${knnTrain} of`,
  );
  const real = accuracy(nearestNeighbours(some(mnist, knnTrain), test), test.labels);
  const { text, confusion } = accuracy(nearestNeighbours(some(images, knnTrain), test), test.labels);
  print(`  MNIST   ${real.text}   (the ceiling)`);
  print(`  digits  ${text}   (target 85 %)`);
  print();
  print("digits -> MNIST, confusion: a row is the true class, a column the predicted one");
  print(`      ${Array.from({ length: CLASSES }, (_, c) => String(c).padStart(5)).join("")}   right`);
  confusion.forEach((row, label) => {
    const right = (100 * row[label]!) / Math.max(1, sum(row));
    print(`    ${label} ${row.map((v) => String(v).padStart(5)).join("")}   ${right.toFixed(1).padStart(5)} %`);
  });
}
