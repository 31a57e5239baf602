// Chainable methods on Tensor: each delegates to the function of its name, so `x.mul(y).sum()` reads left to right.

import type { TensorLike } from "./core/create.js";
import type { DType } from "./core/dtype.js";
import type { Shape } from "./core/shape.js";
import { Tensor } from "./core/tensor.js";
import * as elementwise from "./elementwise/ops.js";
import { dot, matmul, type MatmulOptions } from "./matmul/matmul.js";
import { max, mean, min, type ReduceOptions, sum } from "./reduce/reduce.js";
import { broadcastTo, flip, reshape, slice, type SliceSpec, transpose } from "./views/views.js";

declare module "./core/tensor.js" {
  interface Tensor {
    /** The axes reversed: the transpose of a matrix, as a view. */
    readonly T: Tensor;
    add(other: TensorLike): Tensor;
    sub(other: TensorLike): Tensor;
    mul(other: TensorLike): Tensor;
    div(other: TensorLike): Tensor;
    pow(exponent: TensorLike): Tensor;
    neg(): Tensor;
    abs(): Tensor;
    square(): Tensor;
    sqrt(): Tensor;
    exp(): Tensor;
    log(): Tensor;
    tanh(): Tensor;
    sigmoid(): Tensor;
    relu(): Tensor;
    sum(options?: ReduceOptions): Tensor;
    mean(options?: ReduceOptions): Tensor;
    max(options?: ReduceOptions): Tensor;
    min(options?: ReduceOptions): Tensor;
    matmul(other: TensorLike, options?: MatmulOptions): Tensor;
    dot(other: TensorLike): Tensor;
    reshape(shape: Shape): Tensor;
    transpose(axes?: readonly number[]): Tensor;
    slice(specs: readonly SliceSpec[]): Tensor;
    flip(axes?: number | readonly number[]): Tensor;
    broadcastTo(shape: Shape): Tensor;
    cast(dtype: DType): Tensor;
    /** The slices along axis 0, one after another. */
    [Symbol.iterator](): IterableIterator<Tensor>;
  }
}

const { add, sub, mul, div, pow, neg, abs, square, sqrt, exp, log, tanh, sigmoid, relu, cast } = elementwise;
const operations = { add, sub, mul, div, pow, neg, abs, square, sqrt, exp, log, tanh, sigmoid, relu, cast };
const others = { sum, mean, max, min, matmul, dot, reshape, transpose, slice, flip, broadcastTo };
const delegates = [...Object.entries(operations), ...Object.entries(others)];

for (const [name, delegate] of delegates) {
  Object.defineProperty(Tensor.prototype, name, {
    value: function method(this: Tensor, ...rest: unknown[]): Tensor {
      return (delegate as (x: Tensor, ...rest: unknown[]) => Tensor)(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

Object.defineProperty(Tensor.prototype, "T", {
  get(this: Tensor): Tensor {
    return transpose(this);
  },
  configurable: true,
});

Object.defineProperty(Tensor.prototype, Symbol.iterator, {
  *value(this: Tensor): IterableIterator<Tensor> {
    for (let i = 0; i < this.shape[0]; i++) yield slice(this, [i]);
  },
  configurable: true,
});
