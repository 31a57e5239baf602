// Arguments, state and results as trees whose leaves are tensors, numbers and keys.

import { isSymbolic, isSymbolicKey, isTraced, type SymbolicKey, type Value } from "@elbo/autograd";
import { ArgumentError, type Key, type Shape, Tensor } from "@elbo/tensor";
import type { ProgramDType } from "../graph/graph.js";

/** What a tree ends in. */
export type Leaf = Value | number | Key | SymbolicKey;

/** What a program must know of a leaf before it is given: its kind and shape. */
export interface LeafSpec {
  readonly name: string;
  readonly kind: "tensor" | "number" | "key";
  readonly shape: Shape;
  readonly dtype: ProgramDType;
}

export const isKey = (x: unknown): x is Key | SymbolicKey =>
  isSymbolicKey(x) || (isPlain(x) && Array.isArray((x as Partial<Key>).words) && Object.keys(x as object).length === 1);

const isLeaf = (x: unknown): x is Leaf =>
  typeof x === "number" || x instanceof Tensor || isTraced(x) || isSymbolic(x) || isKey(x);

function isPlain(x: unknown): boolean {
  if (typeof x !== "object" || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
}

/** The leaves with their paths, such as `params.weight`: arrays by index, objects by name. */
export function leavesOf(tree: unknown, path: string): [path: string, leaf: Leaf][] {
  if (isLeaf(tree)) return [[path, tree]];
  return branchesOf(tree, path).flatMap(([name, branch]) => leavesOf(branch, path === "" ? name : `${path}.${name}`));
}

function branchesOf(tree: unknown, path: string): [string, unknown][] {
  if (Array.isArray(tree)) return tree.map((branch, i) => [String(i), branch]);
  if (isPlain(tree)) return Object.entries(tree as object).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = tree === null ? "null" : typeof tree === "object" ? (tree as object).constructor.name : typeof tree;
  throw new ArgumentError(
    `takes and gives tensors, numbers, keys, and arrays and plain objects of them; found ${found}${path === "" ? "" : ` at ${path}`}`,
    { op: "compile" },
  );
}

/** The same tree with other leaves, given in the order of `leavesOf`. */
export function withLeaves(tree: unknown, leaves: readonly unknown[]): unknown {
  let next = 0;
  const build = (branch: unknown): unknown => {
    if (isLeaf(branch)) return leaves[next++];
    if (Array.isArray(branch)) return branch.map(build);
    return Object.fromEntries(branchesOf(branch, "").map(([name, inner]) => [name, build(inner)]));
  };
  return build(tree);
}
