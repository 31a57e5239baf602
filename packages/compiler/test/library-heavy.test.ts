// Library kernels that move, add and compare: each equals the eager function to the bit, whatever the shapes.

import { type Draw, type OpName, type OpRecord, table } from "@elbo/autograd";
import { fromTypedArray, type Shape, type SliceSpec, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { libraryKernels } from "../src/emit/library/index.js";
import { expectEager, floats, indices, integers, runs } from "./support/library.js";

/** Checks a property over drawn choices and a seed for the numbers. */
function holds(times: number, property: (draw: Draw, seed: number) => void): void {
  fc.assert(
    fc.property(fc.gen(), fc.nat(), (gen, seed) =>
      property({ integer: (low, high) => gen(fc.integer, { min: low, max: high }) }, seed),
    ),
    { numRuns: times },
  );
}

describe("on what the table draws, a kernel equals the eager function", () => {
  for (const op of Object.keys(libraryKernels)) {
    it(op, () =>
      holds(600, (draw, seed) => {
        const { inputs, attributes } = (table[op as OpName] as OpRecord<unknown>).domain(draw);
        const drawn = inputs.map((one, i) =>
          "shape" in one ? floats(seed + i, one.shape) : indices(seed + i, one.indices, one.below),
        );
        expectEager({ op, attributes, inputs: drawn });
      }),
    );
  }
});

/** Lengths on both sides of every change of method: none, single numbers, vectors, lines, bulk copies. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 16, 21, 63, 64, 65, 131];
const anyLength = (draw: Draw): number => LENGTHS[draw.integer(0, LENGTHS.length - 1)];

/** A shape of blocks, an axis and rows, and its numbers: floats, or integers where they may be. */
const anyNumbers = (draw: Draw, seed: number, shape: Shape): Tensor =>
  draw.integer(0, 3) === 0 ? integers(seed, shape) : floats(seed, shape);

type AnyUse = (draw: Draw, seed: number) => { readonly attributes: unknown; readonly inputs: readonly Tensor[] };

const picking: AnyUse = (draw, seed) => {
  const [outer, inner] = [draw.integer(0, 3), anyLength(draw)];
  const length = draw.integer(0, 6);
  const picks = length === 0 ? 0 : draw.integer(0, 9);
  const x = anyNumbers(draw, seed, [outer, length, inner]);
  return { attributes: { axis: 1 }, inputs: [x, indices(seed + 1, [picks], length)] };
};

const adding: AnyUse = (draw, seed) => {
  const [outer, inner, length] = [draw.integer(0, 3), anyLength(draw), draw.integer(0, 6)];
  const picks = length === 0 ? [0, 2] : [draw.integer(0, 3), draw.integer(1, 3)];
  const x = anyNumbers(draw, seed, [outer, ...picks, inner]);
  return { attributes: { axis: 1, length }, inputs: [x, indices(seed + 1, picks, length)] };
};

const joining: AnyUse = (draw, seed) => {
  const [outer, inner] = [draw.integer(0, 3), draw.integer(1, 3)];
  const shapes = Array.from({ length: draw.integer(1, 4) }, () => [outer, anyLength(draw), inner]);
  const whole = draw.integer(0, 3) === 0;
  return { attributes: { axis: 1 }, inputs: shapes.map((s, i) => (whole ? integers : floats)(seed + i, s)) };
};

const surrounding: AnyUse = (draw, seed) => {
  const shape = [draw.integer(0, 3), draw.integer(0, 3), anyLength(draw)];
  const width = (): number => (draw.integer(0, 2) === 0 ? 0 : anyLength(draw));
  const widths = shape.map((_, axis) => (axis < 2 ? [draw.integer(0, 2), draw.integer(0, 2)] : [width(), width()]));
  const value = [0, -0, 1, -3, 1.5, NaN][draw.integer(0, 5)];
  return { attributes: { widths, value }, inputs: [anyNumbers(draw, seed, shape)] };
};

const windowing: AnyUse = (draw, seed) => {
  const shape = [draw.integer(1, 4), draw.integer(1, 5), 1 + anyLength(draw)];
  const specs = shape.map((length): SliceSpec => {
    const [start, stop] = [draw.integer(-length, length - 1), draw.integer(-length, length)];
    const step = [-3, -2, -1, 1, 2, 5][draw.integer(0, 5)];
    return [null, start, { start, stop }, { start, step }, { stop, step }][draw.integer(0, 4)];
  });
  const { slice } = table;
  const x = anyNumbers(draw, seed, slice.shape([shape], { specs }));
  return { attributes: { shape, specs }, inputs: [x] };
};

const along =
  (least: number, numbers: typeof anyNumbers): AnyUse =>
  (draw, seed) => {
    const shape = [draw.integer(0, 3), Math.max(least, anyLength(draw)), [0, 1, 3, 4, 17, 50][draw.integer(0, 5)]];
    return {
      attributes: { axis: 1, reverse: draw.integer(0, 1) === 0 },
      inputs: [numbers(draw, seed, shape)],
    };
  };

const sliding =
  (op: "im2col" | "col2im"): AnyUse =>
  (draw, seed) => {
    const image = [draw.integer(0, 3), draw.integer(0, 2), draw.integer(4, 9), draw.integer(4, 9)];
    const pair = (low: number, high: number) => [draw.integer(low, high), draw.integer(low, high)] as const;
    const windows = { kernel: pair(1, 3), stride: pair(1, 3), padding: pair(0, 3), dilation: pair(1, 1) };
    const shape = op === "im2col" ? image : table.im2col.shape([image], { windows });
    return { attributes: { image, windows }, inputs: [anyNumbers(draw, seed, shape)] };
  };

const uses: Readonly<Record<string, AnyUse>> = {
  gather: picking,
  scatterAdd: adding,
  concat: joining,
  pad: surrounding,
  unslice: windowing,
  cumsum: along(0, (_, seed, shape) => floats(seed, shape)),
  argMax: along(1, anyNumbers),
  argMin: along(1, anyNumbers),
  im2col: sliding("im2col"),
  col2im: sliding("col2im"),
};

describe("on shapes long, short and empty, of both dtypes, a kernel equals the eager function", () => {
  for (const [op, use] of Object.entries(uses)) {
    it(op, () => holds(3000, (draw, seed) => expectEager({ op, ...use(draw, seed) })));
  }
});

describe("an index outside of its axis is noted, and its entry skipped", () => {
  const picks = fromTypedArray(Int32Array.of(1, -1, 0, 2, 2 ** 31 - 1), [5]);
  const x = (rows: number, columns: number): Tensor =>
    fromTypedArray(
      Float32Array.from({ length: rows * columns }, (_, i) => i + 1),
      [rows, columns],
    );

  it("gather", () => {
    for (const { words, failed } of runs(
      { op: "gather", attributes: { axis: 0 }, inputs: [x(2, 2), picks] },
      "float32",
    )) {
      expect(failed).toBe(true);
      expect([...new Float32Array(words.buffer)]).toEqual([3, 4, NaN, NaN, 1, 2, NaN, NaN, NaN, NaN]);
    }
  });

  for (const columns of [2, 64]) {
    it(`scatterAdd of rows of ${columns}`, () => {
      const use = { op: "scatterAdd", attributes: { axis: 0, length: 3 }, inputs: [x(5, columns), picks] };
      for (const { words, failed } of runs(use, "float32")) {
        const row = (index: number) => Array.from({ length: columns }, (_, i) => index * columns + i + 1);
        expect(failed).toBe(true);
        expect([...new Float32Array(words.buffer)]).toEqual([2, 0, 3].flatMap(row));
      }
    });
  }
});
