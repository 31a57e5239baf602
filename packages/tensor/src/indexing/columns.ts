// Sliding windows over images as columns (im2col), and their sum back into images (col2im): what makes a convolution
// a matrix product.

import { asTensor, type TensorLike } from "../core/create.js";
import { allocate } from "../core/dtype.js";
import { ArgumentError, formatShape, ShapeError } from "../core/errors.js";
import { sameShape, type Shape, sizeOf } from "../core/shape.js";
import { Tensor } from "../core/tensor.js";

/** The windows that slide over the last two axes of `[batch, channels, height, width]`. */
export interface Windows {
  readonly kernel: readonly [height: number, width: number];
  readonly stride?: readonly [number, number];
  /** Zeros added on each side. */
  readonly padding?: readonly [number, number];
  /** The distance between the elements of one window. */
  readonly dilation?: readonly [number, number];
}

/** The shape of the columns: `[batch, channels * kh * kw, oh * ow]` with `oh = floor((h + 2p - d(k - 1) - 1) / s) + 1`. */
export function columnsShape(
  op: string,
  shape: Shape,
  windows: Windows,
): { columns: number[]; output: [number, number] } {
  if (shape.length !== 4)
    throw new ShapeError(`needs [batch, channels, height, width], got ${formatShape(shape)}`, { op, shapes: [shape] });
  const { kernel, stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = windows;
  if (
    ![...kernel, ...stride, ...dilation].every((n) => Number.isInteger(n) && n >= 1) ||
    !padding.every((n) => Number.isInteger(n) && n >= 0)
  ) {
    throw new ArgumentError(
      `kernel, stride and dilation are whole numbers of 1 or more, padding of 0 or more: ${JSON.stringify(windows)}`,
      { op },
    );
  }
  const output = [0, 1].map(
    (i) => Math.floor((shape[2 + i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1,
  ) as [number, number];
  if (output.some((n) => n < 1)) {
    throw new ShapeError(`a window of ${formatShape(kernel)} does not fit into ${formatShape(shape)}`, {
      op,
      shapes: [shape, kernel],
    });
  }
  return { columns: [shape[0], shape[1] * kernel[0] * kernel[1], output[0] * output[1]], output };
}

/** Calls `visit(column element, image element)` for every pair that im2col connects; padding has no image element. */
function forEachPair(op: string, image: Shape, windows: Windows, visit: (column: number, pixel: number) => void): void {
  const { output } = columnsShape(op, image, windows);
  const { kernel, stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = windows;
  const [, , height, width] = image as [number, number, number, number];
  let column = 0;
  for (let plane = 0; plane < image[0] * image[1]; plane++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        for (let oy = 0; oy < output[0]; oy++) {
          const y = oy * stride[0] + ky * dilation[0] - padding[0];
          for (let ox = 0; ox < output[1]; ox++, column++) {
            const x = ox * stride[1] + kx * dilation[1] - padding[1];
            if (y >= 0 && y < height && x >= 0 && x < width) visit(column, (plane * height + y) * width + x);
          }
        }
      }
    }
  }
}

/** Every window as a column: `[batch, channels * kh * kw, oh * ow]`, zeros where a window leaves the image. */
export function im2col(x: TensorLike, windows: Windows): Tensor {
  const source = asTensor("im2col", x);
  const { columns } = columnsShape("im2col", source.shape, windows);
  const { data } = source;
  const out = allocate(source.dtype, sizeOf(columns));
  forEachPair("im2col", source.shape, windows, (column, pixel) => (out[column] = data[pixel]));
  return Tensor.dense(out, columns);
}

/** The columns added back where they came from, giving images of the given shape: the transpose of `im2col`. */
export function col2im(x: TensorLike, image: Shape, windows: Windows): Tensor {
  const source = asTensor("col2im", x);
  const { columns } = columnsShape("col2im", image, windows);
  if (!sameShape(source.shape, columns)) {
    throw new ShapeError(
      `columns of ${formatShape(image)} have shape ${formatShape(columns)}, got ${formatShape(source.shape)}`,
      { op: "col2im", shapes: [source.shape, image] },
    );
  }
  const { data } = source;
  const out = allocate(source.dtype, sizeOf(image));
  forEachPair("col2im", image, windows, (column, pixel) => (out[pixel] = out[pixel] + data[column]));
  return Tensor.dense(out, [...image]);
}
