// Law 8, degenerate shapes: nothing in it, a scalar, axes of length 1, primes, and one beside a block's length.

import { fromTypedArray, ones, type Shape, sizeOf, type Tensor, zeros } from "@elbo/tensor";
import { describe, expect, it } from "vitest";
import {
  concat,
  cumsum,
  flip,
  gather,
  grad,
  hessian,
  jacobian,
  jvp,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  pad,
  prod,
  reshape,
  scatterAdd,
  slice,
  softmax,
  sum,
  transpose,
  type Value,
  variance,
  vjp,
} from "../../src/index.js";
import { checkGrads } from "../../src/testing/index.js";
import { numbers } from "../support/compare.js";
import { double } from "../support/points.js";
import { operations, sampleWith } from "../support/sample.js";

const ramp = (shape: Shape): Tensor =>
  fromTypedArray(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
    shape,
  );

/** The operations that take operands of any shape and need no attributes. */
const elementwise = operations.filter(
  ([, { domain, broadcasts }]) =>
    broadcasts && Object.keys(domain({ integer: (low) => low }).attributes as object).length === 0,
);

describe("elementwise operations on nothing, on one number, and on long axes", () => {
  for (const [op, record] of elementwise) {
    it(op, () => {
      const count = record.domain({ integer: (low) => low }).inputs.length;
      for (const shape of [[0], [3, 0], [], [1, 1, 1], [17], [1025]]) {
        const inputs = Array.from({ length: count }, () => mul(0.5, ones(shape, { dtype: "float64" })));
        const { f } = sampleWith(op, record, {}, inputs);
        const [y, pullback] = vjp(f, ...inputs);
        expect(y.shape).toEqual(shape);
        for (const x of pullback(ones(shape, { dtype: "float64" }))) expect(x.shape).toEqual(shape);
        expect(jvp(f, inputs, inputs)[1].shape).toEqual(shape);
      }
    });
  }
});

describe("stretched over nothing", () => {
  it("the gradient of what meets no element is 0", () => {
    const pullback = vjp((a: Value, b: Value) => mul(a, b), ramp([1]), zeros([0], { dtype: "float64" }))[1];
    const [a, b] = pullback(zeros([0], { dtype: "float64" }));
    expect([a.toArray(), b.toArray()]).toEqual([[0], []]);
  });
});

/** Functions of one matrix, and for which shapes. */
const shaped: [name: string, f: (x: Value) => Value, shapes: readonly Shape[]][] = [
  [
    "sum",
    (x) => sum(x, { axis: 0 }),
    [
      [0, 3],
      [3, 0],
      [1, 1],
      [7, 13],
      [1025, 1],
    ],
  ],
  ["sum of all", (x) => sum(x), [[0, 3], [], [1], [1023], [1024], [1025], [2049]]],
  [
    "mean",
    (x) => mean(x, { axis: -1 }),
    [
      [0, 3],
      [1, 1],
      [7, 13],
    ],
  ],
  [
    "variance",
    (x) => variance(x, { axis: 0 }),
    [
      [1, 3],
      [7, 2],
    ],
  ],
  [
    "cumsum",
    (x) => cumsum(x, { axis: 0 }),
    [
      [0, 3],
      [3, 0],
      [1, 1],
      [17, 2],
    ],
  ],
  [
    "max",
    (x) => max(x, { axis: 1 }),
    [
      [0, 3],
      [1, 1],
      [5, 7],
    ],
  ],
  [
    "logSumExp",
    (x) => logSumExp(x, { axis: 1 }),
    [
      [0, 3],
      [1, 1],
      [5, 7],
    ],
  ],
  [
    "softmax",
    (x) => softmax(x),
    [
      [0, 3],
      [3, 0],
      [1, 1],
      [5, 7],
    ],
  ],
  [
    "logSoftmax",
    (x) => logSoftmax(x),
    [
      [0, 3],
      [3, 0],
      [1, 1],
      [5, 7],
    ],
  ],
  ["prod", (x) => prod(x), [[0], [1], [2], [7], [3, 2]]],
  [
    "slice",
    (x) => slice(x, [{ start: 2, stop: 2 }]),
    [
      [5, 2],
      [2, 0],
    ],
  ],
  [
    "pad",
    (x) =>
      pad(x, [
        [1, 0],
        [0, 2],
      ]),
    [
      [0, 3],
      [1, 1],
    ],
  ],
  ["flip", (x) => flip(x), [[0, 3], [], [1], [13]]],
  ["concat", (x) => concat([x, slice(x, [{ stop: 0 }]), x]), [[0, 3], [1, 1], [5]]],
  ["transpose", (x) => transpose(x), [[], [0, 3], [1, 7]]],
  ["reshape", (x) => reshape(x, [-1]), [[], [1, 1, 1], [7, 2]]],
  [
    "gather",
    (x) => gather(x, fromTypedArray(new Int32Array(0))),
    [
      [3, 2],
      [0, 2],
    ],
  ],
  ["scatterAdd", (x) => scatterAdd(x, fromTypedArray(new Int32Array(0)), { length: 3 }), [[0, 2]]],
  [
    "matmul",
    (x) => matmul(x, x, { transposeB: true }),
    [
      [0, 3],
      [3, 0],
      [1, 1],
      [7, 13],
      [17, 1],
    ],
  ],
];

describe("shapes at the edge, against finite differences", () => {
  for (const [name, f, shapes] of shaped) {
    it(name, () => {
      for (const shape of shapes) checkGrads(f, [ramp(shape)], { directions: 1, step: 1e-4 });
    });
  }
});

describe("named values", () => {
  it("an empty sum has an empty gradient, an empty product is 1", () => {
    expect(grad((x: Value) => sum(x))(zeros([0])).shape).toEqual([0]);
    expect(prod(zeros([0])).item()).toBe(1);
  });
  it("the jacobian of nothing, and of nothing to nothing", () => {
    expect(jacobian((x) => mul(x, x))(zeros([0])).shape).toEqual([0, 0]);
    expect(jacobian((x) => slice(x, [{ stop: 0 }]))(zeros([3])).shape).toEqual([0, 3]);
    expect(jacobian((x) => sum(x, { keepDims: true }))(zeros([0])).shape).toEqual([1, 0]);
    expect(hessian((x) => sum(mul(x, x)))(zeros([0])).shape).toEqual([0, 0]);
  });
  it("a scalar has a scalar derivative", () => {
    expect(numbers(hessian((x) => mul(x, mul(x, x)))(fromTypedArray(Float64Array.of(2), [])))).toEqual([12]);
    expect(jacobian((x) => mul(x, double(1, 2)))(fromTypedArray(Float64Array.of(2), [])).toArray()).toEqual([1, 2]);
  });
});
