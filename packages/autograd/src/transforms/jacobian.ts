// Whole derivatives: jacobian, hessian, and the product of a hessian with a vector.

import { eye, reshape as reshapeTensor, sizeOf, zeros } from "@elbo/tensor";
import type { Value } from "../core/traced.js";
import { reshape, stack } from "../ops/shape.js";
import { grad } from "./grad.js";
import { jvp } from "./jvp.js";
import { vjp } from "./vjp.js";

/**
 * All partial derivatives of a function of one tensor: shape `[...shape of f(x), ...shape of x]`, one pullback for each
 * element of the result.
 * @example jacobian((x) => mul(x, x))(tensor([1, 2])).toArray() // [[2, 0], [0, 4]]
 */
export function jacobian(f: (x: Value) => Value): (x: Value) => Value {
  return (x) => {
    const [y, pullback] = vjp(f, x);
    const count = sizeOf(y.shape);
    if (count === 0) return zeros([...y.shape, ...x.shape], { dtype: x.dtype });
    const basis = eye(count, { dtype: y.dtype });
    const rows = Array.from(basis, (row) => pullback(reshapeTensor(row, y.shape))[0]);
    return reshape(stack(rows), [...y.shape, ...x.shape]);
  };
}

/**
 * All second partial derivatives of a scalar function of one tensor: the jacobian of its gradient,
 * `[...shape of x, ...shape of x]`.
 */
export function hessian(f: (x: Value) => Value): (x: Value) => Value {
  return jacobian(grad(f) as (x: Value) => Value);
}

/** The hessian times a vector, `H v`, without forming `H`: forward mode over reverse mode. Trees in, a tree out. */
export function hvp<P>(f: (x: P) => Value, x: P, v: P): P {
  return jvp(grad(f) as (x: P) => P, [x], [v])[1];
}
