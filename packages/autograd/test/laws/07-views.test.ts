// Law 7: broadcasting is the stretched operand, a view is its copy, and f(x, x) has the sum of both gradients.

import {
  abs,
  add as addTo,
  broadcastTo as stretch,
  contiguous,
  flip,
  pad,
  slice,
  type Tensor,
  transpose,
} from "@elbo/tensor";
import * as fc from "fast-check";
import { describe } from "vitest";
import { add, broadcastTo, type Value, vjp } from "../../src/index.js";
import { concrete } from "../../src/core/traced.js";
import { expectAllClose, expectSameBits } from "../support/compare.js";
import { type Gen, everyOp, reals, sampleWith } from "../support/sample.js";

describe("f(x, y) = f(broadcast x, broadcast y), and gradients agree after summing", () => {
  everyOp(
    20,
    ({ op, f, floats }, gen) => {
      const [y, pullback] = vjp(f, ...floats);
      // Products stretch their batch axes alone.
      const own = op === "matmul" ? 2 : 0;
      const full = (x: Tensor): number[] => [
        ...y.shape.slice(0, y.shape.length - own),
        ...x.shape.slice(x.shape.length - own),
      ];
      const stretched = floats.map((x) => contiguous(stretch(x, full(x))));
      expectSameBits(f(...stretched), y, "value");
      const w = reals(gen, y.shape);
      const through = (...x: Value[]): Value => f(...x.map((one, i) => broadcastTo(one, full(floats[i]))));
      const separate = vjp(through, ...floats)[1](w);
      // The same at most 64 terms in another order.
      pullback(w).forEach((gradient, i) => expectAllClose(gradient, separate[i], 64 * 2 ** -52, `gradient ${i}`));
    },
    (record) => record.broadcasts && record.derivative.kind === "each" && record.derivative.rules.length > 1,
  );
});

/** The same elements seen through another layout: transposed, reversed, within something larger, axes rotated. */
function asView(x: Tensor, gen: Gen): Tensor {
  const kind = gen(fc.integer, { min: 0, max: 3 });
  if (kind === 0) return transpose(contiguous(transpose(x)));
  if (kind === 1) return flip(contiguous(flip(x)));
  if (kind === 2) {
    const widths = x.shape.map(() => [1, 2] as const);
    return slice(
      pad(x, widths, NaN),
      x.shape.map((length) => ({ start: 1, stop: 1 + length })),
    );
  }
  const axes = x.shape.map((_, axis) => (axis + 1) % x.ndim);
  const back = x.shape.map((_, axis) => (axis + x.ndim - 1) % x.ndim);
  return transpose(contiguous(transpose(x, axes)), back);
}

describe("op(view) = op(contiguous copy), to the bit, values and gradients", () => {
  everyOp(
    20,
    ({ op, record, attributes, inputs }, gen) => {
      const views = inputs.map((x) => asView(x, gen));
      const [copies, seen] = [inputs.map(contiguous), views].map((x) => sampleWith(op, record, attributes, x));
      expectSameBits(record.evaluate(views, attributes), record.evaluate(inputs, attributes), "value");
      if (record.derivative.kind === "none") return;
      const [y, pullback] = vjp(copies.f, ...copies.floats);
      const w = reals(gen, y.shape);
      const other = vjp(seen.f, ...seen.floats)[1](asView(w, gen));
      pullback(w).forEach((gradient, i) => expectSameBits(gradient, other[i], `gradient ${i}`));
    },
    () => true,
  );
});

describe("f(x, x): the gradient is the sum of both", () => {
  everyOp(
    20,
    ({ op, record, attributes, inputs, floats: [first] }, gen) => {
      const flags = op === "matmul" ? { transposeA: true, transposeB: false } : attributes;
      // Positive, so that it lies within the domain of every operand of every operation.
      const x = addTo(0.1, abs(first));
      const sample = sampleWith(op, record, flags, [x, ...inputs.slice(1).map(() => x)]);
      const copies = sample.floats.map((one) =>
        pad(
          one,
          one.shape.map(() => [0, 0]),
        ),
      );
      const [y, pullback] = vjp((one: Value) => sample.f(...sample.floats.map(() => one)), x);
      const w = reals(gen, y.shape);
      const apart = vjp(sample.f, ...copies)[1](w);
      expectAllClose(
        pullback(w)[0],
        apart.reduce((total, one) => add(total, one)),
        4 * 2 ** -52,
      );
      expectSameBits(concrete(y), concrete(sample.f(...copies)));
    },
    (record) => record.broadcasts && record.derivative.kind === "each" && record.derivative.rules.length > 1,
  );
});
