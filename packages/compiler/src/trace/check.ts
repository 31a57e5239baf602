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
import { LIBRARY_OPS, VIEW_OPS } from "../graph/kinds.js";

/** Takes int32, as indices, as keys, or as what is moved and compared. */
const TAKES_INT32: ReadonlySet<string> = new Set([
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "where",
  "cast",
  "stopGradient",
  ...LIBRARY_OPS.filter((op) => op !== "cumsum" && op !== "im2col" && op !== "col2im"),
  ...VIEW_OPS,
]);

/** An operation under inspection. */
interface Inspected {
  readonly op: string;
  readonly attributes: unknown;
  readonly operands: readonly Node[];
  readonly shapes: readonly Shape[];
}

/** @throws ShapeError, IndexError or DTypeError, as the eager operation would */
export function checkOperation(op: string, attributes: unknown, operands: readonly Node[]): void {
  if (!(op in table)) throw new ArgumentError(`is no operation that can be compiled`, { op });
  const shapes = operands.map((one) => one.shape);
  if (!TAKES_INT32.has(op) && operands.some((one) => one.dtype === "int32")) {
    throw new DTypeError('takes floats, got int32; convert with cast(x, "float32")', { op, shapes });
  }
  CHECKS[op]?.({ op, attributes, operands, shapes });
}

function refuse({ op, shapes }: Inspected, message: string): never {
  throw new ShapeError(message, { op, shapes });
}

const CHECKS: Readonly<Record<string, (inspected: Inspected) => void>> = {
  matmul: (one) => {
    const { transposeA, transposeB } = one.attributes as { transposeA: boolean; transposeB: boolean };
    const [a, b] = one.shapes;
    const [inner, other] = [a.at(transposeA ? -2 : -1), b.at(transposeB ? -1 : -2)];
    if (inner === other) return;
    refuse(one, `inner dimensions differ: a is ${formatShape(a)}, b is ${formatShape(b)} (${inner} != ${other})`);
  },

  slice: ({ attributes, shapes: [shape] }) => {
    const { specs } = attributes as { specs: readonly SliceSpec[] };
    const facts = { op: "slice", shapes: [shape] };
    if (specs.length > shape.length) {
      const axes = `the ${shape.length} axes of ${formatShape(shape)}`;
      throw new IndexError(`${specs.length} entries for ${axes}`, facts);
    }
    specs.forEach((spec, axis) => {
      const length = shape[axis];
      if (typeof spec !== "number" || (Number.isInteger(spec) && spec >= -length && spec < length)) return;
      throw new IndexError(`index ${spec} is outside of axis ${axis}, which has length ${length}`, facts);
    });
  },

  unslice: (one) => {
    const { shape, specs } = one.attributes as { shape: Shape; specs: readonly SliceSpec[] };
    const window = table.slice.shape([shape], { specs });
    if (sameShape(window, one.shapes[0])) return;
    refuse(one, `the window has shape ${formatShape(window)}, the values ${formatShape(one.shapes[0])}`);
  },

  concat: (one) => {
    const { axis } = one.attributes as { axis: number };
    const [first] = one.shapes;
    for (const shape of one.shapes) {
      const fits = shape.length === first.length && shape.every((length, at) => at === axis || length === first[at]);
      if (!fits) refuse(one, `${formatShape(first)} and ${formatShape(shape)} differ in an axis other than ${axis}`);
    }
    requireOneDType(one);
  },

  where: (one) => requireOneDType({ ...one, operands: one.operands.slice(1) }),
  equal: requireOneDType,
  notEqual: requireOneDType,
  less: requireOneDType,
  lessEqual: requireOneDType,
  greater: requireOneDType,
  greaterEqual: requireOneDType,

  gather: requireIndices,

  scatterAdd: (one) => {
    requireIndices(one);
    const { axis } = one.attributes as { axis: number };
    const [updates, indices] = one.shapes;
    if (sameShape(updates.slice(axis, axis + indices.length), indices)) return;
    const axes = `the axes of the indices ${formatShape(indices)} at axis ${axis}`;
    refuse(one, `updates ${formatShape(updates)} must have ${axes}`);
  },

  max: requireElements,
  min: requireElements,
};

function requireOneDType({ op, operands, shapes }: Inspected): void {
  if (operands.every(({ dtype }) => dtype === operands[0].dtype)) return;
  throw new DTypeError('cannot mix int32 with float32; convert first with cast(x, "float32")', { op, shapes });
}

function requireIndices({ op, operands: [, indices] }: Inspected): void {
  if (indices.dtype === "int32") return;
  throw new DTypeError(`indices are int32, got ${indices.dtype}; convert with cast(indices, "int32")`, { op });
}

function requireElements(one: Inspected): void {
  const [shape] = one.shapes;
  const empty = (one.attributes as { axes: readonly number[] }).axes.find((axis) => shape[axis] === 0);
  if (empty === undefined) return;
  refuse(one, `has no value over no elements: axis ${empty} of ${formatShape(shape)} has length 0`);
}
