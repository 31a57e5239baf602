// Random tensors from keys: uniform, normal, bernoulli, whole numbers, permutations. Same key, same bits, everywhere.

import { asTensor, type TensorLike } from "../core/create.js";
import { allocate } from "../core/dtype.js";
import { checkShape, type Shape, sizeOf } from "../core/shape.js";
import { Tensor } from "../core/tensor.js";
import { add, less, minimum, mul } from "../elementwise/ops.js";
import { map } from "../elementwise/map.js";
import { cosTurns, sinTurns } from "../meaning/index.js";
import { radius } from "../meaning/radius.js";
import { bernoulliShape, floatBelow, integerRange, uniformRange } from "./arguments.js";
import { drawsInLanes, randomBits } from "./bits.js";
import { checkKey, type Key } from "./key.js";
import { fillLanes } from "./lanes.js";

/**
 * Numbers spread evenly over `[low, high)`, `[0, 1)` unless said otherwise: the upper 24 bits of each word times 2^-24,
 * so every value of [0, 1) is exact.
 * @throws ArgumentError unless low < high
 */
export function uniform(
  key: Key,
  shape: Shape,
  options: { readonly low?: number; readonly high?: number } = {},
): Tensor {
  checkShape("uniform", shape);
  const { low, high } = uniformRange(options);
  const unit = Tensor.dense(unitNumbers(key, sizeOf(shape)), [...shape]);
  if (low === 0 && high === 1) return unit;
  // Rounding may carry low + unit (high - low) up to high itself.
  return minimum(add(mul(unit, high - low), low), floatBelow(high));
}

/** Numbers of [0, 1): the upper 24 bits of each word. */
function unitNumbers(key: Key, count: number): Float32Array {
  checkKey("uniform", key);
  if (!drawsInLanes(count)) return Float32Array.from(randomBits(key, count), (word) => (word >>> 8) * 2 ** -24);
  const out = allocate("float32", count) as Float32Array;
  fillLanes("uniform", key, out);
  return out;
}

/**
 * Standard normal numbers, by Box and Muller (1958): a block of two words gives
 * `sqrt(-2 log u) (cos 2 pi v, sin 2 pi v)` with `u = (word + 1/2) 2^-32` in (0, 1] and `v` of 24 bits in [0, 1).
 * The largest possible magnitude is 6.76.
 */
export function normal(key: Key, shape: Shape): Tensor {
  checkShape("normal", shape);
  checkKey("normal", key);
  const size = sizeOf(shape);
  const out = allocate("float32", size) as Float32Array;
  if (drawsInLanes(size)) {
    fillLanes("normal", key, out);
    return Tensor.dense(out, [...shape]);
  }
  const pairs = Math.ceil(size / 2);
  const bits = randomBits(key, 2 * pairs);
  const u = new Float32Array(pairs);
  const v = new Float32Array(pairs);
  for (let i = 0; i < pairs; i++) {
    u[i] = (bits[2 * i] + 0.5) * 2 ** -32;
    v[i] = (bits[2 * i + 1] >>> 8) * 2 ** -24;
  }
  const r = map(radius, Tensor.dense(u, [pairs]));
  const turns = Tensor.dense(v, [pairs]);
  const [x, y] = [mul(r, map(cosTurns, turns)).storage, mul(r, map(sinTurns, turns)).storage];
  for (let i = 0; i < size; i++) out[i] = i & 1 ? y[i >> 1] : x[i >> 1];
  return Tensor.dense(out, [...shape]);
}

/**
 * 1 with probability `p`, else 0; `p` broadcasts to `shape`, whose default is the shape of `p`.
 * @throws ShapeError where `p` does not broadcast to `shape`
 */
export function bernoulli(key: Key, p: TensorLike, shape?: Shape): Tensor {
  const probability = asTensor("bernoulli", p);
  return less(uniform(key, bernoulliShape(probability.shape, shape)), probability);
}

/** Whole numbers (int32) of `low` up to but without `high`, each equally likely but for a bias below 2^-32. */
export function randomInt(key: Key, shape: Shape, options: { readonly low?: number; readonly high: number }): Tensor {
  checkShape("randomInt", shape);
  const { low, high } = integerRange(options);
  const out = Int32Array.from(randomBits(key, sizeOf(shape)), (word) => low + scaleWord(word, high - low));
  return Tensor.dense(out, [...shape]);
}

/** `floor(word * range / 2^32)` without rounding: the product is split so that every part is below 2^53. */
function scaleWord(word: number, range: number): number {
  const low = (word & 0xffff) * range;
  return Math.floor(((word >>> 16) * range + Math.floor(low / 2 ** 16)) / 2 ** 16);
}

/** The numbers 0 .. n - 1 (int32) in random order, by Fisher and Yates from the back; word i decides step i. */
export function permutation(key: Key, n: number): Tensor {
  checkShape("permutation", [n]);
  const out = (allocate("int32", n) as Int32Array).map((_, i) => i);
  const bits = randomBits(key, n);
  for (let i = n - 1; i > 0; i--) {
    const j = scaleWord(bits[i], i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return Tensor.dense(out, [n]);
}
