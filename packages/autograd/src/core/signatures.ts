// The names of all operations with their attributes, and what a record of the table says about one.

import type { DType, PadWidths, Shape, SliceSpec, Tensor, TensorLike, Windows } from "@elbo/tensor";
import type { Operand, Value } from "./traced.js";

/** No attributes. */
export type None = Readonly<Record<string, never>>;

interface ReduceAttributes {
  /** Ascending, counted from the front. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** A function with a derivative rule of its own. */
export interface CustomAttributes {
  readonly f: (...x: Value[]) => Value;
  readonly pullback: (cotangent: Value, y: Value, ...x: Value[]) => readonly Value[];
}

type Unary =
  | "neg"
  | "abs"
  | "square"
  | "sqrt"
  | "rsqrt"
  | "reciprocal"
  | "sign"
  | "floor"
  | "round"
  | "exp"
  | "expm1"
  | "expm1mx"
  | "log"
  | "log1p"
  | "log1mExp"
  | "tanh"
  | "sigmoid"
  | "softplus"
  | "logSigmoid"
  | "silu"
  | "gelu"
  | "geluTanh"
  | "relu"
  | "erf"
  | "erfc"
  | "sin"
  | "cos";

type Binary =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "maximum"
  | "minimum"
  | "logAddExp"
  | "binaryCrossEntropyWithLogits"
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual"
  | "greater"
  | "greaterEqual";

/** Every operation and its attributes. A name without a record in the table does not compile. */
export interface OpAttributes extends Record<Unary | Binary, None> {
  leakyRelu: { readonly slope: number };
  elu: { readonly alpha: number };
  clamp: { readonly low: number; readonly high: number };
  where: None;
  cast: { readonly dtype: DType };

  reshape: { readonly shape: Shape };
  transpose: { readonly axes: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  slice: { readonly specs: readonly SliceSpec[] };
  unslice: { readonly shape: Shape; readonly specs: readonly SliceSpec[] };
  pad: { readonly widths: PadWidths; readonly value: number };
  flip: { readonly axes: readonly number[] };
  concat: { readonly axis: number };
  gather: { readonly axis: number };
  scatterAdd: { readonly axis: number; readonly length: number };
  im2col: { readonly windows: Windows };
  col2im: { readonly image: Shape; readonly windows: Windows };

  sum: ReduceAttributes;
  max: ReduceAttributes;
  min: ReduceAttributes;
  logSumExp: ReduceAttributes;
  cumsum: { readonly axis: number; readonly reverse: boolean };
  softmax: { readonly axes: readonly number[] };
  logSoftmax: { readonly axes: readonly number[] };
  argMax: { readonly axis: number };
  argMin: { readonly axis: number };

  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };

  uniform: { readonly shape: Shape };
  normal: { readonly shape: Shape };
  randomInt: { readonly shape: Shape; readonly low: number; readonly high: number };
  foldIn: None;
  splitKey: { readonly index: number };

  stopGradient: None;
  custom: CustomAttributes;
}

export type OpName = keyof OpAttributes;

/** What a rule may look at: the result, the operands, the attributes, and which operand it is asked about. */
export interface Application<A> {
  readonly y: Value;
  readonly x: readonly Operand[];
  readonly attributes: A;
  readonly index: number;
}

/** The cotangent of one operand from the cotangent `g` of the result, written in operations. */
export type Rule<A> = (g: Value, application: Application<A>) => Value;

/**
 * The derivative of an operation: a rule for each operand (null where the derivative is zero everywhere it exists, as
 * for conditions and indices), one rule for all of them, all cotangents at once, or the reason why there is none.
 */
export type Derivative<A> =
  | { readonly kind: "each"; readonly rules: readonly (Rule<A> | null)[] }
  | { readonly kind: "same"; readonly rule: Rule<A> }
  | {
      readonly kind: "joint";
      readonly rule: (g: Value, application: Omit<Application<A>, "index">) => readonly Value[];
    }
  | { readonly kind: "none"; readonly reason: string };

/** Where tests sample one operand: uniformly within [low, high], at least `margin` away from the kinks. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly kinks?: readonly number[];
  readonly margin?: number;
}

/** One drawn use of an operation: the shapes and ranges of its operands, and its attributes. */
export interface Case<A> {
  readonly inputs: readonly (
    | { readonly shape: Shape; readonly interval: Interval }
    | { readonly indices: Shape; readonly below: number }
  )[];
  readonly attributes: A;
  /** All elements of all operands differ by at least a hundredth, as an order-dependent operation needs. */
  readonly distinct?: boolean;
}

/** A source of small random choices, given by the tests. */
export interface Draw {
  /** A whole number, both ends included. */
  integer(low: number, high: number): number;
}

/** Everything there is to know about an operation. */
export interface OpRecord<A> {
  /** The value, on tensors. */
  evaluate(x: readonly TensorLike[], attributes: A): Tensor;
  /** The shape of the value from the shapes of the operands. */
  shape(shapes: readonly Shape[], attributes: A): Shape;
  /** True where operands are stretched to a common shape, so that cotangents must be summed back. */
  readonly broadcasts: boolean;
  /** True where the value is linear in all differentiable operands together, so that its derivative is itself. */
  readonly linear: boolean;
  readonly derivative: Derivative<A>;
  /** Where tests sample it. */
  domain(draw: Draw): Case<A>;
}

/** The table: total over the names, so that an operation without a record does not compile. */
export type OpTable = { readonly [N in OpName]: OpRecord<OpAttributes[N]> };
