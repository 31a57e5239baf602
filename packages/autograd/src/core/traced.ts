// Traced: a value under differentiation, which remembers the operation that made it.

import { ArgumentError, type DType, ElboError, type NestedArray, type Shape, type Storage, Tensor } from "@elbo/tensor";

/** One run of a function under differentiation. Sessions opened later are nested inside earlier ones. */
export interface Session {
  readonly id: number;
  /** False once the function has returned: its traced values must not be computed with any more. */
  open: boolean;
}

/** How a traced value came about: an operation of the table, its attributes and its operands. */
export interface Origin {
  readonly op: string;
  readonly attributes: unknown;
  readonly inputs: readonly Operand[];
}

/** A tensor, or a tensor under differentiation: what every operation gives. */
export type Value = Tensor | Traced;

/** What every operation takes: numbers stand for scalars. */
export type Operand = Value | number;

let nextSession = 1;
let nextOrder = 1;

export const openSession = (): Session => ({ id: nextSession++, open: true });

/**
 * A node of the graph. `primal` is the value as the enclosing session sees it: a Tensor, or, where differentiation is
 * nested, a value traced by an outer session. `origin` is null for the inputs of the session.
 */
export class Traced {
  readonly session: Session;
  readonly primal: Value;
  readonly origin: Origin | null;
  /** Grows with creation: an operand always has a smaller order than the result. */
  readonly order: number;

  constructor(session: Session, primal: Value, origin: Origin | null) {
    this.session = session;
    this.primal = primal;
    this.origin = origin;
    this.order = nextOrder++;
  }

  get shape(): Shape {
    return this.primal.shape;
  }

  get dtype(): DType {
    return this.primal.dtype;
  }

  get ndim(): number {
    return this.primal.ndim;
  }

  get size(): number {
    return this.primal.size;
  }

  /** The numbers, for looking at: what is computed from them is not differentiated. */
  get data(): Storage {
    return concrete(this).data;
  }

  toArray(): NestedArray {
    return concrete(this).toArray();
  }

  item(): number {
    return concrete(this).item();
  }

  toString(): string {
    return `Traced(${this.origin?.op ?? "input"}) ${concrete(this).toString()}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** JavaScript's operators would compute on a copy of the number and lose the derivative. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new ArgumentError(
      "JavaScript's operators do not differentiate; use add(a, b), mul(a, b), greater(a, b), where(...), or x.item() to look at the number",
      { op: "operator", shapes: [this.shape] },
    );
  }

  /** What a function of @elbo/tensor answers when it is given this value. */
  get notATensorHint(): string {
    return `got a value that is being differentiated; import { %op } from "@elbo/autograd" instead of "@elbo/tensor"`;
  }
}

/** True for a value under differentiation. */
export const isTraced = (x: unknown): x is Traced => x instanceof Traced;

/** The tensor at the bottom of a value, whatever differentiates it. */
export function concrete(x: Value): Tensor {
  let value = x;
  while (isTraced(value)) value = value.primal;
  return value;
}

/** The lengths of the axes of an operand; a number has none. */
export function shapeOf(x: Operand): Shape {
  if (typeof x === "number") return [];
  requireOperand("autograd", x);
  return x.shape;
}

/** Refuses what is neither a tensor nor a number. */
export function requireOperand(op: string, x: unknown): void {
  if (typeof x === "number" || x instanceof Tensor || x instanceof Traced) return;
  const found = Array.isArray(x)
    ? "an array; make it a tensor with tensor([...]) or stack([...])"
    : x === null
      ? "null"
      : typeof x;
  throw new ArgumentError(`needs tensors or numbers, got ${found}`, { op });
}

/** A derivative was asked for where there is none. */
export class NotDifferentiableError extends ElboError {
  constructor(op: string, reason: string) {
    super("NOT_DIFFERENTIABLE", `${op} has no gradient (${reason}); wrap it in stopGradient if that is meant.`);
  }
}
