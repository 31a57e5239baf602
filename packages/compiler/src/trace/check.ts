// What an eager operation refuses and its shape rule does not see: checked while a function is traced.

import {
  ArgumentError,
  DTypeError,
  formatShape,
  IndexError,
  sameShape,
  type Shape,
  ShapeError,
  type SliceSpec,
} from "@elbo/tensor";
import { table } from "@elbo/autograd";
import type { Node } from "../graph/graph.js";

/** Takes int32 beside float32, or gives what its operands are. */
const ANY_DTYPE = new Set([
  ...["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual", "where", "cast", "stopGradient"],
  ...["reshape", "transpose", "broadcastTo", "slice", "unslice", "pad", "flip", "concat", "gather", "scatterAdd"],
  ...["uniform", "normal", "randomInt", "foldIn", "splitKey", "argMax", "argMin"],
]);

/** @throws ShapeError, IndexError or DTypeError, as the eager operation would */
export function checkOperation(op: string, attributes: unknown, operands: readonly Node[]): void {
  if (!(op in table)) throw new ArgumentError(`is no operation that can be compiled`, { op });
  const shapes = operands.map((one) => one.shape);
  const refuse = (message: string): never => {
    throw new ShapeError(message, { op, shapes });
  };
  if (!ANY_DTYPE.has(op) && operands.some((one) => one.dtype === "int32")) {
    throw new DTypeError('takes floats, got int32; convert with cast(x, "float32")', { op, shapes });
  }
  if (op === "matmul") {
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const [inner, other] = [shapes[0].at(transposeA ? -2 : -1), shapes[1].at(transposeB ? -1 : -2)];
    if (inner !== other)
      refuse(
        `inner dimensions differ: a is ${formatShape(shapes[0])}, b is ${formatShape(shapes[1])} (${inner} != ${other})`,
      );
  }
  if (op === "gather" || op === "scatterAdd") requireIndices(op, operands[1]);
  if (op === "concat") checkConcat(shapes, (attributes as { axis: number }).axis, refuse);
  if (op === "slice") checkIndices((attributes as { specs: readonly SliceSpec[] }).specs, shapes[0]);
  if (op === "scatterAdd") {
    const { axis } = attributes as { axis: number };
    if (!sameShape(shapes[0].slice(axis, axis + shapes[1].length), shapes[1])) {
      refuse(
        `updates ${formatShape(shapes[0])} must have the axes of the indices ${formatShape(shapes[1])} at axis ${axis}`,
      );
    }
  }
  if (op === "unslice") {
    const { shape, specs } = attributes as { shape: Shape; specs: readonly SliceSpec[] };
    const window = table.slice.shape([shape], { specs });
    if (!sameShape(window, shapes[0]))
      refuse(`the window has shape ${formatShape(window)}, the values ${formatShape(shapes[0])}`);
  }
}

function requireIndices(op: string, indices: Node): void {
  if (indices.dtype === "int32") return;
  throw new DTypeError(`indices are int32, got ${indices.dtype}; convert with cast(indices, "int32")`, { op });
}

function checkConcat(shapes: readonly Shape[], axis: number, refuse: (message: string) => never): void {
  for (const shape of shapes) {
    const fits =
      shape.length === shapes[0].length && shape.every((length, at) => at === axis || length === shapes[0][at]);
    if (!fits) refuse(`${formatShape(shapes[0])} and ${formatShape(shape)} differ in an axis other than ${axis}`);
  }
}

function checkIndices(specs: readonly SliceSpec[], shape: Shape): void {
  if (specs.length > shape.length) {
    throw new IndexError(`${specs.length} entries for the ${shape.length} axes of ${formatShape(shape)}`, {
      op: "slice",
      shapes: [shape],
    });
  }
  specs.forEach((spec, axis) => {
    if (typeof spec !== "number") return;
    if (!Number.isInteger(spec) || spec < -shape[axis] || spec >= shape[axis]) {
      throw new IndexError(`index ${spec} is outside of axis ${axis}, which has length ${shape[axis]}`, {
        op: "slice",
        shapes: [shape],
      });
    }
  });
}
