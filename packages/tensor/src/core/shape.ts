// Pure arithmetic on shapes, strides and axes: no tensors here.

import { formatShape, IndexError, ShapeError } from "./errors.js";

/** Lengths of the axes, outermost first; `[]` is the shape of a scalar. */
export type Shape = readonly number[];

/** The number of elements: the product of the axes' lengths, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/**
 * Whether x is a whole number. What is no number is asked for one first: a value that has none yet, because it is being
 * compiled, says so itself.
 */
export const isWhole = (x: number): boolean => (typeof x === "number" || Number(x) === x) && Number.isInteger(x);

/** True where the shapes have the same lengths in the same order. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Row-major strides, in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = Array.from({ length: shape.length }, () => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** True where walking the axes in order visits consecutive elements of the storage. */
export function isRowMajor(shape: Shape, strides: Shape): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** Refuses what is no list of whole lengths. */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape))
    throw new ShapeError(`a shape is a list of lengths such as [2, 3], got ${typeof shape}`, { op });
  for (const length of shape) {
    if (!isWhole(length) || length < 0) {
      throw new ShapeError(`${formatShape(shape)} is no shape: every axis needs a whole length of 0 or more`, {
        op,
        shapes: [shape],
      });
    }
  }
}

/** The shape that NumPy's broadcasting gives: align at the right; 1 stretches. */
export function broadcastShapes(op: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = Array.from({ length: rank }, () => 1);
  for (const shape of shapes) {
    for (let i = 1; i <= shape.length; i++) {
      const length = shape[shape.length - i];
      const axis = rank - i;
      if (length === 1 || length === result[axis]) continue;
      if (result[axis] !== 1) {
        const listed = shapes.map(formatShape);
        throw new ShapeError(
          `cannot broadcast ${listed.slice(0, -1).join(", ")} with ${listed.at(-1)}: axis ${axis} is ${result[axis]} and ${length}, and neither is 1.`,
          { op, shapes },
        );
      }
      result[axis] = length;
    }
  }
  return result;
}

/** An axis counted from the front; negative ones count from the back. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    throw new IndexError(
      `axis ${axis} is outside of rank ${rank}${rank === 0 ? " (a scalar has no axes)" : `; use ${-rank} to ${rank - 1}`}`,
      { op },
    );
  }
  return normal;
}

/** Which axes a reduction runs over. `undefined` means all of them. */
export type Axes = number | readonly number[] | undefined;

/** The axes of a reduction, counted from the front, ascending, each named once. */
export function normalizeAxes(op: string, axes: Axes, rank: number): number[] {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (Array.isArray(axes) ? (axes as readonly number[]) : [axes as number]).map((axis) =>
    normalizeAxis(op, axis, rank),
  );
  if (new Set(list).size !== list.length) throw new IndexError(`axes ${formatShape(list)} name one axis twice`, { op });
  return list.sort((a, b) => a - b);
}

/** The shape that is left when `axes` (normal, ascending) are summed away, or kept with length 1. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** Resolves one -1 in a target shape from the number of elements. */
export function resolveShape(op: string, target: Shape, from: Shape): number[] {
  if (!Array.isArray(target))
    throw new ShapeError(`a shape is a list of lengths such as [2, 3], got ${typeof target}`, { op });
  const size = sizeOf(from);
  const open = target.indexOf(-1);
  const shape = [...target];
  if (open >= 0) {
    const rest = target.reduce((product, length, axis) => (axis === open ? product : product * length), 1);
    shape[open] = rest === 0 ? 0 : size / rest;
  }
  const whole = shape.every((length) => isWhole(length) && length >= 0);
  if (!whole || sizeOf(shape) !== size) {
    throw new ShapeError(`cannot see ${formatShape(from)} (${size} elements) as ${formatShape(target)}`, {
      op,
      shapes: [from, target],
    });
  }
  return shape;
}
