// Making tensors from numbers, nested arrays and typed arrays.

import { allocate, type DType, dtypeOf, type Storage, requireInt32 } from "./dtype.js";
import { ArgumentError, ShapeError } from "./errors.js";
import type { NestedArray } from "./print.js";
import { checkShape, type Shape, sizeOf } from "./shape.js";
import { Tensor } from "./tensor.js";

/** Options shared by everything that makes a tensor. */
export interface CreateOptions {
  /** float32 unless said otherwise. */
  readonly dtype?: DType;
}

/**
 * A tensor of the given numbers. Nested arrays give its shape; every level must be even.
 * @throws ShapeError where rows differ in length
 * @example tensor([[1, 2], [3, 4]]).shape // [2, 2]
 */
export function tensor(values: NestedArray, options: CreateOptions = {}): Tensor {
  const shape: number[] = [];
  for (let level: NestedArray = values; typeof level !== "number"; level = level[0]) {
    if (!Array.isArray(level)) {
      throw new ArgumentError(
        `takes numbers and nested arrays of numbers, not ${describe(level)}; use fromTypedArray for typed arrays`,
        { op: "tensor" },
      );
    }
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const dtype = options.dtype ?? "float32";
  const storage = allocate(dtype, sizeOf(shape));
  let next = 0;
  const fill = (level: NestedArray, axis: number): void => {
    if (typeof level === "number") {
      if (axis !== shape.length) throw ragged(shape, axis, "a number");
      if (dtype === "int32") requireInt32("tensor", [level]);
      storage[next++] = level;
      return;
    }
    if (!Array.isArray(level)) {
      throw new ArgumentError(`takes numbers and nested arrays of numbers; found ${describe(level)} at depth ${axis}`, {
        op: "tensor",
      });
    }
    if (level.length !== shape[axis]) throw ragged(shape, axis, `${level.length} entries`);
    for (const inner of level) fill(inner, axis + 1);
  };
  fill(values, 0);
  return Tensor.dense(storage, shape);
}

function ragged(shape: Shape, axis: number, found: string): ShapeError {
  return new ShapeError(
    `rows differ: the first entry at depth ${axis} has shape [${shape.slice(axis).join(", ")}], another has ${found}`,
    {
      op: "tensor",
      shapes: [shape],
    },
  );
}

const describe = (value: unknown): string =>
  value === null ? "null" : typeof value === "object" ? (value.constructor?.name ?? "an object") : typeof value;

/**
 * A tensor over a typed array, without copying: later writes to the array show in the tensor.
 * @throws ShapeError where the array's length is not the product of the shape; DTypeError for other kinds of arrays
 * @example fromTypedArray(new Float32Array(6), [2, 3])
 */
export function fromTypedArray(data: Storage, shape: Shape = [data.length]): Tensor {
  dtypeOf(data, "fromTypedArray");
  checkShape("fromTypedArray", shape);
  return Tensor.dense(data, [...shape]);
}

function filled(op: string, shape: Shape, value: number, options: CreateOptions): Tensor {
  checkShape(op, shape);
  if (typeof value !== "number") throw new ArgumentError(`needs a number to fill with, got ${describe(value)}`, { op });
  if (options.dtype === "int32") requireInt32(op, [value]);
  return Tensor.dense(allocate(options.dtype ?? "float32", sizeOf(shape)).fill(value), [...shape]);
}

/** A tensor whose every element is `value`. */
export const full = (shape: Shape, value: number, options: CreateOptions = {}): Tensor =>
  filled("full", shape, value, options);

/** A tensor of zeros. */
export const zeros = (shape: Shape, options: CreateOptions = {}): Tensor => filled("zeros", shape, 0, options);

/** A tensor of ones. */
export const ones = (shape: Shape, options: CreateOptions = {}): Tensor => filled("ones", shape, 1, options);

/**
 * The numbers `start, start + step, ...` up to but without `stop`; with one argument, `0 .. stop - 1`.
 * @example arange(3).toArray()       // [0, 1, 2]
 * @example arange(6, 0, -2).toArray() // [6, 4, 2]
 */
export function arange(start: number, stop?: number, step = 1, options: CreateOptions = {}): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0 || !Number.isFinite((to - from) / step)) {
    throw new ArgumentError(`needs finite ends and a step other than 0, got (${from}, ${to}, ${step})`, {
      op: "arange",
    });
  }
  const storage = allocate(options.dtype ?? "float32", Math.max(0, Math.ceil((to - from) / step)));
  for (let i = 0; i < storage.length; i++) storage[i] = from + i * step;
  return Tensor.dense(storage, [storage.length]);
}

/** `count` evenly spaced numbers from `start` to `stop`, both included. */
export function linspace(start: number, stop: number, count: number, options: CreateOptions = {}): Tensor {
  checkShape("linspace", [count]);
  const storage = allocate(options.dtype ?? "float32", count);
  for (let i = 0; i < count; i++)
    storage[i] = i === count - 1 && i > 0 ? stop : start + (count > 1 ? (i * (stop - start)) / (count - 1) : 0);
  return Tensor.dense(storage, [count]);
}

/** The `n` by `n` identity matrix. */
export function eye(n: number, options: CreateOptions = {}): Tensor {
  const result = filled("eye", [n, n], 0, options);
  for (let i = 0; i < n; i++) result.storage[i * (n + 1)] = 1;
  return result;
}

/** What every operation takes: a tensor, or a number that stands for a scalar. */
export type TensorLike = Tensor | number;

/**
 * Makes operands of one dtype: numbers take the dtype of the tensors beside them. Anything that is no tensor is
 * refused by name, so that a value from another package (a traced one, say) is told where it belongs.
 */
export function asTensor(op: string, value: TensorLike, dtype: DType = "float32"): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === "number") return full([], value, { dtype });
  const hint = (value as { readonly notATensorHint?: unknown } | null | undefined)?.notATensorHint;
  throw new ArgumentError(
    typeof hint === "string" ? hint.replaceAll("%op", op) : `needs a tensor or a number, got ${describe(value)}`,
    { op },
  );
}
