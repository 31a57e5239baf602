// Traced: a value under differentiation, which remembers the operation that made it.

import { ArgumentError, type DType, ElboError, type NestedArray, type Shape, type Storage, Tensor } from "@elbo/tensor";
import { ConcreteReadError, isSymbolic, Symbolic } from "./symbolic.js";

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

/** A tensor, a value under differentiation, or one that is being compiled: what every operation gives. */
export type Value = Tensor | Traced | Symbolic;

/** What every operation takes: numbers stand for scalars. */
export type Operand = Value | number;

let nextSession = 1;
let nextOrder = 1;

export const openSession = (): Session => ({ id: nextSession++, open: true });

/**
 * A node of the graph. `primal` is the value as the enclosing session sees it: a Tensor, or, where differentiation is
 * nested, a value traced by an outer session, or, inside of a compiled function, a symbolic one. `origin` is null for
 * the inputs of the session.
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
    return bottom(this).data;
  }

  toArray(): NestedArray {
    return bottom(this).toArray();
  }

  item(): number {
    return bottom(this).item();
  }

  toString(): string {
    return `Traced(${this.origin?.op ?? "input"}) ${bottom(this).toString()}`;
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

/** What lies at the bottom of a value, whatever differentiates it. */
export function bottom(x: Value): Tensor | Symbolic {
  let value = x;
  while (isTraced(value)) value = value.primal;
  return value;
}

/**
 * The tensor at the bottom of a value, whatever differentiates it.
 * @throws ConcreteReadError where the value is being compiled: there is no tensor yet
 */
export function concrete(x: Value): Tensor {
  const value = bottom(x);
  if (isSymbolic(value)) throw new ConcreteReadError("concrete()", value);
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
  if (typeof x === "number" || x instanceof Tensor || x instanceof Traced || isSymbolic(x)) return;
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
