// One digit by its index: who writes it, which factors, and its pixels.

import { ArgumentError, foldIn, type Key, key } from "@elbo/tensor";
import { develop, newRaster, type Raster, SIDE } from "./develop.js";
import { Draws } from "./draws.js";
import { chooseFactors, type DigitFactors } from "./factors.js";
import { write } from "./pen.js";
import { scan } from "./scan.js";
import { writer, type Writer, WRITERS_PER_PART } from "./writer.js";

/** The two disjoint parts of the data set. */
export type Part = "train" | "test";

/** One image with what is known about it. */
export interface Digit {
  /** 28 x 28 bytes, row-major, 0 paper and 255 ink. */
  readonly pixels: Uint8Array;
  readonly label: number;
  readonly factors: DigitFactors;
}

/** What the keys folded from the seed are for: the two parts, and the writers of both. */
const STREAM = { train: 0, test: 1, writers: 2 } as const;
/** What the keys folded from a part are for. */
const LABELS = 0;
const IMAGES = 1;

/** The share of the inked pixels of a scan that a dry pen leaves out. */
const DRYNESS = 0.12;

/** Draws the digits of one part and one seed, in any order; remembers the hands it has met, and nothing else counts. */
export class DigitMaker {
  readonly #labels: Key;
  readonly #images: Key;
  readonly #writers: Key;
  readonly #firstWriter: number;
  readonly #hands = new Map<number, Writer>();
  readonly #raster: Raster = newRaster();
  #block = -1;
  #order: readonly number[] = [];

  constructor(part: Part, seed: number) {
    const root = key(seed);
    const own = foldIn(root, STREAM[part]);
    this.#labels = foldIn(own, LABELS);
    this.#images = foldIn(own, IMAGES);
    this.#writers = foldIn(root, STREAM.writers);
    this.#firstWriter = part === "train" ? 0 : WRITERS_PER_PART;
  }

  /** The class of image `index`: each ten consecutive images show every class once, in a random order. */
  label(index: number): number {
    const block = Math.floor(index / 10);
    if (block !== this.#block) {
      this.#block = block;
      this.#order = shuffledClasses(new Draws(foldIn(this.#labels, block)));
    }
    return this.#order[index - 10 * block];
  }

  /** Draws image `index` into `pixels[at .. at + 783]`, which must be 0; returns its factors. */
  draw(index: number, pixels: Uint8Array, at: number): DigitFactors {
    const draws = new Draws(foldIn(this.#images, index));
    const hand = this.#hand(this.#firstWriter + draws.below(WRITERS_PER_PART));
    const { factors, allograph } = chooseFactors(this.label(index), hand, draws);
    scan(write(allograph, factors, draws), factors.scan, this.#raster.bits);
    if (factors.damage === "speckle") dryPen(this.#raster.bits, draws);
    develop(this.#raster, factors.scan, pixels, at);
    return factors;
  }

  #hand(id: number): Writer {
    let hand = this.#hands.get(id);
    if (hand === undefined) this.#hands.set(id, (hand = writer(this.#writers, id)));
    return hand;
  }
}

/** 0 .. 9 in a random order (Fisher and Yates). */
function shuffledClasses(draws: Draws): number[] {
  const order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (let i = 9; i > 0; i--) {
    const j = draws.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function dryPen(bits: Uint8Array, draws: Draws): void {
  for (let i = 0; i < bits.length; i++) if (bits[i] === 1 && draws.chance(DRYNESS)) bits[i] = 0;
}

/** Refuses what is not a whole number from 0 to `most`. */
export function checkWhole(op: string, name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new ArgumentError(`${name} is a whole number from 0 to ${most}, got ${value}`, { op });
  }
}

/** Which part and which seed an image is taken from. */
export interface DigitOptions {
  /** 0 unless said otherwise; a whole number from 0 to 2^53 - 1. */
  readonly seed?: number;
  /** "train" unless said otherwise. */
  readonly part?: Part;
}

/**
 * Image `index` of the procedural digits, with the exact factors that made it; equal to row `index` of `digits(...)`.
 * @throws ArgumentError where the index, the seed or the part is none
 * @example digit(7, { seed: 0, part: "test" }).factors.slant
 */
export function digit(index: number, options: DigitOptions = {}): Digit {
  const { seed = 0, part = "train" } = options;
  checkWhole("digit", "index", index, 4294967295);
  checkWhole("digit", "seed", seed, Number.MAX_SAFE_INTEGER);
  if (part !== "train" && part !== "test") {
    throw new ArgumentError(`part is "train" or "test", got ${String(part)}`, { op: "digit" });
  }
  const pixels = new Uint8Array(SIDE * SIDE);
  const factors = new DigitMaker(part, seed).draw(index, pixels, 0);
  return { pixels, label: factors.label, factors };
}
