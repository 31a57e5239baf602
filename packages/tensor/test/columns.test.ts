// Sliding windows: im2col turns a convolution into a matrix product, col2im is its transpose.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arange,
  ArgumentError,
  col2im,
  columnsShape,
  contiguous,
  im2col,
  matmul,
  reshape,
  ShapeError,
  type Tensor,
  type Windows,
  zeros,
} from "../src/index.js";
import { expectSameBits, indices, inner, read, viewsOf } from "./support.js";

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Images as views, windows that fit, and filters of three output channels. */
const cases = fc
  .record({
    batch: fc.integer({ min: 0, max: 2 }),
    channels: fc.integer({ min: 1, max: 2 }),
    kernel: pair(1, 3),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    slack: pair(0, 4),
  })
  .chain(({ batch, channels, kernel, stride, padding, dilation, slack }) => {
    const [height, width] = [0, 1].map((i) =>
      Math.max(1, dilation[i] * (kernel[i] - 1) + 1 + slack[i] - 2 * padding[i]),
    );
    return fc.record({
      x: viewsOf([batch, channels, height, width]),
      filters: viewsOf([3, channels, ...kernel]),
      windows: fc.constant<Windows>({ kernel, stride, padding, dilation }),
    });
  });

/** A convolution (a correlation, as networks use the word) by its definition. */
function naiveConvolution(x: Tensor, filters: Tensor, windows: Windows): { shape: number[]; values: number[] } {
  const { kernel, stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = windows;
  const [batch, channels, height, width] = x.shape;
  const size = [height, width].map((n, i) => Math.floor((n + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1); // prettier-ignore
  const [image, weight] = [read(x).at, read(filters).at];
  const shape = [batch, filters.shape[0], ...size];
  const values = indices(shape).map(([b, f, oy, ox]) => {
    let total = 0;
    for (const [c, ky, kx] of indices([channels, ...kernel])) {
      const at = [oy * stride[0] + ky * dilation[0] - padding[0], ox * stride[1] + kx * dilation[1] - padding[1]];
      if (at[0] >= 0 && at[0] < height && at[1] >= 0 && at[1] < width) {
        total += image([b, c, ...at]) * weight([f, c, ky, kx]);
      }
    }
    return total;
  });
  return { shape, values };
}

describe("im2col", () => {
  it("makes a convolution a matrix product", () => {
    fc.assert(
      fc.property(cases, ({ x, filters, windows }) => {
        const expected = naiveConvolution(x, filters, windows);
        const columns = im2col(x, windows);
        const { columns: shape, output } = columnsShape("conv2d", x.shape, windows);
        expect(columns.shape).toEqual(shape);
        expect(output).toEqual(expected.shape.slice(2));
        const got = matmul(reshape(filters, [3, -1]), columns);
        expect(got.shape).toEqual([x.shape[0], 3, output[0] * output[1]]);
        expect([...got.data]).toEqual(expected.values.map((value) => value + 0));
        expectSameBits(columns, im2col(contiguous(x), windows));
      }),
      { numRuns: 150 },
    );
  });

  it("lays the windows out as columns", () => {
    const x = reshape(arange(9), [1, 1, 3, 3]);
    expect(im2col(x, { kernel: [2, 2] }).toArray()).toEqual([
      [
        [0, 1, 3, 4],
        [1, 2, 4, 5],
        [3, 4, 6, 7],
        [4, 5, 7, 8],
      ],
    ]);
  });
});

describe("col2im", () => {
  it("is the transpose of im2col: <im2col x, u> = <x, col2im u>, exactly", () => {
    fc.assert(
      fc.property(cases, fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 7, maxLength: 7 }), (drawn, dice) => {
        const { x, windows } = drawn;
        const columns = im2col(x, windows);
        const u = columns.mul(0);
        u.storage.forEach((_, i) => (u.storage[i] = dice[i % 7]));
        const image = col2im(u, x.shape, windows);
        expect(image.shape).toEqual(x.shape);
        expect(inner(columns, u)).toBe(inner(contiguous(x), image));
      }),
    );
  });

  it("counts how many windows see each pixel", () => {
    const windows: Windows = { kernel: [2, 2], padding: [1, 1] };
    const seen = col2im(im2col(zeros([1, 1, 2, 2]).add(1), windows), [1, 1, 2, 2], windows);
    expect(seen.toArray()).toEqual([[[[4, 4], [4, 4]]]]); // prettier-ignore
  });
});

describe("windows refuse", () => {
  const image = zeros([1, 1, 4, 4]);
  it.each([
    [
      () => im2col(zeros([4, 4]), { kernel: [2, 2] }),
      ShapeError,
      "im2col: needs [batch, channels, height, width], got [4, 4]",
    ],
    [() => im2col(image, { kernel: [5, 1] }), ShapeError, "im2col: a window of [5, 1] does not fit into [1, 1, 4, 4]"],
    [() => im2col(image, { kernel: [2, 2], dilation: [4, 1] }), ShapeError, "im2col: a window of [2, 2] does not fit"],
    [
      () => im2col(image, { kernel: [0, 2] }),
      ArgumentError,
      "im2col: kernel, stride and dilation are whole numbers of 1 or more",
    ],
    [() => im2col(image, { kernel: [2, 2], stride: [0, 1] }), ArgumentError, "im2col: kernel, stride and dilation are"],
    [() => im2col(image, { kernel: [2, 2], padding: [-1, 0] }), ArgumentError, "padding of 0 or more"],
    [
      () => col2im(zeros([1, 4, 8]), [1, 1, 4, 4], { kernel: [2, 2] }),
      ShapeError,
      "col2im: columns of [1, 1, 4, 4] have shape [1, 4, 9], got [1, 4, 8]",
    ],
    [
      () => col2im(zeros([1, 9, 4]), [1, 1, 4, 4], { kernel: [2, 2] }),
      ShapeError,
      "col2im: columns of [1, 1, 4, 4] have shape [1, 4, 9], got [1, 9, 4]",
    ],
  ])("%#", (call, kind, text) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(text);
  });
});
