// The embedded data set: procedural handwriting, 28 x 28, ten classes, the same bits on every machine.

import { fromTypedArray } from "@elbo/tensor";
import type { Dataset, Split } from "../dataset.js";
import { checkWhole, DigitMaker, type Part } from "./digit.js";
import { SIDE } from "./develop.js";

/** The most images a part may have; random access with `digit` goes on to 2^32. */
const MOST = 1_000_000;

/** How many images, and from which seed. */
export interface DigitsOptions {
  /** Images in the training part; 60,000 unless said otherwise. */
  readonly train?: number;
  /** Images in the test part, written by other hands; 10,000 unless said otherwise. */
  readonly test?: number;
  /** 0 unless said otherwise; a whole number from 0 to 2^53 - 1. */
  readonly seed?: number;
}

/** Bytes and labels of the first `count` images of a part. */
export interface DigitBytes {
  /** `count` images of 28 x 28 bytes, row-major, 0 paper and 255 ink. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** The first `count` images of a part as bytes: what `digits` scales to 0..1, a quarter of the memory. */
export function digitBytes(part: Part, count: number, seed = 0): DigitBytes {
  checkWhole("digits", part, count, MOST);
  checkWhole("digits", "seed", seed, Number.MAX_SAFE_INTEGER);
  const maker = new DigitMaker(part, seed);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) labels[i] = maker.draw(i, pixels, i * SIDE * SIDE).label;
  return { pixels, labels };
}

function asSplit(part: Part, count: number, seed: number): Split {
  const { pixels, labels } = digitBytes(part, count, seed);
  const inputs = new Float32Array(pixels.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = pixels[i] / 255;
  return {
    inputs: fromTypedArray(inputs, [count, SIDE, SIDE]),
    labels: fromTypedArray(Int32Array.from(labels), [count]),
  };
}

/**
 * Procedural handwriting: `inputs` `[n, 28, 28]` float32, ink 1 on paper 0 in steps of 1/255, `labels` `[n]` int32.
 * Every ten consecutive images show each class once; train and test are written by disjoint hands; fewer images are
 * the prefix of more. The bits are the same on every runtime: see `published`.
 * @throws ArgumentError where a count or the seed is not a whole number from 0 on
 * @example const { train } = digits({ train: 1000, test: 100 }); train.inputs.shape // [1000, 28, 28]
 */
export function digits(options: DigitsOptions = {}): Dataset {
  const { train = 60_000, test = 10_000, seed = 0 } = options;
  checkWhole("digits", "train", train, MOST);
  checkWhole("digits", "test", test, MOST);
  return { name: "digits", train: asSplit("train", train, seed), test: asSplit("test", test, seed) };
}
