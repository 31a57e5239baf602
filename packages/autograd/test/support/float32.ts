// How far the float32 kernel of each operation may be from the exact value at the same (float32) operands.

import { abs, cast, type Tensor, treeDepth } from "@elbo/tensor";
import type { OpAttributes, OpName } from "../../src/index.js";
import { numbers } from "./compare.js";
import type { Sample } from "./sample.js";

/** The unit roundoff of float32: one rounding changes a result by at most `U` times its size. */
const U = 2 ** -24;

/** k roundings one after another (Higham's gamma): k U / (1 - k U). */
const gamma = (k: number): number => (k * U) / (1 - k * U);

/** Absolute bounds, element by element, given a sample with operands in float64 and the value there. */
type Bound = (sample: Sample, y: Tensor) => number[];

/** Moving, comparing and selecting rounds nothing. */
const exact: Bound = (_, y) => numbers(y).map(() => 0);

/** `k` roundings of one kind of result: |error| <= gamma_k |y|. */
const roundings =
  (k: number): Bound =>
  (_, y) =>
    numbers(y).map((one) => gamma(k) * Math.abs(one));

/**
 * A special function promised within 2 ulp: an ulp is at most 2 U |y|. One U more is for the reference, which is
 * itself rounded to double, and for a result at a power of two.
 */
const twoUlp = roundings(5);

/** A result near 0 that is the sum of two parts no larger than `size`: their errors stay when they cancel. */
const beside =
  (size: (sample: Sample) => number): Bound =>
  (sample, y) =>
    numbers(y).map((one) => gamma(5) * (Math.abs(one) + size(sample)));

const largest = ({ floats }: Sample): number => Math.max(0, ...floats.flatMap((x) => numbers(abs(x))));

/** A sum meets at most `depth` additions on the way: gamma_depth times the same sum of the sizes. */
const sumOf = (depth: (sample: Sample) => number, sizes: (sample: Sample) => Tensor): Bound => {
  return (sample) => numbers(sizes(sample)).map((size) => gamma(depth(sample)) * size);
};
const ofSizes = ({ record, inputs, attributes }: Sample): Tensor =>
  record.evaluate(
    inputs.map((x) => (x.dtype === "int32" ? x : abs(x))),
    attributes,
  );

/**
 * logSumExp and its relatives, with m the maximum, n terms and R >= |x - m|: the shift x - m carries U R, so e^(x - m)
 * is off by (R + 4) U relatively, their sum by (R + 4 + depth) U, and so is its logarithm absolutely, within 4 U of
 * itself (log n at most); adding m, or subtracting from the shift, rounds twice more.
 */
const logarithmic: Bound = (sample, y) => {
  const range = 2 * largest(sample);
  const n = Math.max(1, sample.inputs[0].size);
  const inside = gamma(range + 4 + treeDepth(n)) + gamma(5) * Math.log(n);
  return numbers(y).map((one) => inside + gamma(2) * (Math.abs(one) + range));
};

/** softmax: e^(x - m) over their sum, each off by (R + 4) U relatively, the sum by depth more, and a division. */
const normalised: Bound = (sample, y) => {
  const range = 2 * largest(sample);
  return numbers(y).map((one) => gamma(2 * (range + 4) + treeDepth(sample.inputs[0].size) + 1) * one);
};

/**
 * The matrix product over K terms: each is rounded as a product (or within its multiply-add) and by at most K - 1
 * additions, since the first addition is to 0, and a depth that is cut into blocks only shortens the way. So
 * gamma_K |A| |B|, and for results of roundings that are subnormal 2^-150 each (half the least number) instead: once
 * for each of the K terms, as subnormal sums are exact, grown by the roundings that follow.
 *
 * The reference sums exact products in double, K - 1 roundings, and so does |A| |B|: 2 K 2^-53 together. No rounding is
 * off by more than U / (1 + U), which leaves K U^2 = K 2^-48 of gamma_K for that.
 */
const product: Bound = (sample) => {
  const { transposeA } = sample.attributes as OpAttributes["matmul"];
  const depth = sample.inputs[0].shape.at(transposeA ? -2 : -1)!;
  const relative = gamma(depth);
  return numbers(ofSizes(sample)).map((size) => relative * size + depth * 2 ** -150 * (1 + relative));
};

const depthOf = ({ inputs }: Sample): number => inputs[0].size;

/** The bound of every operation: a new one does not compile without. */
export const bounds: { readonly [N in OpName]: Bound } = {
  // Correctly rounded, or made of as many correctly rounded steps.
  add: roundings(1),
  sub: roundings(1),
  mul: roundings(1),
  div: roundings(1),
  square: roundings(1),
  sqrt: roundings(1),
  reciprocal: roundings(1),
  rsqrt: roundings(2),
  // The slope is rounded to float32, and so is the product.
  leakyRelu: roundings(2),

  neg: exact,
  abs: exact,
  sign: exact,
  floor: exact,
  round: exact,
  relu: exact,
  maximum: exact,
  minimum: exact,
  clamp: exact,
  where: exact,
  equal: exact,
  notEqual: exact,
  less: exact,
  lessEqual: exact,
  greater: exact,
  greaterEqual: exact,
  cast: exact,
  reshape: exact,
  transpose: exact,
  broadcastTo: exact,
  slice: exact,
  unslice: exact,
  pad: exact,
  flip: exact,
  concat: exact,
  gather: exact,
  im2col: exact,
  max: exact,
  min: exact,
  argMax: exact,
  argMin: exact,
  stopGradient: exact,
  // Functions of the bits of a key, which are the same beside any operand.
  uniform: exact,
  normal: exact,
  randomInt: exact,
  foldIn: exact,
  splitKey: exact,

  exp: twoUlp,
  expm1: twoUlp,
  expm1mx: twoUlp,
  log: twoUlp,
  log1p: twoUlp,
  log1mExp: twoUlp,
  tanh: twoUlp,
  sigmoid: twoUlp,
  softplus: twoUlp,
  logSigmoid: twoUlp,
  silu: twoUlp,
  gelu: twoUlp,
  geluTanh: twoUlp,
  erf: twoUlp,
  erfc: twoUlp,
  sin: twoUlp,
  cos: twoUlp,
  pow: twoUlp,
  /** alpha expm1(x), with one more product. */
  elu: roundings(6),
  /** max(a, b) + log1p(e^-|a - b|), which cancel where the value is near 0. */
  logAddExp: beside(largest),
  /** max(l, 0) - l t + log1p(e^-|l|) with 0 <= t <= 1: the product is no larger than |l|, and may cancel. */
  binaryCrossEntropyWithLogits: beside(largest),

  sum: sumOf(({ inputs }) => treeDepth(inputs[0].size), ofSizes),
  cumsum: sumOf(depthOf, ofSizes),
  scatterAdd: sumOf(depthOf, ofSizes),
  col2im: sumOf(depthOf, ofSizes),
  matmul: product,

  logSumExp: logarithmic,
  logSoftmax: logarithmic,
  softmax: normalised,
  /** sin(x^2): the square is off by U x^2, and the sine does not enlarge that. */
  custom: beside((sample) => largest(sample) ** 2),
};

/** The operands rounded to float32 and back: what the kernel in float32 is given. */
export const rounded = (x: Tensor): Tensor => (x.dtype === "int32" ? x : cast(cast(x, "float32"), "float64"));
