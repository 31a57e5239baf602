// Whether products of float32 may round as the platform does best, or must round alike everywhere.

import { ArgumentError } from "../core/errors.js";

/**
 * `strict`: a product is rounded before it is added, so that the bits are the same on every platform. `fast`: the two
 * round together where the platform can (a fused multiply-add), which is quicker and a little more accurate.
 */
export type MatmulMode = "strict" | "fast";

let current: MatmulMode = "strict";

/** The mode that `matmul` is in: `strict` outside of `withMatmulMode`. */
export const matmulMode = (): MatmulMode => current;

/**
 * Runs a function with its float32 matrix products in a mode, and gives what it gives.
 * @throws ArgumentError for a mode that there is not, and for an asynchronous function, which would outlive its mode
 * @example withMatmulMode("fast", () => matmul(eye(2), eye(2))).toArray() // [[1, 0], [0, 1]]
 */
export function withMatmulMode<T>(mode: MatmulMode, run: () => T): T {
  if (mode !== "strict" && mode !== "fast") {
    throw new ArgumentError(`there is no mode ${JSON.stringify(mode)}; there are strict and fast`, {
      op: "withMatmulMode",
    });
  }
  if (typeof run !== "function") {
    throw new ArgumentError("needs a mode and a function to run in it", { op: "withMatmulMode" });
  }
  const outer = current;
  current = mode;
  try {
    const result = run();
    if (typeof (result as { then?: unknown } | undefined)?.then === "function") {
      throw new ArgumentError("needs a function that is done when it returns; this one gave a promise", {
        op: "withMatmulMode",
      });
    }
    return result;
  } finally {
    current = outer;
  }
}
