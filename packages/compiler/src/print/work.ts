// How much a kernel computes, in floating-point operations.

import { sizeOf } from "@elbo/tensor";
import { flopsOf, sizesOf } from "../emit/product-kernel.js";
import type { Kernel, LoopKernel } from "../fuse/kernels.js";

/**
 * FLOPs of a kernel. A product counts `2 m n k`. A loop counts one for each elementwise operation or fold and element,
 * `exp` as much as `+`; mere copies count nothing. What library kernels do is not counted.
 */
export function flopsOfKernel(kernel: Kernel): number {
  switch (kernel.kind) {
    case "product":
      return flopsOf(sizesOf(kernel)) + (kernel.epilogue === null ? 0 : flopsOfLoop(kernel.epilogue));
    case "loop":
      return flopsOfLoop(kernel);
    case "library":
      return 0;
  }
}

const flopsOfLoop = ({ steps, folds, space }: LoopKernel): number =>
  sizeOf(space) * (steps.filter(({ op }) => op !== "copy").length + folds.length);
