// The root of a drawing: an `<svg>` with its size, its words for who cannot see it, and the colour of the text around it.

import { type Child, element, type Markup } from "./markup.js";

const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";

/** What the root says of the drawing. */
export interface DrawingFrame {
  readonly width: number;
  readonly height: number;
  /** Where its upper edge lies in its own coordinates, 0 unless given. */
  readonly top?: number;
  /** What a screen reader says in place of the drawing. */
  readonly description: string;
  /** Of its text, 12 unless given. */
  readonly fontSize?: number;
  /** Where its text is fixed to its point. */
  readonly anchor?: "start" | "middle" | "end";
}

/** A drawing that is legible on light and on dark ground: what has no colour of its own takes that of the text around. */
export const drawing = (
  { width, height, top = 0, description, fontSize = 12, anchor }: DrawingFrame,
  ...children: readonly Child[]
): Markup =>
  element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 ${top} ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": description,
      fill: "currentColor",
      "font-family": SANS,
      "font-size": fontSize,
      "text-anchor": anchor,
    },
    ...children,
  );
