// Running a function under differentiation: the step that every transformation begins with.

import { ArgumentError, formatShape, sameShape, ShapeError, tensor } from "@elbo/tensor";
import { leaves, rebuild } from "../core/tree.js";
import { isTraced, type Operand, openSession, type Session, Traced, type Value } from "../core/traced.js";

/** What a run left behind: the session, its inputs, and the outputs as the session sees them. */
export interface Recording<Y> {
  readonly session: Session;
  readonly inputs: readonly Traced[];
  readonly result: Y;
}

/** Runs `f` with the leaves of the chosen arguments traced by a new session; the other arguments pass as they are. */
export function record<P extends unknown[], Y>(
  f: (...args: P) => Y,
  args: P,
  argnums: readonly number[],
): Recording<Y> {
  const session = openSession();
  const inputs: Traced[] = [];
  const traced = args.map((arg, i) => {
    if (!argnums.includes(i)) return arg;
    const own = leaves(arg).map((leaf) => new Traced(session, asValue(leaf), null));
    inputs.push(...own);
    return rebuild(arg, own);
  });
  try {
    return { session, inputs, result: f(...(traced as P)) };
  } finally {
    session.open = false;
  }
}

/** A number as a scalar tensor. */
export const asValue = (x: Operand): Value => (typeof x === "number" ? tensor(x) : x);

/** A tree seen from outside of a session: its traced leaves give their primals. */
export function outside<T>(tree: T, session: Session): T {
  return rebuild(
    tree,
    leaves(tree).map((leaf) => (isTraced(leaf) && leaf.session === session ? leaf.primal : leaf)),
  );
}

/**
 * The leaves of a tree, which must match the given values one by one.
 * @throws ShapeError where their numbers or shapes differ
 */
export function alike(op: string, name: string, tree: unknown, expected: readonly Value[]): Value[] {
  const found = leaves(tree).map(asValue);
  if (found.length !== expected.length) {
    throw new ShapeError(`${name} must have ${expected.length} leaves, as what it belongs to; it has ${found.length}`, {
      op,
    });
  }
  expected.forEach(({ shape }, i) => {
    if (!sameShape(shape, found[i].shape)) {
      throw new ShapeError(
        `leaf ${i} of ${name} has shape ${formatShape(found[i].shape)}, it must be ${formatShape(shape)}`,
        {
          op,
          shapes: [shape, found[i].shape],
        },
      );
    }
  });
  return found;
}

/** Checks a list of argument numbers. */
export function checkArgnum(op: string, argnum: number, count: number): void {
  if (!Number.isInteger(argnum) || argnum < 0 || argnum >= count) {
    throw new ArgumentError(`argnum ${argnum} is outside of the ${count} arguments given`, { op });
  }
}
