// What a program must know of a leaf before it is given, and what listings call the leaves of arguments.

import { ArgumentError, Tensor } from "@elbo/tensor";
import { programDType } from "../graph/builder.js";
import { isKey, type Leaf } from "./leaves.js";
import type { LeafSpec } from "./trace.js";

/** The kind and shape of a leaf. @throws ArgumentError for a value under differentiation, DTypeError for float64 */
export function specOf(name: string, leaf: Leaf): LeafSpec {
  if (typeof leaf === "number") return { name, kind: "number", shape: [], dtype: "float32" };
  if (isKey(leaf)) return { name, kind: "key", shape: [2], dtype: "int32" };
  if (!(leaf instanceof Tensor)) {
    throw new ArgumentError(
      `a compiled function takes tensors, numbers and keys; ${name} is a value under differentiation: compile(grad(f)) instead of grad(compile(f))`,
      { op: "compile" },
    );
  }
  return { name, kind: "tensor", shape: leaf.shape, dtype: programDType("compile", leaf.dtype) };
}

/**
 * Specs of arguments under the names of the function's parameters: `0.weight` becomes `layer.weight`, or `arg0.weight`
 * where the parameter has no name.
 */
export function withParameterNames(
  specs: readonly LeafSpec[],
  f: (...args: never[]) => unknown,
  hasState: boolean,
): LeafSpec[] {
  const parameters = parameterNames(f).slice(hasState ? 1 : 0);
  return specs.map((spec) => {
    const [first, ...path] = spec.name.split(".");
    return { ...spec, name: [parameters[Number(first)] ?? `arg${first}`, ...path].join(".") };
  });
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
