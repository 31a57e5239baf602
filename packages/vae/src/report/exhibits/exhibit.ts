// An exhibit: what one use has to show, drawn once, and then written as files or laid into a page.

import type { Comparison } from "../../uses/comparison.js";

/** A picture with its words. Exactly one of the three contents is there. */
export interface Picture {
  /** Its file name without the ending: `map`. */
  readonly name: string;
  /** What it shows and how to read it, in a sentence or two. */
  readonly caption: string;
  /** A drawing, as `<svg>` text. */
  readonly svg?: string;
  /** A PNG. */
  readonly png?: Uint8Array;
  /** An animation, as a GIF. */
  readonly gif?: Uint8Array;
}

/** A table for programs, such as the coordinates of an embedding. */
export interface Sheet {
  /** Its file name with the ending: `coordinates.csv`. */
  readonly name: string;
  readonly text: string;
}

/** What one use found. */
export interface Exhibit {
  /** The verb: `embed`. */
  readonly use: string;
  /** The heading: `Dimensionality reduction`. */
  readonly title: string;
  /** The finding and how to read what follows, in two to four sentences. */
  readonly reading: string;
  readonly comparisons: readonly Comparison[];
  readonly pictures: readonly Picture[];
  readonly sheets: readonly Sheet[];
  /** What the figures follow from: seeds, sizes, seconds of training. */
  readonly facts: Readonly<Record<string, string | number>>;
}
