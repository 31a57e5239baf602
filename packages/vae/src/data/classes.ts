// Labels as they are written in files become classes counted from 0.

import { fromTypedArray, type Tensor } from "@elbo/tensor";
import { DataError } from "./errors.js";

/** More distinct labels than this are numbers or names of rows, not classes. */
const MOST = 1000;

/** Labels as numbers, and what they stand for. */
export interface Classed {
  /** `[count]`, int32. */
  readonly labels: Tensor;
  /** The name of class i at [i]; undefined where the labels are whole numbers as they stand. */
  readonly classes?: readonly string[];
}

/**
 * Labels as classes: whole numbers of 0 or more as they are, and where any label is another text, each the place of its
 * text among the distinct ones, sorted by code units.
 *
 * @param texts one label for each example
 * @param name what messages call the file
 * @throws DataError where there are more than 1000 distinct labels
 * @example classify(["b", "a", "b"], "t.csv") // { labels: [1, 0, 1], classes: ["a", "b"] }
 */
export function classify(texts: readonly string[], name: string): Classed {
  const distinct = [...new Set(texts)].sort();
  if (distinct.length > MOST) {
    throw new DataError(
      `${name}: the labels have ${distinct.length} different values; classes are at most ${MOST}, so name another column as the label`,
    );
  }
  if (distinct.every(isClassNumber)) return { labels: int32(texts.map(Number)) };
  const place = new Map(distinct.map((text, i) => [text, i]));
  return { labels: int32(texts.map((text) => place.get(text)!)), classes: distinct };
}

const isClassNumber = (text: string): boolean => /^\d+$/.test(text) && Number(text) < 2 ** 31;

const int32 = (values: readonly number[]): Tensor => fromTypedArray(Int32Array.from(values), [values.length]);

/** What each label is called: the name of its class where classes have names, else its number; undefined without labels. */
export const classTexts = (labels: Tensor | null, classes?: readonly string[]): string[] | undefined =>
  labels === null ? undefined : Array.from(labels.data, (label) => classes?.[label] ?? String(label));
