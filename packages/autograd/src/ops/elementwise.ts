// The elementwise operations on values: numbers, tensors, and tensors under differentiation.

import type { DType, Tensor, TensorLike } from "@elbo/tensor";
import { apply } from "../core/apply.js";
import type { OpAttributes, OpName } from "../core/signatures.js";
import type { Operand, Value } from "../core/traced.js";

/** Tensors in, a tensor out; as soon as one operand is traced, a traced value out. */
export interface UnaryOp {
  (x: TensorLike): Tensor;
  (x: Operand): Value;
}
export interface BinaryOp {
  (a: TensorLike, b: TensorLike): Tensor;
  (a: Operand, b: Operand): Value;
}
export interface TernaryOp {
  (a: TensorLike, b: TensorLike, c: TensorLike): Tensor;
  (a: Operand, b: Operand, c: Operand): Value;
}

type Plain = { [N in OpName]: OpAttributes[N] extends Readonly<Record<string, never>> ? N : never }[OpName];

const unary = (op: Plain): UnaryOp => ((x: Operand) => apply(op, {}, [x])) as UnaryOp;
const binary = (op: Plain): BinaryOp => ((a: Operand, b: Operand) => apply(op, {}, [a, b])) as BinaryOp;

/** `a + b`, broadcast as NumPy does; so are all the others. */
export const add = binary("add");
/** `a - b`. */
export const sub = binary("sub");
/** `a * b`, element by element. */
export const mul = binary("mul");
/** `a / b`. */
export const div = binary("div");
/** `a ^ b`. The slope in `a` is 0 where `b` is 0; the slope in `b` is 0 where `a` is 0, and NaN where `a` is negative. */
export const pow = binary("pow");
/** The larger; where the two are equal, each takes half of the cotangent. */
export const maximum = binary("maximum");
/** The smaller; where the two are equal, each takes half of the cotangent. */
export const minimum = binary("minimum");
/** `log(e^a + e^b)` without overflow. */
export const logAddExp = binary("logAddExp");
/** `-log` of the Bernoulli probability of targets in 0..1, from logits, in nats; finite for every finite logit. */
export const binaryCrossEntropyWithLogits = binary("binaryCrossEntropyWithLogits");

/** 1 where the two are equal, else 0; NaN equals nothing; its derivative is 0. */
export const equal = binary("equal");
/** 1 where the two differ, else 0; its derivative is 0. */
export const notEqual = binary("notEqual");
/** 1 where `a < b`, else 0; its derivative is 0. */
export const less = binary("less");
/** 1 where `a <= b`, else 0; its derivative is 0. */
export const lessEqual = binary("lessEqual");
/** 1 where `a > b`, else 0; its derivative is 0. */
export const greater = binary("greater");
/** 1 where `a >= b`, else 0; its derivative is 0. */
export const greaterEqual = binary("greaterEqual");

/** `-x`. */
export const neg = unary("neg");
/** `|x|`; its slope at 0 is 0. */
export const abs = unary("abs");
/** `x * x`. */
export const square = unary("square");
/** The square root; its slope at 0 is Infinity. */
export const sqrt = unary("sqrt");
/** `1 / sqrt(x)`. */
export const rsqrt = unary("rsqrt");
/** `1 / x`. */
export const reciprocal = unary("reciprocal");
/** -1, 0 or 1; its derivative is 0. */
export const sign = unary("sign");
/** The largest whole number that is not above `x`; its derivative is 0. */
export const floor = unary("floor");
/** The nearest whole number, halves to even; its derivative is 0. */
export const round = unary("round");
/** `e^x`. */
export const exp = unary("exp");
/** `e^x - 1`. */
export const expm1 = unary("expm1");
/** `e^x - 1 - x`, never negative. */
export const expm1mx = unary("expm1mx");
/** The natural logarithm. */
export const log = unary("log");
/** `log(1 + x)`. */
export const log1p = unary("log1p");
/** `log(1 - e^x)` for `x < 0`. */
export const log1mExp = unary("log1mExp");
/** The hyperbolic tangent. */
export const tanh = unary("tanh");
/** `1 / (1 + e^-x)`. */
export const sigmoid = unary("sigmoid");
/** `log(1 + e^x)`. */
export const softplus = unary("softplus");
/** `log(sigmoid(x))`. */
export const logSigmoid = unary("logSigmoid");
/** `x sigmoid(x)`. */
export const silu = unary("silu");
/** `x Phi(x)` with the normal distribution function `Phi`. */
export const gelu = unary("gelu");
/** The tanh approximation of `gelu`. */
export const geluTanh = unary("geluTanh");
/** `max(x, 0)`; its slope at 0 is 0. */
export const relu = unary("relu");
/** The error function. */
export const erf = unary("erf");
/** `1 - erf(x)`. */
export const erfc = unary("erfc");
/** The sine of `x` radians. */
export const sin = unary("sin");
/** The cosine of `x` radians. */
export const cos = unary("cos");

interface WithParameter {
  (x: TensorLike, parameter?: number): Tensor;
  (x: Operand, parameter?: number): Value;
}

/** `x` where it is positive, `slope * x` elsewhere (also at 0). */
export const leakyRelu = ((x: Operand, slope = 0.01) => apply("leakyRelu", { slope }, [x])) as WithParameter;
/** `x` where it is positive, `alpha (e^x - 1)` elsewhere. */
export const elu = ((x: Operand, alpha = 1) => apply("elu", { alpha }, [x])) as WithParameter;

interface ClampOp {
  (x: TensorLike, low: number, high: number): Tensor;
  (x: Operand, low: number, high: number): Value;
}
/** `x` held within `low` and `high`; the slope is 1 within and at the ends, 0 outside. */
export const clamp = ((x: Operand, low: number, high: number) => apply("clamp", { low, high }, [x])) as ClampOp;

/** `yes` where the condition is not 0, else `no`. The branch not taken gets a cotangent of 0, whatever its value. */
export const where = ((condition: Operand, yes: Operand, no: Operand) =>
  apply("where", {}, [condition, yes, no])) as TernaryOp;

interface CastOp {
  (x: TensorLike, dtype: DType): Tensor;
  (x: Operand, dtype: DType): Value;
}
/** The same numbers in another dtype. */
export const cast = ((x: Operand, dtype: DType) => apply("cast", { dtype }, [x])) as CastOp;

/** `x` as a constant: no derivative goes through it. */
export const stopGradient = unary("stopGradient");
