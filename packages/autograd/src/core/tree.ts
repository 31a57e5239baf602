// Trees of parameters: plain objects and arrays whose leaves are tensors or numbers.

import { ArgumentError, Tensor } from "@elbo/tensor";
import { isSymbolic } from "./symbolic.js";
import { isTraced, type Operand, type Value } from "./traced.js";

/** A tensor, a number, or an array or plain object of trees. */
export type Tree = Operand | readonly Tree[] | { readonly [name: string]: Tree };

/** A tree of one shape with another, leaf by leaf: numbers come back as scalars. */
export type Mapped<T, Leaf> = T extends Value | number ? Leaf : { [K in keyof T]: Mapped<T[K], Leaf> };

const isLeaf = (tree: unknown): tree is Operand =>
  typeof tree === "number" || tree instanceof Tensor || isTraced(tree) || isSymbolic(tree);

/** The leaves in order: arrays by index, objects by name, so that equal trees agree however they were written. */
export function leaves(tree: unknown, path = ""): Operand[] {
  return leavesWithPaths(tree, path).map(([, leaf]) => leaf);
}

/** The leaves with their paths, such as `encoder.0.weight`. */
export function leavesWithPaths(tree: unknown, path = ""): [path: string, leaf: Operand][] {
  if (isLeaf(tree)) return [[path, tree]];
  return branches(tree, path).flatMap(([name, branch]) =>
    leavesWithPaths(branch, path === "" ? name : `${path}.${name}`),
  );
}

function branches(tree: unknown, path: string): [string, unknown][] {
  if (Array.isArray(tree)) return tree.map((branch, i) => [String(i), branch]);
  if (typeof tree === "object" && tree !== null && isPlain(tree)) {
    return Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1));
  }
  const found =
    tree === null ? "null" : typeof tree === "object" ? (tree.constructor?.name ?? "an object") : typeof tree;
  throw new ArgumentError(
    `a tree holds tensors, numbers, arrays and plain objects; found ${found}${path === "" ? "" : ` at ${path}`}`,
    { op: "tree" },
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The same tree with other leaves, given in the order of `leaves`. */
export function rebuild<T>(tree: T, replacements: readonly unknown[]): T {
  let next = 0;
  const build = (branch: unknown): unknown => {
    if (isLeaf(branch)) return replacements[next++];
    if (Array.isArray(branch)) return branch.map(build);
    return Object.fromEntries(branches(branch, "").map(([name, inner]) => [name, build(inner)]));
  };
  return build(tree) as T;
}

/** A function applied to the leaves of trees of one shape. */
export function mapTree<T, R = T>(f: (...leaf: Value[]) => unknown, tree: T, ...others: unknown[]): R {
  const columns = [tree, ...others].map((one) => leaves(one));
  const uneven = columns.find((column) => column.length !== columns[0].length);
  if (uneven)
    throw new ArgumentError(`the trees differ: one has ${columns[0].length} leaves, another ${uneven.length}`, {
      op: "mapTree",
    });
  return rebuild(
    tree,
    columns[0].map((_, i) => f(...columns.map((column) => column[i] as Value))),
  ) as unknown as R;
}
