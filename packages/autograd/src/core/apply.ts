// The interpreter: computes an operation, and records it where an operand is under differentiation.

import { ElboError, type Shape, type TensorLike } from "@elbo/tensor";
import type { OpAttributes, OpName, OpTable } from "./signatures.js";
import { isSymbolic } from "./symbolic.js";
import { isTraced, type Operand, requireOperand, type Session, Traced, type Value } from "./traced.js";

/**
 * What the interpreter is given once, when the package loads: the table of operations, and the sum that undoes
 * broadcasting. Both are written in operations, which call the interpreter; being handed in, they close no circle of
 * imports.
 */
export interface Engine {
  readonly table: OpTable;
  readonly unbroadcast: (cotangent: Value, shape: Shape) => Value;
}

let installed: Engine | undefined;

/** Installs an engine and returns the one before. */
export function install(engine: Engine): Engine | undefined {
  const before = installed;
  installed = engine;
  return before;
}

export function engine(): Engine {
  if (installed === undefined) throw new ElboError("NOT_INSTALLED", `import "@elbo/autograd" before using its parts`);
  return installed;
}

/**
 * Applies an operation. The innermost session among the operands records it; the value itself is computed on that
 * session's primals, by the same function, so that an outer session records it too. With no traced operand left, a
 * symbolic one has it written down by its recorder; else the table computes it on tensors and nothing remains of it.
 */
export function apply<N extends OpName>(op: N, attributes: OpAttributes[N], inputs: readonly Operand[]): Value {
  for (const x of inputs) requireOperand(op, x);
  const session = innermost(inputs);
  if (session === undefined) {
    const symbolic = inputs.find(isSymbolic);
    if (symbolic !== undefined) return symbolic.recorder.record(op, attributes, inputs);
    return engine().table[op].evaluate(inputs as readonly TensorLike[], attributes);
  }
  if (!session.open) {
    throw new ElboError(
      "ESCAPED",
      `${op}: a value under differentiation was kept after its function had returned; return it from the function instead`,
    );
  }
  const primals = inputs.map((x) => (isTraced(x) && x.session === session ? x.primal : x));
  return new Traced(session, apply(op, attributes, primals), { op, attributes, inputs });
}

function innermost(inputs: readonly Operand[]): Session | undefined {
  let session: Session | undefined;
  for (const x of inputs) {
    if (isTraced(x) && (session === undefined || x.session.id > session.id)) session = x.session;
  }
  return session;
}
