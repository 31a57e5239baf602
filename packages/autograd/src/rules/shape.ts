// The operations of the table that move elements: each is linear, and its rule is its transpose.

import * as t from "@elbo/tensor";
import type { OpAttributes, OpRecord } from "../core/signatures.js";
import { type Operand, shapeOf, type Value } from "../core/traced.js";
import { cast as castTo } from "../ops/elementwise.js";
import * as ops from "../ops/shape.js";
import { linear, reals, smallShape, unbroadcast } from "./algebra.js";

type Linear<N extends keyof OpAttributes> = OpRecord<OpAttributes[N]>;

export const reshape: Linear<"reshape"> = linear({
  evaluate: ([x], { shape }) => t.reshape(x, shape),
  shape: (_, { shape }) => shape,
  transpose: (g, x) => ops.reshape(g, shapeOf(x)),
  domain: (draw) => {
    const shape = smallShape(draw);
    return { inputs: [{ shape, interval: reals() }], attributes: { shape: [...shape].reverse() } };
  },
});

export const transpose: Linear<"transpose"> = linear({
  evaluate: ([x], { axes }) => t.transpose(x, axes),
  shape: ([shape], { axes }) => axes.map((axis) => shape[axis]),
  transpose: (g, _, { axes }) =>
    ops.transpose(
      g,
      axes.map((_, axis) => axes.indexOf(axis)),
    ),
  domain: (draw) => {
    const shape = smallShape(draw);
    const rotation = draw.integer(0, Math.max(0, shape.length - 1));
    return {
      inputs: [{ shape, interval: reals() }],
      attributes: { axes: shape.map((_, axis) => (axis + rotation) % shape.length) },
    };
  },
});

export const broadcastTo: Linear<"broadcastTo"> = linear({
  evaluate: ([x], { shape }) => t.broadcastTo(x, shape),
  shape: (_, { shape }) => shape,
  transpose: (g, x) => unbroadcast(g, shapeOf(x)),
  domain: (draw) => {
    const shape = smallShape(draw);
    const from = shape.slice(draw.integer(0, shape.length)).map((length) => (draw.integer(0, 1) === 0 ? 1 : length));
    return { inputs: [{ shape: from, interval: reals() }], attributes: { shape } };
  },
});

/** The shape of a window. */
const windowShape = (shape: t.Shape, specs: readonly t.SliceSpec[]): number[] =>
  shape.flatMap((length, axis) => {
    const spec = specs[axis] ?? null;
    return typeof spec === "number" ? [] : [t.resolveRange(spec, length).count];
  });

/** A drawn shape of rank 1 to 3 with a window into it: indices, ranges, steps of both signs. */
function drawWindow(draw: Parameters<Linear<"slice">["domain"]>[0]): { shape: number[]; specs: t.SliceSpec[] } {
  const shape = smallShape(draw, 1);
  const specs = shape.map((length): t.SliceSpec => {
    const start = draw.integer(0, length - 1);
    return [null, start, { start }, { step: -1 }, { start, step: 2 }, { stop: start }][draw.integer(0, 5)];
  });
  return { shape, specs };
}

export const slice: Linear<"slice"> = linear({
  evaluate: ([x], { specs }) => t.slice(x, specs),
  shape: ([shape], { specs }) => windowShape(shape, specs),
  transpose: (g, x, { specs }) => ops.unslice(g, shapeOf(x), specs),
  domain: (draw) => {
    const { shape, specs } = drawWindow(draw);
    return { inputs: [{ shape, interval: reals() }], attributes: { specs } };
  },
});

export const unslice: Linear<"unslice"> = linear({
  evaluate: ([x], { shape, specs }) => t.unslice(x, shape, specs),
  shape: (_, { shape }) => shape,
  transpose: (g, _, { specs }) => ops.slice(g, specs),
  domain: (draw) => {
    const { shape, specs } = drawWindow(draw);
    return { inputs: [{ shape: windowShape(shape, specs), interval: reals() }], attributes: { shape, specs } };
  },
});

export const pad: Linear<"pad"> = linear({
  evaluate: ([x], { widths, value }) => t.pad(x, widths, value),
  shape: ([shape], { widths }) => t.padWindow(shape, widths).shape,
  transpose: (g, x, { widths }) => ops.slice(g, t.padWindow(shapeOf(x), widths).window),
  domain: (draw) => {
    const shape = smallShape(draw);
    return {
      inputs: [{ shape, interval: reals() }],
      attributes: {
        widths: shape.map(() => [draw.integer(0, 2), draw.integer(0, 2)] as const),
        value: draw.integer(0, 1),
      },
    };
  },
  linear: false,
});

export const flip: Linear<"flip"> = linear({
  evaluate: ([x], { axes }) => t.flip(x, axes),
  shape: ([shape]) => shape,
  transpose: (g, _, { axes }) => ops.flip(g, axes),
  domain: (draw) => {
    const shape = smallShape(draw);
    return {
      inputs: [{ shape, interval: reals() }],
      attributes: { axes: shape.flatMap((_, axis) => (draw.integer(0, 1) === 0 ? [axis] : [])) },
    };
  },
});

/** Each operand of a concat takes its own piece of the cotangent. */
const pieces = (
  g: Value,
  { x, attributes: { axis } }: { x: readonly Operand[]; attributes: OpAttributes["concat"] },
): Value[] => {
  let start = 0;
  return x.map((part) => {
    const spec = { start, stop: (start += shapeOf(part)[axis]) };
    return ops.slice(
      g,
      g.shape.map((_, at) => (at === axis ? spec : null)),
    );
  });
};
export const concat: Linear<"concat"> = {
  evaluate: (parts, { axis }) => t.concat(parts, { axis }),
  shape: (shapes, { axis }) =>
    shapes[0].map((length, at) => (at === axis ? shapes.reduce((total, one) => total + one[axis], 0) : length)),
  broadcasts: false,
  linear: true,
  derivative: { kind: "joint", rule: pieces },
  domain: (draw) => {
    const shape = smallShape(draw, 1);
    const axis = draw.integer(0, shape.length - 1);
    const parts = Array.from({ length: draw.integer(1, 3) }, () =>
      shape.map((length, at) => (at === axis ? draw.integer(0, 3) : length)),
    );
    return { inputs: parts.map((part) => ({ shape: part, interval: reals() })), attributes: { axis } };
  },
};

/** The shape that replaces an axis by the axes of the indices. */
const gathered = (shape: t.Shape, indices: t.Shape, axis: number): number[] => [
  ...shape.slice(0, axis),
  ...indices,
  ...shape.slice(axis + 1),
];

export const gather: Linear<"gather"> = linear({
  evaluate: ([x, indices], { axis }) => t.gather(x, indices, { axis }),
  shape: ([shape, indices], { axis }) => gathered(shape, indices, axis),
  transpose: (g, x, { axis }, indices) => ops.scatterAdd(g, indices, { axis, length: shapeOf(x)[axis] }),
  domain: (draw) => {
    const shape = smallShape(draw, 1);
    const axis = draw.integer(0, shape.length - 1);
    return {
      inputs: [
        { shape, interval: reals() },
        { indices: smallShape(draw).slice(0, 2), below: shape[axis] },
      ],
      attributes: { axis },
    };
  },
});

export const scatterAdd: Linear<"scatterAdd"> = linear({
  evaluate: ([x, indices], { axis, length }) => t.scatterAdd(x, indices, { axis, length }),
  shape: ([shape, indices], { axis, length }) => [
    ...shape.slice(0, axis),
    length,
    ...shape.slice(axis + indices.length),
  ],
  transpose: (g, _, { axis }, indices) => ops.gather(g, indices, { axis }),
  domain: (draw) => {
    const shape = smallShape(draw, 1);
    const axis = draw.integer(0, shape.length - 1);
    const indices = smallShape(draw).slice(0, 2);
    return {
      inputs: [
        { shape: gathered(shape, indices, axis), interval: reals() },
        { indices, below: shape[axis] },
      ],
      attributes: { axis, length: shape[axis] },
    };
  },
});

const drawWindows = (draw: Parameters<Linear<"im2col">["domain"]>[0]) => {
  const image = [draw.integer(1, 2), draw.integer(1, 2), draw.integer(3, 5), draw.integer(3, 5)];
  const pair = (low: number, high: number) => [draw.integer(low, high), draw.integer(low, high)] as const;
  return { image, windows: { kernel: pair(1, 2), stride: pair(1, 2), padding: pair(0, 1), dilation: pair(1, 2) } };
};

export const im2col: Linear<"im2col"> = linear({
  evaluate: ([x], { windows }) => t.im2col(x, windows),
  shape: ([shape], { windows }) => t.columnsShape("im2col", shape, windows).columns,
  transpose: (g, x, { windows }) => ops.col2im(g, shapeOf(x), windows),
  domain: (draw) => {
    const { image, windows } = drawWindows(draw);
    return { inputs: [{ shape: image, interval: reals() }], attributes: { windows } };
  },
});

export const col2im: Linear<"col2im"> = linear({
  evaluate: ([x], { image, windows }) => t.col2im(x, image, windows),
  shape: (_, { image }) => image,
  transpose: (g, _, { windows }) => ops.im2col(g, windows),
  domain: (draw) => {
    const { image, windows } = drawWindows(draw);
    return {
      inputs: [{ shape: t.columnsShape("col2im", image, windows).columns, interval: reals() }],
      attributes: { image, windows },
    };
  },
});

export const cast: Linear<"cast"> = linear({
  evaluate: ([x], { dtype }) => t.cast(x, dtype),
  shape: ([shape]) => shape,
  // Truncation to int32 is constant between its jumps.
  transpose: (g, x, { dtype }) => {
    const to = typeof x === "number" ? "float32" : x.dtype;
    return dtype === "int32" || to === "int32" ? t.zeros(shapeOf(x), { dtype: to }) : castTo(g, to);
  },
  domain: (draw) => ({ inputs: [{ shape: smallShape(draw), interval: reals() }], attributes: { dtype: "float64" } }),
});
