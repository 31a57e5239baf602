// What measures and baselines ask of their arguments: tables, images, labels and counts, checked before anything is computed.

import { ArgumentError, formatShape, sameShape, ShapeError, Tensor } from "@elbo/tensor";

/** Labels as data sets hold them, `[count]`, or as plain numbers. */
export type Labels = Tensor | ArrayLike<number>;

function checkTensor(op: string, name: string, x: Tensor, rank: number, wanted: string): void {
  const isTensor = x instanceof Tensor;
  if (isTensor && x.ndim === rank && x.size > 0) return;
  const found = isTensor ? formatShape(x.shape) : `no tensor but ${x === null ? "null" : typeof x}`;
  throw new ShapeError(`${name} is a tensor ${wanted} with no axis empty, got ${found}`, {
    op,
    shapes: isTensor ? [x.shape] : undefined,
  });
}

/** Refuses NaN and infinities. @throws ArgumentError that names the first one by its place in row-major order */
export function checkFinite(op: string, name: string, x: Tensor): void {
  const { data } = x;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i]))
      throw new ArgumentError(`element ${i} of ${name} is ${data[i]}; fill in or drop what is missing`, { op });
  }
}

/** Refuses what is no table `[count, dimensions]` of finite numbers, and one of other than `columns` where given. */
export function checkTable(op: string, name: string, x: Tensor, columns?: number): void {
  checkTensor(op, name, x, 2, `[count, ${columns ?? "dimensions"}]`);
  if (columns !== undefined && x.shape[1] !== columns)
    throw new ShapeError(`${name} has rows of ${x.shape[1]} numbers, ${columns} are needed`, { op, shapes: [x.shape] });
  checkFinite(op, name, x);
}

/** Refuses what is no stack of images `[count, height, width]` of finite numbers. */
export function checkImages(op: string, name: string, x: Tensor): void {
  checkTensor(op, name, x, 3, "[count, height, width]");
  checkFinite(op, name, x);
}

/** Refuses what is no pair of tensors of one shape that is not empty. */
export function checkSameShape(op: string, a: Tensor, b: Tensor): void {
  const shapes = [a, b].filter((x) => x instanceof Tensor).map((x) => x.shape);
  if (shapes.length === 2 && a.size > 0 && sameShape(a.shape, b.shape)) return;
  const found = shapes.length === 2 ? shapes.map(formatShape).join(" and ") : `only ${shapes.length} of them`;
  throw new ShapeError(`needs two tensors of one shape with no axis empty, got ${found}`, { op, shapes });
}

/** Refuses what is no whole number from `low` to `high`. */
export function checkCount(op: string, name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const range = high === Infinity ? `of ${low} or more` : `from ${low} to ${high}`;
  throw new ArgumentError(`${name} is a whole number ${range}, got ${String(value)}`, { op });
}

/** Labels as numbers; refused unless there is one class, counted from 0, for each of `count` examples. */
export function classesOf(op: string, labels: Labels, count: number): ArrayLike<number> {
  const values = labels instanceof Tensor ? labels.data : labels;
  if (values.length !== count)
    throw new ArgumentError(`${values.length} labels do not go with ${count} examples`, { op });
  for (let i = 0; i < count; i++) checkCount(op, `label ${i}`, values[i], 0, 2 ** 31 - 1);
  return values;
}
