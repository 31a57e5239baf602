// Tables and stacks of images, drawn by fast-check or made by a formula, and the arithmetic of their rows in double.

import { fromTypedArray, type Shape, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";

/** A float32 stack of images, each pixel by its image, row and column. */
export function stack(
  shape: readonly [number, number, number],
  pixel: (n: number, i: number, j: number) => number,
): Tensor {
  const [, height, width] = shape;
  const at = (_: unknown, s: number): number =>
    pixel(Math.floor(s / (height * width)), Math.floor(s / width) % height, s % width);
  return fromTypedArray(Float32Array.from({ length: shape[0] * height * width }, at), shape);
}

const filled = (shape: Shape, element: fc.Arbitrary<number>): fc.Arbitrary<Tensor> => {
  const length = shape.reduce((product, one) => product * one, 1);
  return fc
    .array(element, { minLength: length, maxLength: length })
    .map((values) => fromTypedArray(Float32Array.from(values), shape));
};

/** Pixels 0..1 of multiples of 1/256, edges and flat parts included. */
export const pixels = (shape: Shape): fc.Arbitrary<Tensor> =>
  filled(
    shape,
    fc.integer({ min: 0, max: 256 }).map((level) => level / 256),
  );

/** Tables of whole numbers in -range..range: many equal distances, all exact. */
export const wholeTable = (shape: Shape, range: number): fc.Arbitrary<Tensor> =>
  filled(shape, fc.integer({ min: -range, max: range }));

/** Tables of real numbers in -1..1. */
export const realTable = (shape: Shape): fc.Arbitrary<Tensor> =>
  filled(shape, fc.double({ min: -1, max: 1, noNaN: true }));

/** The rows of a table as plain numbers. */
export const rowsOf = (table: Tensor): number[][] =>
  Array.from({ length: table.shape[0] }, (_, i) =>
    Array.from(table.data.subarray(i * table.shape[1], (i + 1) * table.shape[1])),
  );

/** `sum (a_i - b_i)^2`. */
export const squaredDistanceOf = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, x, i) => total + (x - b[i]) ** 2, 0);

/** All rows in the order of their distance to one, equal ones by index. */
export function byDistance(rows: readonly (readonly number[])[], to: readonly number[]): number[] {
  const distances = rows.map((row) => squaredDistanceOf(row, to));
  return rows.map((_, i) => i).sort((i, j) => distances[i] - distances[j] || i - j);
}
