// Observable Plot without a browser: options in, one SVG out that is legible on light and on dark ground.

import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { drawing } from "./drawing.js";
import { fragment, Markup } from "./markup.js";

/** What surrounds the marks of a chart. */
export interface Frame {
  /** What a screen reader says in place of the chart. */
  readonly description: string;
  /** Drawn over the chart, in its coordinates: titles and legends. */
  readonly overlay?: readonly Markup[];
}

/** The little of the DOM that is used here; the library's own types need a browser's. */
interface SvgNode {
  readonly innerHTML: string;
  querySelectorAll(selector: string): Iterable<SvgNode>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  remove(): void;
}

/** Draws a chart. Text and axes take the colour of the text around it. */
export function drawPlot(
  options: PlotOptions & { readonly width: number; readonly height: number },
  frame: Frame,
): Markup {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = plot({ ...options, document }) as unknown as SvgNode;
  for (const style of svg.querySelectorAll("style")) style.remove();
  for (const node of svg.querySelectorAll("*")) roundGeometry(node);
  const { width, height } = options;
  return drawing(
    { width, height, description: frame.description, anchor: "middle" },
    new Markup(svg.innerHTML.replaceAll("&nbsp;", "&#160;")),
    fragment(...(frame.overlay ?? [])),
  );
}

const geometry = ["d", "cx", "cy", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform"];

/** A hundredth of a pixel is enough; seventeen digits would make up most of the file. */
function roundGeometry(node: SvgNode): void {
  for (const name of geometry) {
    const value = node.getAttribute(name);
    if (value !== null && value.includes(".")) {
      node.setAttribute(
        name,
        value.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(100 * Number(number)) / 100)),
      );
    }
  }
}
