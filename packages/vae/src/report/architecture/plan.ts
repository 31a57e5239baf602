// Where each part of a drawn model stands: a row of columns, left to right, before anything is drawn.

import type { Architecture, LayerDescription } from "../../models/describe.js";
import { dimensionsOf, whole } from "../numbers.js";

/** A line of text below a glyph. */
export interface Line {
  readonly text: string;
  readonly style: "size" | "name" | "formula";
}

/** One column of the drawing: a glyph on the centre line, and lines of text below it. */
export interface Column {
  readonly kind: "input" | "layer" | "moments" | "latent" | "output";
  readonly side: "encoder" | "decoder" | "between";
  /** The centre of the glyph. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** The cells that an input or output is divided into, down and across. */
  readonly cells: readonly [number, number];
  /** What stands below: sizes first. */
  readonly lines: readonly Line[];
}

/** A planned drawing. */
export interface Plan {
  readonly columns: readonly Column[];
  readonly width: number;
}

/** The heights of the smallest and of the largest layer; between them, height is linear in log(units). */
const SHORTEST = 36;
const TALLEST = 128;

const LAYER_WIDTH = 18;
const MOMENT_WIDTH = 38;
const LATENT_RADIUS = 21;
/** Funnels are at least this long, and longer where few layers would leave the drawing empty. */
const GAP = 34;
const WIDEST_GAP = 84;
const COMFORTABLE_WIDTH = 940;
const PADDING = 14;

/** The usual advance of a character of a 12-pixel sans-serif font. */
const CHARACTER = 6.6;

/** Half of the label over the noise, which stands beside the code. */
const NOISE_ROOM = 60;

type Glyph = Omit<Column, "x">;

/** Lays out the columns; every column is as wide as its glyph or its text asks. */
export function planArchitecture(model: Architecture): Plan {
  const glyphs = list(model);
  const columns: Column[] = [];
  const gap = gapBetween(glyphs);
  let right = PADDING;
  let textRight = 0;
  for (const glyph of glyphs) {
    const text = CHARACTER * Math.max(...glyph.lines.map((line) => line.text.length), 0);
    const half = glyph.kind === "latent" && model.kind === "vae" ? Math.max(text / 2, NOISE_ROOM) : text / 2;
    const glyphLeft = columns.length === 0 ? right : right + gap;
    const x = Math.max(glyphLeft + glyph.width / 2, textRight + half);
    columns.push({ ...glyph, x });
    right = x + glyph.width / 2;
    textRight = x + half + 8;
  }
  return { columns, width: Math.ceil(Math.max(right + PADDING, textRight)) };
}

function gapBetween(glyphs: readonly Glyph[]): number {
  const used = glyphs.reduce((sum, glyph) => sum + glyph.width, 0);
  return Math.min(WIDEST_GAP, Math.max(GAP, (COMFORTABLE_WIDTH - used) / (glyphs.length - 1)));
}

function list(model: Architecture): Glyph[] {
  const dimensions = dimensionsOf(model.input);
  const sizes = [dimensions, model.latent, ...model.encoder.map(units), ...model.decoder.map(units)];
  const height = heightScale(sizes);
  const layer =
    (side: "encoder" | "decoder") =>
    (description: LayerDescription): Glyph => ({
      kind: "layer",
      side,
      width: LAYER_WIDTH,
      height: height(description.units),
      cells: [1, 1],
      lines: [size(whole(description.units)), name(description.activation)],
    });
  const shape = model.input.map(whole).join(" × ");
  const data = dataGlyph(model.input, height(dimensions));
  const moments: Glyph = {
    kind: "moments",
    side: "encoder",
    width: MOMENT_WIDTH,
    height: 2 * MOMENT_WIDTH + 12,
    cells: [1, 1],
    lines: [size(`2 × ${whole(model.latent)}`)],
  };
  const variational = model.kind === "vae";
  return [
    { ...data, kind: "input", side: "between", lines: [size(shape), name("input")] },
    ...model.encoder.map(layer("encoder")),
    ...(variational ? [moments] : []),
    {
      kind: "latent",
      side: "between",
      width: 2 * LATENT_RADIUS,
      height: 2 * LATENT_RADIUS,
      cells: [1, 1],
      lines: [size(whole(model.latent)), variational ? { text: "z = μ + σ ⊙ ε", style: "formula" } : name("code")],
    },
    ...model.decoder.map(layer("decoder")),
    { ...data, kind: "output", side: "decoder", lines: [size(shape), name(outputName(model))] },
  ];
}

const size = (text: string): Line => ({ text, style: "size" });
const name = (text: string): Line => ({ text, style: "name" });

const units = (layer: LayerDescription): number => layer.units;

/** What the output is: the mean of p(x|z); for an autoencoder, what its difference from x is measured with. */
function outputName(model: Architecture): string {
  if (model.kind === "vae") return model.likelihood === "bernoulli" ? "Bernoulli mean" : "Gaussian mean";
  return model.likelihood === "bernoulli" ? "cross-entropy" : "squared error";
}

function heightScale(sizes: readonly number[]): (size: number) => number {
  const logs = sizes.map((size) => Math.log(Math.max(1, size)));
  const low = Math.min(...logs);
  const high = Math.max(...logs);
  return (size) =>
    high > low ? SHORTEST + ((Math.log(Math.max(1, size)) - low) / (high - low)) * (TALLEST - SHORTEST) : TALLEST * 0.7;
}

/** An image is a grid in its own proportions, a vector one column of cells. The cells are a hint, not a count. */
function dataGlyph(shape: readonly number[], height: number): Pick<Glyph, "width" | "height" | "cells"> {
  const rank = shape.length;
  if (rank < 2) return { width: LAYER_WIDTH + 8, height, cells: [Math.min(16, Math.max(1, dimensionsOf(shape))), 1] };
  const channelsLast = rank > 2 && shape[rank - 1] <= 4;
  const rows = shape[rank - (channelsLast ? 3 : 2)];
  const columns = shape[rank - (channelsLast ? 2 : 1)];
  const aspect = Math.min(1.6, Math.max(0.4, columns / rows));
  return { width: height * aspect, height, cells: [Math.min(7, rows), Math.min(7, columns)] };
}
