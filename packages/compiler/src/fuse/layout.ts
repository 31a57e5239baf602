// Where the elements of a value are found: a stored value seen through strides, so that views cost nothing.

import { type Range, resolveRange, type Shape, type SliceSpec } from "@elbo/tensor";
import type { Graph, Node, NodeId } from "../graph/graph.js";
import { kindOf } from "../graph/kinds.js";

/** Element [i, j, ...] is number `offset + i strides[0] + j strides[1] + ...` of the stored value `base`. */
export interface Reading {
  readonly base: NodeId;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** The strides of a dense, row-major value. */
export function denseStrides(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** True where the elements follow each other in row-major order from the beginning of the base; length-1 axes aside. */
export function isDense({ shape, strides, offset }: Reading): boolean {
  const dense = denseStrides(shape);
  return offset === 0 && shape.every((length, axis) => length <= 1 || strides[axis] === dense[axis]);
}

/** A stored value seen whole. */
export const whole = ({ id, shape }: Node): Reading => ({ base: id, shape, strides: denseStrides(shape), offset: 0 });

/** How a value is read: through all the views between it and what is stored. A reshape that needs a copy counts as stored. */
export function readings(graph: Graph): readonly Reading[] {
  const found: Reading[] = [];
  for (const node of graph.nodes) {
    found.push((kindOf(node.op) === "view" ? viewed(node, found[node.inputs[0]]) : undefined) ?? whole(node));
  }
  return found;
}

/** The reading of a view, or undefined where the elements must be moved first. */
export function viewed(node: Node, from: Reading): Reading | undefined {
  switch (node.op) {
    case "reshape": {
      const strides = reshapedStrides(from, node.shape);
      return strides && { ...from, shape: node.shape, strides };
    }
    case "transpose": {
      const { axes } = node.attributes as { axes: readonly number[] };
      return { ...from, shape: node.shape, strides: axes.map((axis) => from.strides[axis]) };
    }
    case "broadcastTo":
      return { ...from, shape: node.shape, strides: stretched(from, node.shape) };
    case "slice":
      return sliced(from, (node.attributes as { specs: readonly SliceSpec[] }).specs);
    default: {
      const { axes } = node.attributes as { axes: readonly number[] };
      const last = axes.reduce((sum, axis) => sum + (from.shape[axis] - 1) * from.strides[axis], 0);
      const strides = from.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
      return { ...from, strides, offset: from.shape.includes(0) ? from.offset : from.offset + last };
    }
  }
}

/** The strides of a value read as if it had a shape that it broadcasts to: 0 along stretched axes. */
export function stretched({ shape, strides }: Reading, to: Shape): number[] {
  const missing = to.length - shape.length;
  return to.map((length, axis) =>
    axis < missing || (shape[axis - missing] === 1 && length !== 1) ? 0 : strides[axis - missing],
  );
}

function sliced(from: Reading, specs: readonly SliceSpec[]): Reading {
  const [shape, strides]: [number[], number[]] = [[], []];
  let { offset } = from;
  from.shape.forEach((length, axis) => {
    const spec = specs[axis] ?? null;
    if (typeof spec === "number") {
      offset += (spec < 0 ? spec + length : spec) * from.strides[axis];
      return;
    }
    const { start, step, count }: Range = resolveRange(spec, length);
    if (count > 0) offset += start * from.strides[axis];
    shape.push(count);
    strides.push(step * from.strides[axis]);
  });
  return { base: from.base, shape, strides, offset };
}

/**
 * The strides of another shape over the same elements in row-major order, or undefined where no strides do: axes are
 * matched in groups of equal size, and each group must be walked evenly.
 */
export function reshapedStrides(
  { shape, strides }: Pick<Reading, "shape" | "strides">,
  to: Shape,
): number[] | undefined {
  if (to.includes(0)) return denseStrides(to);
  const from = shape.flatMap((length, axis) => (length === 1 ? [] : [{ length, stride: strides[axis] }]));
  const result = to.map(() => 0);
  let i = 0;
  let axis = 0;
  while (i < from.length) {
    let size = from[i].length;
    const first = i;
    let reached = 1;
    const start = axis;
    while (axis < to.length && reached < size) {
      reached *= to[axis++];
      while (reached > size) {
        i++;
        if (i >= from.length || from[i - 1].stride !== from[i].stride * from[i].length) return undefined;
        size *= from[i].length;
      }
    }
    if (reached !== size) return undefined;
    let stride = from[Math.max(first, i)].stride;
    for (let at = axis - 1; at >= start; at--) {
      result[at] = stride;
      stride *= to[at];
    }
    i++;
  }
  return result;
}
