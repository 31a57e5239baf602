// Typed errors: what went wrong is data (a code, the op, the shapes), and the message says what to do about it.

/** The facts that an error carries beside its message. */
export interface ErrorFacts {
  /** The operation that refused, as the caller spells it. */
  readonly op?: string;
  /** The shapes of its operands. */
  readonly shapes?: readonly (readonly number[])[];
  readonly cause?: unknown;
}

/**
 * The root of every error that Elbo throws on purpose; `code` is stable across releases, the wording is not. Facts that
 * are not known are absent, so that a console shows none of them.
 */
export class ElboError extends Error {
  readonly code: string;
  declare readonly op?: string;
  declare readonly shapes?: readonly (readonly number[])[];

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(
      facts.op === undefined ? message : `${facts.op}: ${message}`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.name = new.target.name;
    this.code = code;
    if (facts.op !== undefined) this.op = facts.op;
    if (facts.shapes !== undefined) this.shapes = facts.shapes;
  }
}

/** Shapes that do not fit each other or the operation. */
export class ShapeError extends ElboError {
  constructor(message: string, facts: ErrorFacts = {}) {
    super("SHAPE", message, facts);
  }
}

/** An axis or an index outside of the tensor. */
export class IndexError extends ElboError {
  constructor(message: string, facts: ErrorFacts = {}) {
    super("INDEX", message, facts);
  }
}

/** A kind of number that the operation does not take. */
export class DTypeError extends ElboError {
  constructor(message: string, facts: ErrorFacts = {}) {
    super("DTYPE", message, facts);
  }
}

/** An argument outside of the values that the operation is defined for. */
export class ArgumentError extends ElboError {
  constructor(message: string, facts: ErrorFacts = {}) {
    super("ARGUMENT", message, facts);
  }
}

/** Memory that could not be had. */
export class AllocationError extends ElboError {
  /** How many bytes were asked for. */
  readonly bytes: number;

  constructor(bytes: number, cause?: unknown) {
    super(
      "MEMORY",
      `${bytes} bytes (${(bytes / 2 ** 30).toPrecision(3)} GiB) are more memory than can be had; work in smaller pieces`,
      { cause },
    );
    this.bytes = bytes;
  }
}

/** A shape as it stands in messages: `[64, 784]`. */
export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
