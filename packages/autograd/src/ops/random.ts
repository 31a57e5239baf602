// The random functions on keys: numbers at once from a key, and the steps of a program from a symbolic one.

import * as t from "@elbo/tensor";
import { apply } from "../core/apply.js";
import { wordsOf } from "../core/key-words.js";
import type { Symbolic } from "../core/symbolic.js";
import { isSymbolicKey, SymbolicKey } from "../core/symbolic-key.js";
import { bottom, type Operand, requireOperand, shapeOf, type Value } from "../core/traced.js";
import { add, less, minimum, mul } from "./elementwise.js";

/**
 * Numbers spread evenly over `[low, high)`, `[0, 1)` unless said otherwise, as `uniform` of @elbo/tensor draws them.
 * @throws ArgumentError unless low < high
 */
export function uniform(
  key: t.Key,
  shape: t.Shape,
  options: { readonly low?: number; readonly high?: number } = {},
): Value {
  if (!isSymbolicKey(key)) return t.uniform(key, shape, options);
  t.checkShape("uniform", shape);
  const { low, high } = t.uniformRange(options);
  const unit = apply("uniform", { shape: [...shape] }, [key.value]);
  if (low === 0 && high === 1) return unit;
  // The steps of @elbo/tensor's function, so that the bits are the same.
  return minimum(add(mul(unit, high - low), low), t.floatBelow(high));
}

/** Standard normal numbers, as `normal` of @elbo/tensor draws them. */
export function normal(key: t.Key, shape: t.Shape): Value {
  if (!isSymbolicKey(key)) return t.normal(key, shape);
  t.checkShape("normal", shape);
  return apply("normal", { shape: [...shape] }, [key.value]);
}

/**
 * 1 with probability `p`, else 0; `p` broadcasts to `shape`, whose default is the shape of `p`. Its derivative in `p`
 * is 0.
 * @throws ShapeError where `p` does not broadcast to `shape`
 */
export function bernoulli(key: t.Key, p: Operand, shape?: t.Shape): Value {
  requireOperand("bernoulli", p);
  return less(uniform(key, t.bernoulliShape(shapeOf(p), shape)), p);
}

/** Whole numbers (int32) of `low` up to but without `high`, as `randomInt` of @elbo/tensor draws them. */
export function randomInt(
  key: t.Key,
  shape: t.Shape,
  options: { readonly low?: number; readonly high: number },
): Value {
  if (!isSymbolicKey(key)) return t.randomInt(key, shape, options);
  t.checkShape("randomInt", shape);
  return apply("randomInt", { shape: [...shape], ...t.integerRange(options) }, [key.value]);
}

/** `count` new keys, independent of each other and of what is drawn from `key`. */
export function split(key: t.Key, count = 2): t.Key[] {
  if (!isSymbolicKey(key)) return t.split(key, count);
  t.checkKeyCount(count);
  return Array.from({ length: count }, (_, index) => symbolicKey(apply("splitKey", { index }, [key.value])));
}

/**
 * The key for item `index` (a step, an epoch, an example): a whole number of 0 to 2^32 - 1, or an int32 scalar, whose
 * 32 bits are taken without a sign.
 * @throws DTypeError where the index is of another kind
 */
export function foldIn(key: t.Key, index: Operand): t.Key {
  const at = typeof index === "number" ? wordOf(index) : requireIndex(index);
  if (isSymbolicKey(key)) return symbolicKey(apply("foldIn", {}, [key.value, at]));
  if (at instanceof t.Tensor) return t.foldIn(key, at.item() >>> 0);
  t.checkKey("foldIn", key);
  return symbolicKey(apply("foldIn", {}, [wordsOf(key), at]));
}

/** The operations above give symbolic values where an operand is one. */
const symbolicKey = (words: Value): SymbolicKey => new SymbolicKey(words as Symbolic);

function wordOf(index: number): t.Tensor {
  t.checkFoldIndex(index);
  return t.fromTypedArray(Int32Array.of(index), []);
}

function requireIndex(index: Exclude<Operand, number>): t.Tensor | Symbolic {
  requireOperand("foldIn", index);
  if (index.dtype !== "int32") {
    throw new t.DTypeError(
      `the index is ${index.dtype}, as a plain number is that a compiled function is given; pass it as tensor(step, { dtype: "int32" })`,
      { op: "foldIn" },
    );
  }
  if (index.ndim !== 0) {
    throw new t.ShapeError(`the index is one number of shape [], got ${t.formatShape(index.shape)}`, {
      op: "foldIn",
      shapes: [index.shape],
    });
  }
  return bottom(index);
}
