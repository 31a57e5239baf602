// Applying a meaning to whole tensors: broadcast the operands, merge axes into long runs, call the kernel on each run.

import { allocate, type DType, promote, requireFloat, type Storage } from "../core/dtype.js";
import { asTensor, type TensorLike } from "../core/create.js";
import { broadcastShapes, type Shape, sizeOf } from "../core/shape.js";
import { copyElements, forEachOffset, Tensor } from "../core/tensor.js";
import type { Meaning } from "../meaning/arithmetic.js";
import { hasSimd } from "../wasm/features.js";
import { type Kernel, kernelOf } from "./kernel.js";
import { lanesKernelOf, stepsOf } from "./lanes.js";

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
  const out = allocate(dtype, sizeOf(shape));
  const precision = inputs.every((input) => input.dtype === "float32") ? "float32" : "float64";
  const plan = planRuns(shape, inputs);
  const lanes =
    precision === "float32" &&
    out instanceof Float32Array &&
    out.length >= LONG_RUN &&
    hasSimd() &&
    stepsOf(meaning) <= MOST_STEPS;
  if (lanes && plan.count < LONG_RUN && stepsOf(meaning) >= MANY_STEPS) {
    // Long runs of copies are quicker than short runs of what lies apart.
    const copies = inputs.map((input) => copyOf(input, shape));
    runKernel(lanesKernelOf(meaning), planRuns(shape, copies), copies, out);
  } else {
    const kernel = lanes && plan.count >= LONG_RUN ? lanesKernelOf(meaning) : kernelOf(meaning, precision);
    runKernel(kernel, plan, inputs, out);
  }
  return Tensor.dense(out, shape);
}

/** Runs of at least so many elements go through SIMD; below, the way there and back costs more than it saves. */
const LONG_RUN = 128;
/** A longer program has more variables than a WebAssembly function may. */
const MOST_STEPS = 5000;
/** A meaning of so many steps gains from SIMD even if its operands must be copied first. */
const MANY_STEPS = 12;

/** A walk over the broadcast shape in row-major order: runs of `count` elements, and how each operand moves. */
interface Plan {
  readonly outer: Shape;
  readonly strides: readonly Shape[];
  readonly count: number;
  readonly steps: readonly number[];
}

function planRuns(shape: Shape, inputs: readonly Tensor[]): Plan {
  const merged = mergeAxes(
    shape,
    inputs.map((input) => stretchedStrides(input, shape)),
  );
  const last = merged.shape.length - 1;
  return {
    outer: merged.shape.slice(0, -1),
    strides: merged.strides,
    count: merged.shape[last],
    steps: merged.strides.map((strides) => strides[last]),
  };
}

function runKernel(
  kernel: Kernel,
  { outer, strides, count, steps }: Plan,
  inputs: readonly Tensor[],
  out: Storage,
): void {
  const storages = inputs.map((input) => input.storage);
  const starts = inputs.map((input) => input.offset);
  forEachOffset(outer, strides, starts, (offsets, run) => {
    kernel(count, out, run * count, storages, offsets, steps);
  });
}

/** A copy of the tensor broadcast to the shape. */
function copyOf(input: Tensor, shape: Shape): Tensor {
  const stretched = new Tensor(input.storage, { shape, strides: stretchedStrides(input, shape), offset: input.offset });
  return Tensor.dense(copyElements(stretched, allocate(input.dtype, sizeOf(shape))), shape);
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
