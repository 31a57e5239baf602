// The elementwise operations as functions on tensors; each applies the meaning of its name to broadcast operands.

import { asTensor, type TensorLike } from "../core/create.js";
import { allocate, type DType, requireInt32 } from "../core/dtype.js";
import { copyElements, Tensor } from "../core/tensor.js";
import type { Meaning } from "../meaning/arithmetic.js";
import * as meaning from "../meaning/index.js";
import { commonDType, map, mapTensors } from "./map.js";

type Unary = (x: TensorLike) => Tensor;
type Binary = (a: TensorLike, b: TensorLike) => Tensor;
type Ternary = (a: TensorLike, b: TensorLike, c: TensorLike) => Tensor;

const unary =
  (m: Meaning): Unary =>
  (x) =>
    map(m, x);
const binary =
  (m: Meaning): Binary =>
  (a, b) =>
    map(m, a, b);

/** Comparisons take indices too, and give 1 where they hold, else 0: float32, or float64 beside float64. */
const comparison =
  (m: Meaning): Binary =>
  (a, b) => {
    const dtype = commonDType(m.name, [a, b]);
    const beside = dtype === "int32" ? "float64" : dtype;
    return mapTensors(
      m,
      [asTensor(m.name, a, beside), asTensor(m.name, b, beside)],
      dtype === "float64" ? "float64" : "float32",
    );
  };

/** `a + b`. */
export const add: Binary = binary(meaning.add);
/** `a - b`. */
export const sub: Binary = binary(meaning.sub);
/** `a * b`, element by element. */
export const mul: Binary = binary(meaning.mul);
/** `a / b`; division by zero follows IEEE 754. */
export const div: Binary = binary(meaning.div);
/** `a` to the power `b`, as C99's `pow`: `pow(x, 0) = 1`, NaN for negative `a` and fractional `b`. */
export const pow: Binary = binary(meaning.pow);
/** The larger of the two; NaN if either is NaN. */
export const maximum: Binary = binary(meaning.maximum);
/** The smaller of the two; NaN if either is NaN. */
export const minimum: Binary = binary(meaning.minimum);
/** `log(exp(a) + exp(b))` without overflow. */
export const logAddExp: Binary = binary(meaning.logAddExp);
/** `-log` of the Bernoulli probability of targets in 0..1, from logits: `max(l, 0) - l t + log1p(e^-|l|)`, in nats. */
export const binaryCrossEntropyWithLogits: Binary = binary(meaning.binaryCrossEntropyWithLogits);

/** `-x`. */
export const neg: Unary = unary(meaning.neg);
/** `|x|`. */
export const abs: Unary = unary(meaning.abs);
/** `x * x`. */
export const square: Unary = unary(meaning.square);
/** The square root; NaN below 0. */
export const sqrt: Unary = unary(meaning.sqrt);
/** `1 / sqrt(x)`. */
export const rsqrt: Unary = unary(meaning.rsqrt);
/** `1 / x`. */
export const reciprocal: Unary = unary(meaning.reciprocal);
/** -1, 0 or 1; NaN stays NaN. */
export const sign: Unary = unary(meaning.sign);
/** The largest whole number that is not above `x`. */
export const floor: Unary = unary(meaning.floor);
/** The nearest whole number, halves to even. */
export const round: Unary = unary(meaning.round);
/** `e^x`. */
export const exp: Unary = unary(meaning.exp);
/** `e^x - 1`, without cancellation near 0. */
export const expm1: Unary = unary(meaning.expm1);
/** `e^x - 1 - x`, without cancellation near 0 and never negative: the part of a Gaussian KL that a log-variance pays. */
export const expm1mx: Unary = unary(meaning.expm1mx);
/** The natural logarithm; `log(0) = -Infinity`, NaN below. */
export const log: Unary = unary(meaning.log);
/** `log(1 + x)`, without cancellation near 0. */
export const log1p: Unary = unary(meaning.log1p);
/** `log(1 - e^x)` for `x < 0`, without cancellation at either end. */
export const log1mExp: Unary = unary(meaning.log1mExp);
/** The hyperbolic tangent. */
export const tanh: Unary = unary(meaning.tanh);
/** `1 / (1 + e^-x)`. */
export const sigmoid: Unary = unary(meaning.sigmoid);
/** `log(1 + e^x)`, finite wherever `x` is. */
export const softplus: Unary = unary(meaning.softplus);
/** `log(sigmoid(x)) = -softplus(-x)`. */
export const logSigmoid: Unary = unary(meaning.logSigmoid);
/** `x sigmoid(x)`, also known as swish. */
export const silu: Unary = unary(meaning.silu);
/** `x Phi(x)` with the normal distribution function `Phi`. */
export const gelu: Unary = unary(meaning.gelu);
/** The tanh approximation of `gelu`. */
export const geluTanh: Unary = unary(meaning.geluTanh);
/** `max(x, 0)`. */
export const relu: Unary = unary(meaning.relu);
/** The error function, `2/sqrt(pi)` times the integral of `e^(-t^2)` from 0 to `x`. */
export const erf: Unary = unary(meaning.erf);
/** `1 - erf(x)`, accurate also where that difference is tiny. */
export const erfc: Unary = unary(meaning.erfc);
/** The sine of `x` radians, for |x| <= 2^24, where floats are a radian apart already; a larger |x| counts as 2^24. */
export const sin: Unary = unary(meaning.sin);
/** The cosine of `x` radians, under the limits of `sin`. */
export const cos: Unary = unary(meaning.cos);

/** `x` where it is positive, `slope * x` elsewhere. */
export const leakyRelu = (x: TensorLike, slope = 0.01): Tensor => map(meaning.leakyRelu, x, slope);
/** `x` where it is positive, `alpha * (e^x - 1)` elsewhere. */
export const elu = (x: TensorLike, alpha = 1): Tensor => map(meaning.elu, x, alpha);
/** `x` held within `low` and `high`, both included. */
export const clamp: Ternary = (x, low, high) => map(meaning.clamp, x, low, high);

/** 1 where the two are equal, else 0; NaN equals nothing. */
export const equal: Binary = comparison(meaning.equal);
/** 1 where the two differ, else 0. */
export const notEqual: Binary = comparison(meaning.notEqual);
/** 1 where `a < b`, else 0. */
export const less: Binary = comparison(meaning.less);
/** 1 where `a <= b`, else 0. */
export const lessEqual: Binary = comparison(meaning.lessEqual);
/** 1 where `a > b`, else 0. */
export const greater: Binary = comparison(meaning.greater);
/** 1 where `a >= b`, else 0. */
export const greaterEqual: Binary = comparison(meaning.greaterEqual);

/** `yes` where the condition is not 0, else `no`; the three broadcast together. */
export const where: Ternary = (condition, yes, no) => {
  const dtype = commonDType("where", [yes, no]);
  const given = asTensor("where", condition);
  const mask = given.dtype === "int32" ? cast(given, "float32") : given;
  return mapTensors(
    meaning.where,
    [asTensor("where", mask, dtype), asTensor("where", yes, dtype), asTensor("where", no, dtype)],
    dtype,
  );
};

/**
 * The same numbers in another dtype; to int32 they are truncated towards zero.
 * @throws ArgumentError for NaN, and for numbers beyond 32 bits, where int32 is asked for
 */
export function cast(x: TensorLike, dtype: DType): Tensor {
  const source = asTensor("cast", x, dtype === "int32" ? "float64" : dtype);
  if (dtype === "int32" && source.dtype !== "int32") requireInt32("cast", source.data);
  return source.dtype === dtype
    ? source
    : Tensor.dense(copyElements(source, allocate(dtype, source.size)), source.shape);
}
