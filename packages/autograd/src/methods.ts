// Chainable methods on traced and symbolic values, the same that tensors have: `x.square().sum()` is differentiated, and
// compiled, as it stands.
// Where two values meet, `mul(x, y)` is the safe form: a method of a plain tensor does not take a traced operand.

import type { DType, MatmulOptions, ReduceOptions, Shape, SliceSpec } from "@elbo/tensor";
import { Symbolic } from "./core/symbolic.js";
import { type Operand, Traced, type Value } from "./core/traced.js";
import * as ops from "./ops/index.js";

/** What `Traced` and `Symbolic` have in common with `Tensor`. */
interface Chainable {
  /** The axes reversed. */
  readonly T: Value;
  add(other: Operand): Value;
  sub(other: Operand): Value;
  mul(other: Operand): Value;
  div(other: Operand): Value;
  pow(exponent: Operand): Value;
  neg(): Value;
  abs(): Value;
  square(): Value;
  sqrt(): Value;
  exp(): Value;
  log(): Value;
  tanh(): Value;
  sigmoid(): Value;
  relu(): Value;
  sum(options?: ReduceOptions): Value;
  mean(options?: ReduceOptions): Value;
  max(options?: ReduceOptions): Value;
  min(options?: ReduceOptions): Value;
  matmul(other: Operand, options?: MatmulOptions): Value;
  dot(other: Operand): Value;
  reshape(shape: Shape): Value;
  transpose(axes?: readonly number[]): Value;
  slice(specs: readonly SliceSpec[]): Value;
  flip(axes?: number | readonly number[]): Value;
  broadcastTo(shape: Shape): Value;
  cast(dtype: DType): Value;
  /** The slices along axis 0, one after another. */
  [Symbol.iterator](): IterableIterator<Value>;
}

declare module "./core/traced.js" {
  interface Traced extends Chainable {}
}

declare module "./core/symbolic.js" {
  interface Symbolic extends Chainable {}
}

const { add, sub, mul, div, pow, neg, abs, square, sqrt, exp, log, tanh, sigmoid, relu, cast } = ops;
const { sum, mean, max, min, matmul, dot, reshape, transpose, slice, flip, broadcastTo } = ops;
const elementwise = { add, sub, mul, div, pow, neg, abs, square, sqrt, exp, log, tanh, sigmoid, relu, cast };
const others = { sum, mean, max, min, matmul, dot, reshape, transpose, slice, flip, broadcastTo };

type Own = Traced | Symbolic;

for (const { prototype } of [Traced, Symbolic]) {
  for (const [name, delegate] of [...Object.entries(elementwise), ...Object.entries(others)]) {
    Object.defineProperty(prototype, name, {
      value: function method(this: Own, ...rest: unknown[]): Value {
        return (delegate as (x: Own, ...rest: unknown[]) => Value)(this, ...rest);
      },
      configurable: true,
      writable: true,
    });
  }

  Object.defineProperty(prototype, "T", {
    get(this: Own): Value {
      return transpose(this);
    },
    configurable: true,
  });

  Object.defineProperty(prototype, Symbol.iterator, {
    *value(this: Own): IterableIterator<Value> {
      for (let i = 0; i < this.shape[0]; i++) yield slice(this, [i]);
    },
    configurable: true,
  });
}
