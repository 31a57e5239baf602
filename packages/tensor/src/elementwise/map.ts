// Applying a meaning to whole tensors: broadcast the operands, merge axes into long runs, call the kernel on each run.

import { allocate, type DType, promote, requireFloat } from "../core/dtype.js";
import { asTensor, type TensorLike } from "../core/create.js";
import { broadcastShapes, type Shape } from "../core/shape.js";
import { forEachOffset, Tensor } from "../core/tensor.js";
import type { Meaning } from "../meaning/arithmetic.js";
import { kernelOf } from "./kernel.js";

/**
 * The meaning applied to every element of the broadcast operands.
 * @throws ShapeError where the shapes do not broadcast; DTypeError for int32
 */
export function map(meaning: Meaning, ...operands: TensorLike[]): Tensor {
  const dtype = commonDType(meaning.name, operands);
  requireFloat(meaning.name, dtype);
  return mapTensors(
    meaning,
    operands.map((operand) => asTensor(meaning.name, operand, dtype)),
    dtype,
  );
}

/** The dtype of the tensors among the operands; numbers have none of their own. */
export function commonDType(op: string, operands: readonly TensorLike[]): DType {
  return promote(
    op,
    operands.filter((operand) => typeof operand !== "number").map((operand) => asTensor(op, operand).dtype),
  );
}

/** `map` for operands of any dtypes, writing `dtype`. Comparisons of int32 come here, exact in double. */
export function mapTensors(meaning: Meaning, inputs: readonly Tensor[], dtype: DType): Tensor {
  const shape = broadcastShapes(meaning.name, ...inputs.map((input) => input.shape));
  const out = allocate(
    dtype,
    shape.reduce((product, length) => product * length, 1),
  );
  const precision = inputs.every((input) => input.dtype === "float32") ? "float32" : "float64";
  const kernel = kernelOf(meaning, precision);
  const storages = inputs.map((input) => input.storage);
  const starts = inputs.map((input) => input.offset);
  const runs = mergeAxes(
    shape,
    inputs.map((input) => stretchedStrides(input, shape)),
  );
  const last = runs.shape.length - 1;
  const count = runs.shape[last];
  const steps = runs.strides.map((strides) => strides[last]);
  forEachOffset(runs.shape.slice(0, -1), runs.strides, starts, (offsets, run) => {
    kernel(count, out, run * count, storages, offsets, steps);
  });
  return Tensor.dense(out, shape);
}

/** The strides with which a tensor is read as if it had the broadcast shape: 0 along stretched axes. */
export function stretchedStrides(tensor: Tensor, shape: Shape): number[] {
  const missing = shape.length - tensor.ndim;
  return shape.map((length, axis) =>
    axis < missing || (tensor.shape[axis - missing] === 1 && length !== 1) ? 0 : tensor.strides[axis - missing],
  );
}

/**
 * Merges neighbouring axes that every operand walks evenly, so that most calls become one run.
 * Invariant: the row-major order of elements is unchanged. The result has at least one axis.
 */
function mergeAxes(shape: Shape, strides: readonly Shape[]): { shape: number[]; strides: number[][] } {
  const merged = { shape: [] as number[], strides: strides.map(() => [] as number[]) };
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis];
    const top = merged.shape.length - 1;
    if (length === 1) continue;
    const even = top >= 0 && strides.every((own, k) => merged.strides[k][top] === own[axis] * length);
    if (even) {
      merged.shape[top] *= length;
      strides.forEach((own, k) => (merged.strides[k][top] = own[axis]));
    } else {
      merged.shape.push(length);
      strides.forEach((own, k) => merged.strides[k].push(own[axis]));
    }
  }
  if (merged.shape.length === 0) {
    merged.shape.push(1);
    merged.strides.forEach((own) => own.push(0));
  }
  return merged;
}
