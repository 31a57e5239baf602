// The elementwise operations of a loop as arithmetic over any interpretation, each step that occurs twice made once.

import { meaning } from "@elbo/tensor";
import type { Graph, Node } from "../graph/graph.js";
import type { Operand, Step } from "../fuse/kernels.js";

type Arithmetic<V> = meaning.Arithmetic<V, V, V>;

const meanings = meaning as unknown as Readonly<Record<string, meaning.Meaning>>;

/** The attributes that a meaning takes as further operands, in its order. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  leakyRelu: ["slope"],
  elu: ["alpha"],
  clamp: ["low", "high"],
};

/**
 * The values of all steps of a loop, by node. `operand` gives what a step reads from elsewhere, and the dtype of any
 * operand is told by `isInteger`.
 */
export function computeSteps<V extends object>(
  arithmetic: Arithmetic<V>,
  steps: readonly Step[],
  operand: (from: Operand) => V,
  isInteger: (from: Operand) => boolean,
  graph: Graph,
): ReadonlyMap<number, V> {
  const s = sharingSteps(arithmetic);
  const values = new Map<number, V>();
  const valueOf = (from: Operand): V => ("step" in from ? values.get(from.step)! : operand(from));
  for (const step of steps) {
    values.set(
      step.node,
      compute(s, step, step.operands.map(valueOf), step.operands.map(isInteger), graph.nodes[step.node]),
    );
  }
  return values;
}

function compute<V>(
  s: Arithmetic<V>,
  { op, attributes }: Step,
  x: readonly V[],
  integers: readonly boolean[],
  node: Node | undefined,
): V {
  if (op === "copy") return x[0];
  if (op === "cast") {
    if (integers[0] === (node?.dtype === "int32")) return x[0];
    return integers[0] ? s.toFloat(x[0]) : s.toInt(x[0]);
  }
  if (op in INTEGER_COMPARISONS && integers.every(Boolean)) return INTEGER_COMPARISONS[op](s, x[0], x[1]);
  const condition = op === "where" && integers[0] ? [s.toFloat(x[0]), ...x.slice(1)] : x;
  const parameters = (PARAMETERS[op] ?? []).map((name) => s.float((attributes as Record<string, number>)[name]));
  return s.apply(meanings[op], ...condition, ...parameters);
}

/** All bits set where x < y, of integers: the sign of x - y, or that of x where the difference overflows. */
function below<V>(s: Arithmetic<V>, x: V, y: V): V {
  const xor = (a: V, b: V): V => s.subInt(s.orInt(a, b), s.andInt(a, b));
  const difference = s.subInt(x, y);
  return s.shiftRight(xor(difference, s.andInt(xor(x, y), xor(difference, x))), 31);
}

const truth = <V>(s: Arithmetic<V>, holds: V): V => s.select(holds, s.float(1), s.float(0));

const INTEGER_COMPARISONS: Readonly<Record<string, <V>(s: Arithmetic<V>, x: V, y: V) => V>> = {
  equal: (s, x, y) => truth(s, s.eqInt(x, y)),
  notEqual: (s, x, y) => truth(s, s.not(s.eqInt(x, y))),
  less: (s, x, y) => truth(s, below(s, x, y)),
  lessEqual: (s, x, y) => truth(s, s.not(below(s, y, x))),
  greater: (s, x, y) => truth(s, below(s, y, x)),
  greaterEqual: (s, x, y) => truth(s, s.not(below(s, x, y))),
};

/** The same arithmetic, but a step with the operands of an earlier one is that one: two functions of x share e^x. */
export function sharingSteps<V extends object>(s: Arithmetic<V>): Arithmetic<V> {
  const numbers = new WeakMap<object, number>();
  let next = 0;
  const nameOf = (x: unknown): string => {
    if (typeof x !== "object" || x === null) return Object.is(x, -0) ? "-0" : String(x);
    let number = numbers.get(x);
    if (number === undefined) numbers.set(x, (number = next++));
    return `#${number}`;
  };
  const known = new Map<string, unknown>();
  const sharing = Object.fromEntries(
    Object.entries(s).map(([step, run]) => [
      step,
      (...x: unknown[]): unknown => {
        const name = `${step} ${x.map((one) => (step === "divideWhole" && one === x[1] ? JSON.stringify(one) : nameOf(one))).join()}`;
        let value = known.get(name);
        if (value === undefined) known.set(name, (value = (run as (...x: unknown[]) => unknown)(...x)));
        return value;
      },
    ]),
  ) as unknown as Arithmetic<V>;
  sharing.apply = (inner, ...x) => inner.define(sharing, ...x);
  return sharing;
}
