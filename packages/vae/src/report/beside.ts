// Drawings of one size beside each other, as one drawing.

import { drawing } from "./drawing.js";
import { element, Markup } from "./markup.js";

export interface BesideOptions {
  /** The size of each drawing. */
  readonly width: number;
  readonly height: number;
  /** What a screen reader says in place of the whole. */
  readonly description: string;
}

const GAP = 12;

/** Finished `<svg>` texts in one row. Nested drawings keep their own text and colours. */
export const beside = (drawings: readonly string[], { width, height, description }: BesideOptions): string => {
  const whole = drawings.length * (width + GAP) - GAP;
  return drawing(
    { width: whole, height, description },
    drawings.map((drawing, i) => element("g", { transform: `translate(${i * (width + GAP)},0)` }, new Markup(drawing))),
  ).source;
};
