// The kinds of operations: how each becomes part of a program.

/** Operations that are functions of the library: no views, no loops over elements, no products. */
export const LIBRARY_OPS = [
  "gather",
  "scatterAdd",
  "concat",
  "pad",
  "unslice",
  "cumsum",
  "argMax",
  "argMin",
  "im2col",
  "col2im",
  "uniform",
  "normal",
  "randomInt",
  "foldIn",
  "splitKey",
] as const;

export type LibraryOp = (typeof LIBRARY_OPS)[number];

/**
 * `source`: a value from outside. `view`: another look at a value. `fold`: a sum, a largest or a smallest along axes.
 * `product`: of matrices. `elementwise`: each element from one element of each operand.
 */
export type Kind = "source" | "view" | "fold" | "product" | "library" | "elementwise";

/** Operations that only look at a value in another way. */
export const VIEW_OPS = ["reshape", "transpose", "broadcastTo", "slice", "flip"] as const;

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...["input", "state", "constant"].map((op) => [op, "source"] as const),
  ...VIEW_OPS.map((op) => [op, "view"] as const),
  // `fold` is what lowering makes of the other three.
  ...["sum", "max", "min", "fold"].map((op) => [op, "fold"] as const),
  ...LIBRARY_OPS.map((op) => [op, "library"] as const),
  ["matmul", "product"],
]);

/** The kind of an operation of a simplified graph, in which composites are expanded. */
export const kindOf = (op: string): Kind => KINDS.get(op) ?? "elementwise";
