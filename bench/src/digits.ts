// The score card of the procedural digits: how near they come to MNIST, in pixels, in codes and to a classifier.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { ArgumentError } from "@elbo/tensor";
import { digitBytes, parseIdx } from "@elbo/vae";
import { CLASSES, count, type Images, some, sum } from "./digits/images.js";
import { accuracy, nearestNeighbours } from "./digits/neighbours.js";
import { measure, type Row } from "./digits/statistics.js";

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

function readMnist(folder: string, part: "train" | "t10k"): Images {
  const read = (kind: string): Uint8Array => {
    const name = `${part}-${kind}-ubyte.gz`;
    return parseIdx(gunzipSync(readFileSync(join(folder, name))), name).data;
  };
  return { pixels: read("images-idx3"), labels: read("labels-idx1") };
}

const print = (line = ""): void => console.log(line);

/** The row, the reference under it, and whether the worst of its numbers is within the tolerance. */
function printRow(row: Row, reference: readonly number[] | undefined): void {
  const format = (v: number): string => v.toFixed(row.digits ?? 3);
  print(`${row.name.padEnd(38)}${row.values.map(format).join(" ")}`);
  if (!reference) return;
  const off = Math.max(...row.values.map((v, i) => Math.abs(v / reference[i] - 1)));
  const { tolerance } = row;
  const target =
    tolerance === undefined ? "" : `  ${off <= tolerance ? "yes" : "NO"}, target ${(100 * tolerance).toFixed(0)} %`;
  print(`${"  MNIST".padEnd(38)}${reference.map(format).join(" ")}   off by ${(100 * off).toFixed(1)} %${target}`);
}

interface Options {
  readonly mnist: string;
  readonly count: number;
  readonly seed: number;
  readonly knnTrain: number;
  readonly knnTest: number;
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      mnist: { type: "string", default: "../shared/data/mnist" },
      count: { type: "string", default: "10000" },
      seed: { type: "string", default: "0" },
      "knn-train": { type: "string", default: "8000" },
      "knn-test": { type: "string", default: "2500" },
    },
  });
  return {
    mnist: values.mnist,
    count: wholeOption("count", values.count, 1),
    seed: wholeOption("seed", values.seed, 0),
    knnTrain: wholeOption("knn-train", values["knn-train"], 3),
    knnTest: wholeOption("knn-test", values["knn-test"], 1),
  };
}

function wholeOption(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new ArgumentError(`--${name} takes a whole number from ${least} on, got ${text}`, { op: "bench digits" });
  }
  return value;
}

function printStatistics(drawn: Images, mnist: Images | null): void {
  const reference = mnist ? measure(mnist).map((row) => row.values) : PUBLISHED;
  const rows = measure(drawn);
  rows.forEach((row, i) => printRow(row, reference[i]));
  if (!rows.some((row) => row.name.startsWith("bzip2"))) print("bzip2: absent on this machine");
}

function printClassifier(drawn: Images, mnist: Images, test: Images): void {
  print(`3-NN on pixels, trained on ${count(drawn)} images, tested on ${count(test)} of MNIST's, evenly spaced:`);
  const real = accuracy(nearestNeighbours(mnist, test), test.labels);
  const { text, confusion } = accuracy(nearestNeighbours(drawn, test), test.labels);
  print(`  MNIST  -> MNIST   ${real.text}   (one standard error; the ceiling)`);
  print(`  digits -> MNIST   ${text}   (target 85 %)`);
  print();
  print("digits -> MNIST, confusion: a row is the true class, a column the predicted one");
  print(`      ${Array.from({ length: CLASSES }, (_, c) => String(c).padStart(5)).join("")}   right`);
  confusion.forEach((row, label) => {
    const right = (100 * row[label]) / Math.max(1, sum(row));
    print(`    ${label} ${row.map((v) => String(v).padStart(5)).join("")}   ${right.toFixed(1).padStart(5)} %`);
  });
}

/**
 * Prints the score card: `bench digits [--mnist FOLDER] [--count N] [--seed S] [--knn-train N] [--knn-test N]`.
 * Without MNIST's IDX files (gzip) in FOLDER, `../shared/data/mnist` unless said otherwise, it compares with the
 * published numbers and leaves the classifier out.
 */
export async function digitsScoreCard(args: string[]): Promise<void> {
  const options = readOptions(args);
  const many = Math.max(options.count, options.knnTrain);
  const began = performance.now();
  const drawn = digitBytes("train", many, options.seed);
  const seconds = (performance.now() - began) / 1000;
  print(`${many} digits in ${seconds.toFixed(2)} s, ${((1e6 * seconds) / many).toFixed(0)} us each`);

  if (!existsSync(join(options.mnist, "train-images-idx3-ubyte.gz"))) {
    print(`MNIST IS ABSENT: no train-images-idx3-ubyte.gz in ${options.mnist} (give --mnist FOLDER).`);
    print(`The first ${options.count} digits beside published numbers of MNIST; no classifier.\n`);
    printStatistics(some(drawn, options.count), null);
    return;
  }
  const mnist = readMnist(options.mnist, "train");
  print(`The first ${options.count} digits beside the first ${options.count} of MNIST's training set.\n`);
  printStatistics(some(drawn, options.count), some(mnist, options.count));
  print();
  const test = some(readMnist(options.mnist, "t10k"), options.knnTest, true);
  printClassifier(some(drawn, options.knnTrain), some(mnist, options.knnTrain), test);
}
