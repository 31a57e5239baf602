// Where an operand is read, as text: by name where it is read as it lies, else by the formula of its index.

import { type Shape, sizeOf } from "@elbo/tensor";
import type { Graph } from "../graph/graph.js";
import { denseStrides, isDense, type Reading, stretched, whole } from "../fuse/layout.js";
import type { Names } from "./names.js";

/** The indices of the axes of a space. */
const INDICES = "ijklmnop";

/**
 * `b` for a value as it lies, also where it is stretched as usual; `b[j, i]` for one that is read transposed,
 * `b[i, 2 + j]` for a part of it; `b(3 + 6 i + j)` by the number of the element where no such form fits.
 */
export function readingText(reading: Reading, graph: Graph, names: Names): string {
  const { base, shape, strides, offset } = reading;
  const name = names(base);
  const node = graph.nodes.at(base);
  if (node === undefined || isDense(reading) || sizeOf(shape) === 0) return name;
  const plain = fits(node.shape, shape) && offset === 0 && sameMoves(stretched(whole(node), shape), reading);
  if (plain) return name;
  const index = indexOf(node.shape, reading);
  if (index !== undefined) return `${name}[${index.join(", ")}]`;
  const terms = strides.map((stride, axis) => (shape[axis] === 1 ? "" : term(stride, INDICES[axis] ?? `i${axis}`)));
  return `${name}(${sumOf(offset, terms)})`;
}

/** A matrix of a product: its name, with `^T` where it is read transposed. */
export function matrixText(reading: Reading, graph: Graph, names: Names): string {
  const swap = (list: readonly number[]): number[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  const turned: Reading = { ...reading, shape: swap(reading.shape), strides: swap(reading.strides) };
  return isDense(reading) || !isDense(turned) ? readingText(reading, graph, names) : `${names(reading.base)}^T`;
}

/** Whether a shape broadcasts to another without a change of the other. */
const fits = (from: Shape, to: Shape): boolean =>
  from.length <= to.length &&
  from.every((length, axis) => length === 1 || length === to[axis + to.length - from.length]);

const sameMoves = (expected: readonly number[], { shape, strides }: Reading): boolean =>
  shape.every((length, axis) => length === 1 || strides[axis] === expected[axis]);

/** For each axis of the base its index, where every axis of the reading moves along one of them. */
function indexOf(base: Shape, { shape, strides, offset }: Reading): string[] | undefined {
  const dense = denseStrides(base);
  const terms = base.map((): string => "");
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1 || strides[axis] === 0) continue;
    const along = dense.findIndex((stride, at) => base[at] > 1 && strides[axis] % stride === 0);
    if (
      along < 0 ||
      terms[along] !== "" ||
      (Math.abs(strides[axis]) / dense[along]) * (shape[axis] - 1) >= base[along]
    ) {
      return undefined;
    }
    terms[along] = term(strides[axis] / dense[along], INDICES[axis] ?? `i${axis}`);
  }
  let rest = offset;
  return terms.map((text, at) => {
    const start = Math.floor(rest / dense[at]);
    rest -= start * dense[at];
    return sumOf(start, [text]);
  });
}

const term = (stride: number, index: string): string =>
  stride === 0 ? "" : stride === 1 ? index : stride === -1 ? `-${index}` : `${stride} ${index}`;

function sumOf(start: number, terms: readonly string[]): string {
  const parts = terms.filter((text) => text !== "");
  const all = start === 0 && parts.length > 0 ? parts : [String(start), ...parts];
  return all.join(" + ").replaceAll("+ -", "- ");
}
