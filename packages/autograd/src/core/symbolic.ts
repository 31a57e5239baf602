// Symbolic: a value that is written down and not computed yet, as a compiler sees it while it traces a function.

import { type DType, ElboError, formatShape, type NestedArray, type Shape, sizeOf, type Storage } from "@elbo/tensor";

/** Writes down the operations that symbolic values go through. */
export interface Recorder {
  /** The value of an operation of the table; among its operands is at least one symbolic value. */
  record(op: string, attributes: unknown, inputs: readonly unknown[]): Symbolic;
}

const READ_LATER =
  "return the value from the compiled function and read it there, choose by where(condition, yes, no), or capture the numbers that shapes depend on instead of passing them";

const USE_OPERATIONS =
  "write operations of @elbo/autograd instead, such as mul(a, b) for a * b, or where(greater(a, b), yes, no) for a choice; and capture the numbers that shapes and settings depend on";

/** A number was asked for that is not computed yet. */
export class ConcreteReadError extends ElboError {
  constructor(what: string, value: Symbolic, advice = READ_LATER) {
    const line = userLine(longStack());
    super(
      "SYMBOLIC",
      `${what} reads numbers that are not computed yet, of ${value.op} ${formatShape(value.shape)} inside of compile${line === "" ? "" : ` (${line})`}; ${advice}`,
      { op: value.op, shapes: [value.shape] },
    );
  }
}

/** Where this is called, far enough back to leave the library. */
function longStack(): string {
  const kept = Error as ErrorConstructor & { stackTraceLimit?: number };
  const before = kept.stackTraceLimit;
  kept.stackTraceLimit = 50;
  const { stack } = new Error();
  kept.stackTraceLimit = before;
  return stack ?? "";
}

/** The place in the caller's own code that a stack of calls leads back to, such as `model.ts:12:5`; empty if unknown. */
export function userLine(stack: string): string {
  const own = /[\\/](?:@elbo|packages)[\\/](?:tensor|autograd|compiler|vae)[\\/](?:src|dist)[\\/]/;
  const frame = stack
    .split("\n")
    .slice(1)
    .find((line) => /:\d+:\d+\)?$/.test(line) && !own.test(line) && !line.includes("node:"));
  return /([^\\/(\s]+:\d+:\d+)\)?$/.exec(frame ?? "")?.[1] ?? "";
}

/** A node of a graph under construction: its shape and kind of number are known, its numbers are not. */
export class Symbolic {
  readonly recorder: Recorder;
  /** Its number among the nodes of the recorder. */
  readonly node: number;
  /** The operation that makes it, or the name of what comes from outside, for messages. */
  readonly op: string;
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(recorder: Recorder, node: number, op: string, shape: Shape, dtype: DType) {
    this.recorder = recorder;
    this.node = node;
    this.op = op;
    this.shape = shape;
    this.dtype = dtype;
  }

  get ndim(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** @throws ConcreteReadError, as all that asks for numbers */
  get data(): Storage {
    throw new ConcreteReadError("data", this);
  }

  toArray(): NestedArray {
    throw new ConcreteReadError("toArray()", this);
  }

  item(): number {
    throw new ConcreteReadError("item()", this);
  }

  toString(): string {
    return `Symbolic(${this.op}) ${this.dtype} ${formatShape(this.shape)}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** JavaScript's operators need a number now. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new ConcreteReadError("an operator of JavaScript", this, USE_OPERATIONS);
  }

  /** What a function of @elbo/tensor answers when it is given this value. */
  get notATensorHint(): string {
    return `got a value that is being compiled; import { %op } from "@elbo/autograd" instead of "@elbo/tensor"`;
  }
}

/** True for a value that is not computed yet. */
export const isSymbolic = (x: unknown): x is Symbolic => x instanceof Symbolic;
