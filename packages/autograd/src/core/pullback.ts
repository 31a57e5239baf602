// The backward pass: from cotangents of outputs to cotangents of inputs.

import { formatShape, sameShape, ShapeError, zeros } from "@elbo/tensor";
import { apply, engine } from "./apply.js";
import type { Derivative, OpName, OpRecord } from "./signatures.js";
import { isTraced, NotDifferentiableError, type Origin, type Session, shapeOf, Traced, type Value } from "./traced.js";

/**
 * Pulls cotangents back through what a session recorded.
 *
 * Precondition: `outputs[i]` and `cotangents[i]` have one shape; `inputs` are the session's own.
 * Postcondition: result i is the sum over outputs of <cotangent, d output / d inputs[i]>, with the shape of the input,
 * and zeros where no output depends on it, or where the input holds indices.
 * Nodes are visited from the last made to the first, so a node's cotangent is complete when its turn comes. Rules see
 * primals only: what they compute belongs to the sessions outside, which is why gradients of gradients need nothing more.
 */
export function pullBack(
  session: Session,
  outputs: readonly Value[],
  cotangents: readonly Value[],
  inputs: readonly Traced[],
): Value[] {
  const collected = new Map<Traced, Value>();
  const add = (node: Traced, cotangent: Value): void => {
    const before = collected.get(node);
    // Indices do not move; one cotangent is enough to meet what has no derivative.
    const first = before === undefined || node.dtype === "int32";
    collected.set(node, first ? cotangent : apply("add", {}, [before, cotangent]));
  };
  outputs.forEach((y, i) => {
    if (isTraced(y) && y.session === session) add(y, cotangents[i]);
  });
  for (const node of newestFirst(session, outputs)) {
    const cotangent = collected.get(node);
    if (node.origin === null || cotangent === undefined) continue;
    collected.delete(node);
    for (const [input, part] of operandCotangents(session, node.origin, node.primal, cotangent)) add(input, part);
  }
  const cotangentOf = (x: Traced): Value | undefined => (x.dtype === "int32" ? undefined : collected.get(x));
  return inputs.map((x) => cotangentOf(x) ?? zeros(x.shape, { dtype: x.dtype }));
}

/** All nodes of the session that the outputs depend on, newest first. Iterative: depth costs no stack. */
function newestFirst(session: Session, outputs: readonly Value[]): Traced[] {
  const seen = new Set<Traced>();
  const open: unknown[] = [...outputs];
  while (open.length > 0) {
    const node = open.pop();
    if (!isTraced(node) || node.session !== session || seen.has(node)) continue;
    seen.add(node);
    for (const input of node.origin?.inputs ?? []) open.push(input);
  }
  return [...seen].sort((a, b) => b.order - a.order);
}

/** The cotangents of those operands of a node that the session differentiates. */
function operandCotangents(session: Session, origin: Origin, y: Value, g: Value): [Traced, Value][] {
  const { table, unbroadcast } = engine();
  const record = table[origin.op as OpName] as OpRecord<unknown>;
  const x = origin.inputs.map((input) => (isTraced(input) && input.session === session ? input.primal : input));
  const application = { y, x, attributes: origin.attributes };
  const joint = record.derivative.kind === "joint" ? record.derivative.rule(g, application) : undefined;
  return origin.inputs.flatMap((input, index): [Traced, Value][] => {
    if (!isTraced(input) || input.session !== session) return [];
    const part =
      joint === undefined ? ruleFor(origin.op, record.derivative, index)?.(g, { ...application, index }) : joint[index];
    if (part === undefined) return [];
    const fitted = record.broadcasts ? unbroadcast(part, input.shape) : part;
    if (!sameShape(shapeOf(fitted), input.shape)) {
      throw new ShapeError(
        `the derivative rule gives a cotangent of shape ${formatShape(shapeOf(fitted))} for operand ${index} of shape ${formatShape(input.shape)}`,
        { op: origin.op, shapes: [shapeOf(fitted), input.shape] },
      );
    }
    // A float32 operand beside a float64 one: the result was float64, its cotangent is float32 again.
    const same = fitted.dtype === input.dtype || input.dtype === "int32";
    return [[input, same ? fitted : apply("cast", { dtype: input.dtype }, [fitted])]];
  });
}

function ruleFor(op: string, derivative: Derivative<unknown>, index: number) {
  switch (derivative.kind) {
    case "each":
      return derivative.rules[index] ?? undefined;
    case "same":
      return derivative.rule;
    case "none":
      throw new NotDifferentiableError(op, derivative.reason);
    case "joint":
      return undefined;
  }
}
