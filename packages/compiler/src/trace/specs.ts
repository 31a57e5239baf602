// What a program must know of a leaf before it is given, and what listings call the leaves of arguments.

import { isSymbolic, isSymbolicKey } from "@elbo/autograd";
import { ArgumentError, formatShape, Tensor } from "@elbo/tensor";
import { programDType } from "../graph/builder.js";
import { isKey, type Leaf, leavesOf, type LeafSpec } from "./leaves.js";

/** The kind and shape of a leaf. @throws ArgumentError for a value that is no tensor yet, DTypeError for float64 */
export function specOf(name: string, leaf: Leaf): LeafSpec {
  if (typeof leaf === "number") return { name, kind: "number", shape: [], dtype: "float32" };
  if (isSymbolic(leaf) || isSymbolicKey(leaf)) {
    throw new ArgumentError(
      `${name} is being compiled: a compiled function was called inside of another; call the plain function there`,
      { op: "compile" },
    );
  }
  if (isKey(leaf)) return { name, kind: "key", shape: [2], dtype: "int32" };
  if (!(leaf instanceof Tensor)) {
    throw new ArgumentError(
      `${name} is a value under differentiation; compile the gradient, compile(grad(f)), instead of grad(compile(f))`,
      { op: "compile" },
    );
  }
  return { name, kind: "tensor", shape: leaf.shape, dtype: programDType("compile", leaf.dtype, name) };
}

/** A leaf as messages show it: `state.weight [3, 2]`. */
export const described = (name: string, { shape, dtype }: Pick<LeafSpec, "shape" | "dtype">): string =>
  `${name} ${dtype === "float32" ? "" : `${dtype} `}${formatShape(shape)}`;

/**
 * Refuses leaves that are not those of the state, in its order, with its shapes.
 * @throws ArgumentError that names the first difference
 */
export function requireSameLeaves(what: string, wanted: readonly LeafSpec[], found: readonly string[]): void {
  const expected = wanted.map((spec) => described(spec.name, spec));
  const longer = expected.length > found.length ? expected : found;
  const at = longer.findIndex((_, i) => expected[i] !== found[i]);
  if (at < 0) return;
  const [want, got] = [expected[at] ?? "no further leaf", found[at] ?? "no further leaf"];
  throw new ArgumentError(`${what} must have the leaves of the state: instead of ${want} it has ${got}`, {
    op: "compile",
  });
}

/** The leaves of arguments under the names of the function's parameters, or `arg0` where a parameter has no name. */
export const argumentLeaves = (args: readonly unknown[], parameters: Parameters): [path: string, leaf: Leaf][] =>
  args.flatMap((arg, i) => leavesOf(arg, parameters.names[i] ?? `arg${i}`));

/** What a function's source tells of its parameters. */
export interface Parameters {
  readonly names: readonly (string | undefined)[];
  /** How many arguments it can take; Infinity where it takes any number, or nobody can tell. */
  readonly most: number;
}

/** The parameters of a function, without its state. */
export function parametersOf(f: (...args: never[]) => unknown, hasState: boolean): Parameters {
  const names = parameterNames(f);
  const source = f.toString();
  const unknown = /\.\.\.|\barguments\b|\[native code\]/.test(source);
  const count = source.replace(/\s/g, "").startsWith("()") ? 0 : names.length;
  const first = hasState ? 1 : 0;
  return { names: names.slice(first), most: unknown ? Infinity : Math.max(0, count - first) };
}

/** @throws ArgumentError where there are more arguments than the function takes: the state is not one of them */
export function checkCount(args: readonly unknown[], { most }: Parameters, hasState: boolean): void {
  if (args.length <= most) return;
  const hint = hasState ? "; the program keeps the state, and it is not passed" : "";
  throw new ArgumentError(`the function takes ${most} arguments, got ${args.length}${hint}`, { op: "compile" });
}

const NAME = /^\s*([A-Za-z_$][\w$]*)/;

/** The names of a function's parameters, as far as they stand in its source: patterns and rests have none. */
export function parameterNames(f: (...args: never[]) => unknown): (string | undefined)[] {
  const source = f.toString();
  const single = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(source);
  if (single !== null) return [single[1]];
  const start = source.indexOf("(") + 1;
  const parts = [""];
  let depth = 0;
  for (const character of source.slice(start)) {
    if (")]}".includes(character) && depth-- === 0) break;
    if ("([{".includes(character)) depth++;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => NAME.exec(part)?.[1]);
}
