// Sliding windows as columns (im2col), and columns added back into images (col2im).

import type { OpAttributes } from "@elbo/autograd";
import { columnsShape, type Shape, type Windows } from "@elbo/tensor";
import {
  countUp,
  type Expression,
  i32,
  type Local,
  memory,
  type Scope,
  type Statement,
  when,
} from "@elbo/tensor/kernels";
import { shareOf } from "../share.js";
import { additions } from "./additions.js";
import { BYTES, bytesOf, defineKernel } from "./kernel.js";
import type { LibraryKernel } from "./library.js";

/** What to do for one element of the columns. Both are offsets in bytes. */
interface Visit {
  /** It connects to a pixel. */
  pixel(column: Local<"i32">, pixel: Local<"i32">): readonly Statement[];
  /** It lies in the padding. */
  padding(column: Local<"i32">): readonly Statement[];
}

/** Every window as a column, zeros where it leaves the image. Threads share the planes (one channel of one image). */
export const im2col: LibraryKernel = (library, call) =>
  defineKernel(library, call, (scope, thread, threads) => {
    const [x] = call.inputs;
    const { address } = call.output;
    const { from, to, statements } = shareOf(scope, x.shape[0] * x.shape[1], 1, thread, threads);
    const plane = scope.local("i32");
    const { windows } = call.attributes as OpAttributes["im2col"];
    return [
      ...statements,
      countUp(
        plane,
        from,
        to,
        i32.const(1),
        eachElement(scope, x.shape, windows, plane, {
          pixel: (column, pixel) => [i32.store(column, i32.load(pixel, x.address), address)],
          padding: (column) => [i32.store(column, i32.const(0), address)],
        }),
      ),
    ];
  });

/** Columns added to zeros where they came from, columns ascending. Threads share the planes. */
export const col2im: LibraryKernel = (library, call) =>
  defineKernel(library, call, (scope, thread, threads) => {
    const { inputs, output } = call;
    const { image, windows } = call.attributes as OpAttributes["col2im"];
    const { from, to, statements } = shareOf(scope, image[0] * image[1], 1, thread, threads);
    const [plane, start] = [scope.local("i32"), scope.local("i32")];
    const planeBytes = i32.const(BYTES * image[2] * image[3]);
    const { one } = additions[output.dtype];
    return [
      ...statements,
      countUp(plane, from, to, i32.const(1), [
        start.set(i32.add(i32.mul(plane, planeBytes), i32.const(output.address))),
        memory.fill(start, i32.const(0), planeBytes),
        ...eachElement(scope, image, windows, plane, {
          pixel: (column, pixel) => [one({ at: pixel, base: output.address }, { at: column, base: inputs[0].address })],
          padding: () => [],
        }),
      ]),
    ];
  });

/** Visits the elements of the columns of a plane, in the order in which the columns have them. */
function eachElement(
  scope: Scope,
  image: Shape,
  windows: Windows,
  plane: Expression<"i32">,
  visit: Visit,
): readonly Statement[] {
  const { kernel, stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = windows;
  const { output } = columnsShape("im2col", image, windows);
  const [, , height, width] = image;
  const [ky, kx, oy, ox, y, x, pixel, column] = Array.from({ length: 8 }, () => scope.local("i32"));
  const each = (counter: Local<"i32">, count: number, body: readonly Statement[]): Statement =>
    countUp(counter, i32.const(0), i32.const(count), i32.const(1), body);
  /** The place along axis 0 (y) or 1 (x) of an element of a window; a place before the image is large and unsigned. */
  const placeOf = (axis: 0 | 1, window: Expression<"i32">, element: Expression<"i32">) =>
    i32.sub(
      i32.add(i32.mul(window, i32.const(stride[axis])), i32.mul(element, i32.const(dilation[axis]))),
      i32.const(padding[axis]),
    );
  const elements = kernel[0] * kernel[1] * output[0] * output[1];
  return [
    column.set(bytesOf(i32.mul(plane, i32.const(elements)))),
    each(ky, kernel[0], [
      each(kx, kernel[1], [
        each(oy, output[0], [
          y.set(placeOf(0, oy, ky)),
          each(ox, output[1], [
            x.set(placeOf(1, ox, kx)),
            when(
              i32.and(i32.ltU(y, i32.const(height)), i32.ltU(x, i32.const(width))),
              [
                pixel.set(
                  bytesOf(i32.add(i32.mul(i32.add(i32.mul(plane, i32.const(height)), y), i32.const(width)), x)),
                ),
                ...visit.pixel(column, pixel),
              ],
              visit.padding(column),
            ),
            column.set(i32.add(column, i32.const(BYTES))),
          ]),
        ]),
      ]),
    ]),
  ];
}
