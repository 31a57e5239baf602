// The colours of the pictures: each of them is legible on white and on near-black.

/** What the encoder computes. */
export const ENCODER = "#3f90da";

/** What the decoder computes. */
export const DECODER = "#e0701a";

/** The line or bar that the reader should look at first. */
export const ACCENT = "#3f90da";

/**
 * Ten colours for ten classes, chosen to stay apart for readers with any common colour vision deficiency: M. Petroff,
 * "Accessible Color Sequences for Data Visualization", arXiv:2107.02270.
 */
export const CLASSES: readonly string[] = [
  "#3f90da",
  "#ffa90e",
  "#bd1f01",
  "#94a4a2",
  "#832db6",
  "#a96b59",
  "#e76300",
  "#b9ac70",
  "#717581",
  "#92dadd",
];

/** The colour of a class; from the eleventh on, colours come again. */
export const classColour = (label: number): string => {
  const count = CLASSES.length;
  return CLASSES[((Math.trunc(label) % count) + count) % count];
};
