// A gallery of strange images: each above its reconstruction and above itself with the heat of its score.

import type { Tensor } from "@elbo/tensor";
import { fullHeat, HEAT, heatStrip, significant } from "./heat.js";
import { drawing } from "./drawing.js";
import { type Child, element, type Markup } from "./markup.js";
import { dataUri, imageGrid } from "./png.js";

/** Images of one kind, with everything that stands in their columns. */
export interface HeatBlock {
  readonly title: string;
  /** `[count, height, width]`, as are the other two. */
  readonly inputs: Tensor;
  readonly reconstructions: Tensor;
  readonly contributions: Tensor;
  /** What stands above each image: its class, or nothing. */
  readonly labels: readonly string[] | null;
  readonly scores: readonly number[];
  /** Scores above the threshold are bold. */
  readonly flagged: readonly boolean[];
}

/** The side of an image in the drawing, and of its pixels' file, which has four for one so that it stays sharp. */
const TILE = 56;
const SHARP = 4;
const GAP = 4;
const LEFT = 108;
const LINE = 15;
/** Between two blocks. */
const APART = 18;
/** Room for the titles and for the words beside the scale. */
const LEAST_WIDTH = 520;

/**
 * Blocks below each other, with a scale of the heat at the foot. All blocks have the same full heat.
 *
 * @param unit what a pixel's heat is counted in: `nats`
 * @returns `<svg>` text
 */
export function heatGallery(blocks: readonly HeatBlock[], unit: string): string {
  const full = fullHeat(blocks.map(({ contributions }) => contributions));
  const [, height, width] = blocks[0].inputs.shape;
  const shrink = TILE / Math.max(height, width);
  const tile = { width: width * shrink, height: height * shrink };
  const most = Math.max(...blocks.map(({ scores }) => scores.length));
  const heights = blocks.map((block) => blockHeight(block, tile.height));
  const tops = heights.map((_, i) => heights.slice(0, i).reduce((sum, own) => sum + own + APART, 0));
  const foot = tops[tops.length - 1] + heights[heights.length - 1] + APART;
  const size = {
    width: Math.ceil(Math.max(LEFT + most * (tile.width + GAP), LEAST_WIDTH)),
    height: Math.ceil(foot + 2 * LINE),
  };
  return drawing(
    { ...size, description: blocks.map(({ title, scores }) => `${title}: ${scores.length} images`).join("; ") },
    blocks.map((own, i) => element("g", { transform: `translate(0,${tops[i]})` }, block(own, tile, full))),
    element("g", { transform: `translate(${LEFT},${foot})` }, scale(full, unit)),
  ).source;
}

const linesAbove = ({ labels }: HeatBlock): number => (labels === null ? 2 : 3);

const blockHeight = (own: HeatBlock, tile: number): number => LINE * linesAbove(own) + 6 + 3 * (tile + GAP);

interface Tile {
  readonly width: number;
  readonly height: number;
}

function block(own: HeatBlock, tile: Tile, full: number): Child {
  const { inputs, reconstructions, contributions, labels, scores } = own;
  const top = LINE * linesAbove(own) + 6;
  const [count, , width] = inputs.shape;
  const pixel = Math.max(1, Math.round((SHARP * tile.width) / width));
  const layout = { scale: pixel, gap: Math.max(1, Math.round((GAP * pixel * width) / tile.width)) };
  const files: [name: string, png: Uint8Array][] = [
    ["input", imageGrid(inputs, { columns: count, ...layout })],
    ["reconstruction", imageGrid(reconstructions, { columns: count, ...layout })],
    ["heat", heatStrip(inputs, contributions, { full, ...layout })],
  ];
  const wide = count * (tile.width + GAP) - GAP;
  return [
    element("text", { x: LEFT, y: LINE - 3, "font-weight": 600 }, own.title),
    labels === null ? null : above("class", labels, LINE, tile),
    above("score", scores.map(significant), LINE * (linesAbove(own) - 1), tile, own.flagged),
    files.map(([name, png], row) => {
      const y = top + row * (tile.height + GAP);
      return [
        element("text", { x: LEFT - 8, y: y + tile.height / 2 + 4, "text-anchor": "end" }, name),
        element("image", {
          x: LEFT,
          y,
          width: wide,
          height: tile.height,
          href: dataUri(png),
          preserveAspectRatio: "none",
        }),
      ];
    }),
  ];
}

/** One line of words, each in the middle above its image. */
function above(name: string, words: readonly string[], y: number, tile: Tile, bold?: readonly boolean[]): Markup[] {
  const line = y + LINE - 3;
  return [
    element("text", { x: LEFT - 8, y: line, "text-anchor": "end", "fill-opacity": 0.75 }, name),
    ...words.map((word, i) =>
      element(
        "text",
        {
          x: LEFT + i * (tile.width + GAP) + tile.width / 2,
          y: line,
          "text-anchor": "middle",
          "font-size": 11,
          "font-weight": bold?.[i] ? 700 : undefined,
        },
        word,
      ),
    ),
  ];
}

const STEPS = 5;

/** What the reds mean, on paper as the images are: from none to full heat. */
const scale = (full: number, unit: string): Child => [
  element("rect", { x: 0, y: 2, width: STEPS * 24, height: 12, fill: "#fff" }),
  Array.from({ length: STEPS }, (_, i) =>
    element("rect", {
      x: i * 24,
      y: 2,
      width: 24,
      height: 12,
      fill: HEAT,
      "fill-opacity": i / (STEPS - 1),
      stroke: "currentColor",
      "stroke-opacity": 0.3,
    }),
  ),
  element("text", { x: -8, y: 12, "text-anchor": "end" }, "0"),
  element("text", { x: STEPS * 24 + 8, y: 12 }, `${significant(full)} ${unit} a pixel, or more`),
];
