// The library kernels, by the names of their operations.

import type { LibraryOp } from "../../graph/kinds.js";
import { concat, gather } from "./copies.js";
import { argMax, argMin } from "./extremes.js";
import { pad, unslice } from "./inset.js";
import { foldIn, splitKey } from "./keys.js";
import type { LibraryKernel } from "./library.js";
import { normal, randomInt, uniform } from "./random.js";
import { cumsum } from "./scan.js";
import { scatterAdd } from "./scatter.js";
import { col2im, im2col } from "./windows.js";

/** A kernel for every operation of the library: one without a kernel does not compile. */
export const libraryKernels: Readonly<Record<LibraryOp, LibraryKernel>> = {
  gather,
  scatterAdd,
  concat,
  pad,
  unslice,
  cumsum,
  argMax,
  argMin,
  im2col,
  col2im,
  uniform,
  normal,
  randomInt,
  foldIn,
  splitKey,
};
