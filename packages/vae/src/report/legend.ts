// The legend of a map: classes by colour and number, in one line, with their names where they fit.

import { element, type Markup } from "./markup.js";
import { classColour } from "./palette.js";

/** The mean width of a letter of 12 pixels, with some reserve: words in DejaVu Sans, the widest, take 6 each. */
const LETTER = 7;
/** Before the text of an entry, and after it. */
const SPACE = { dot: 9, gap: 9 };

/** The room that a text takes, in pixels. */
export const textWidth = (text: string): number => LETTER * text.length;

/**
 * The classes and their colours in one line that ends at x = `right`, in no more than `room` pixels: `0 normal`, or the
 * numbers alone where names would not fit, or nothing where numbers would not.
 */
export function legend(
  classes: readonly number[],
  names: readonly string[] | null,
  { right, room }: { readonly right: number; readonly room: number },
): Markup[] {
  const numbers = classes.map(String);
  const named = classes.map((label) => (names?.[label] === undefined ? String(label) : `${label} ${names[label]}`));
  const texts = [named, numbers].find((some) => lineWidth(some) <= room) ?? [];
  let x = right - lineWidth(texts);
  return texts.map((text, i) => {
    const entry = element(
      "g",
      { transform: `translate(${x.toFixed(1)},12)` },
      element("circle", { cx: 5, r: 5, fill: classColour(classes[i]) }),
      element("text", { x: 5 + SPACE.dot, y: 4, "text-anchor": "start" }, text),
    );
    x += entryWidth(text);
    return entry;
  });
}

const entryWidth = (text: string): number => 5 + SPACE.dot + textWidth(text) + SPACE.gap;

const lineWidth = (texts: readonly string[]): number =>
  texts.reduce((total, text) => total + entryWidth(text), texts.length > 0 ? -SPACE.gap : 0);
