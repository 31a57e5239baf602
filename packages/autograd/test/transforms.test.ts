// The transformations: grad, valueAndGrad, vjp, jvp, hvp, jacobian, hessian, on trees, nested, and where they refuse.

import * as t from "@elbo/tensor";
import { describe, expect, it } from "vitest";
import {
  add,
  argMax,
  cast,
  cos,
  exp,
  gather,
  grad,
  hessian,
  hvp,
  isTraced,
  jacobian,
  jvp,
  leaves,
  leavesWithPaths,
  log,
  mapTree,
  matmul,
  mean,
  mul,
  NotDifferentiableError,
  sin,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  type Value,
  valueAndGrad,
  valueAndGradOf,
  vjp,
} from "../src/index.js";
import { checkGrads, GradientError } from "../src/testing/index.js";
import { expectAllClose } from "./support/compare.js";
import { double, scalar } from "./support/points.js";

const { tensor, ones, Tensor } = t;

describe("the promise", () => {
  const f = (x: Value): Value => sum(exp(mul(x, x)));
  it("grad", () => {
    const [first, second] = grad(f)(tensor([0, 1])).toArray() as number[];
    expect(first).toBe(0);
    expect(second).toBeCloseTo(2 * Math.E, 5);
  });
  it("hessian", () => {
    const [[a, b], [c, d]] = hessian(f)(tensor([0, 1])).toArray() as number[][];
    expect([a, b, c]).toEqual([2, 0, 0]);
    expect(d).toBeCloseTo(6 * Math.E, 5);
  });
});

describe("grad and its kin", () => {
  const f = (x: Value): Value => sum(mul(x, mul(x, x)));
  it("valueAndGrad gives both", () => {
    const [value, gradient] = valueAndGrad(f)(double(1, 2));
    expect([value.item(), gradient.toArray()]).toEqual([9, [3, 12]]);
  });
  it("valueAndGradOf differentiates one member and returns them all, as tensors", () => {
    const [parts, gradient] = valueAndGradOf("loss", (x: Value) => ({ loss: f(x), seen: mul(2, x), label: 7 }))(
      double(1, 2),
    );
    expect([parts.loss.item(), parts.seen.toArray(), parts.label]).toEqual([9, [2, 4], 7]);
    expect(parts.seen).toBeInstanceOf(Tensor);
    expect(gradient.toArray()).toEqual([3, 12]);
  });
  it("argnum chooses the argument; the others pass as they are, whatever they are", () => {
    const g = grad((scale: number, x: Value, name: string) => mul(name.length, mul(scale, sum(x))), { argnum: 1 });
    expect(g(3, double(1, 1), "ab").toArray()).toEqual([6, 6]);
    expect(() => grad(f, { argnum: 1 as 0 })(double(1))).toThrow(/argnum 1 is outside/);
  });
  it("what the result does not depend on has gradient 0", () => {
    expect(grad((x: Value) => tensor(x.ndim))(tensor([1, 2])).toArray()).toEqual([0, 0]);
    expect(grad((x: { a: Value; b: Value }) => sum(x.a))({ a: double(1), b: double(2, 3) }).b.toArray()).toEqual([
      0, 0,
    ]);
  });
  it("the identity has gradient 1", () => {
    expect(grad((x: Value) => x)(scalar(5)).item()).toBe(1);
  });
  it("a value used many times collects every cotangent", () => {
    expect(grad((x: Value) => add(mul(x, x), add(x, mul(x, 3))))(scalar(5)).item()).toBe(14);
  });
});

describe("vjp and jvp", () => {
  it("vjp: a value, and a pullback that can be called again", () => {
    const [y, pullback] = vjp((a: Value, b: Value) => mul(a, b), double(1, 2), double(3, 4));
    expect(y.toArray()).toEqual([3, 8]);
    expect(pullback(double(1, 0)).map((x) => x.toArray())).toEqual([
      [3, 0],
      [1, 0],
    ]);
    expect(pullback(double(0, 1)).map((x) => x.toArray())).toEqual([
      [0, 4],
      [0, 2],
    ]);
  });
  it("jvp: a value and its change", () => {
    const [y, tangent] = jvp((x: Value) => mul(x, x), [scalar(3)], [scalar(0.5)]);
    expect([y.item(), tangent.item()]).toEqual([9, 3]);
  });
  it("trees as results, one cotangent for each leaf", () => {
    const f = (x: Value) => ({ twice: mul(2, x), all: [sum(x)] });
    const [y, pullback] = vjp(f, double(1, 2));
    expect(y.all[0].item()).toBe(3);
    expect(pullback({ twice: double(1, 0), all: [scalar(10)] })[0].toArray()).toEqual([12, 10]);
    const [, moved] = jvp(f, [double(1, 2)], [double(0, 1)]);
    expect([moved.twice.toArray(), moved.all[0].item()]).toEqual([[0, 2], 1]);
  });
  it("refuse a cotangent of another shape, or of another tree", () => {
    const [, pullback] = vjp((x: Value) => mul(x, x), double(1, 2));
    expect(() => pullback(scalar(1))).toThrow(/vjp: leaf 0 of the cotangent has shape \[\], it must be \[2\]/);
    const [, other] = vjp((x: Value) => [x, x], double(1, 2));
    expect(() => other([double(1, 2)])).toThrow(/the cotangent must have 2 leaves/);
    expect(() => jvp((x: Value) => mul(x, x), [double(1, 2)], [scalar(1)])).toThrow(/^jvp: leaf 0 of the tangents/);
  });
});

describe("whole derivatives", () => {
  it("jacobian: [...shape of f(x), ...shape of x]", () => {
    const matrix = t.reshape(double(1, 2, 3, 4, 5, 6), [2, 3]);
    const j = jacobian((x) => matmul(matrix, x))(double(1, 1, 1));
    expect(j.toArray()).toEqual(matrix.toArray());
    expect(jacobian((x) => mul(x, x))(matrix).shape).toEqual([2, 3, 2, 3]);
  });
  it("hessian is the jacobian of the gradient, hvp its product with a vector", () => {
    const f = (x: Value): Value => sum(mul(sin(x), mul(sum(x), x)));
    const [x, v] = [double(0.3, -0.8, 1.1), double(1, 2, -1)];
    const h = hessian(f)(x);
    expectAllClose(h, t.transpose(h as t.Tensor), 1e-14);
    expectAllClose(hvp(f, x, v), matmul(h, v), 1e-14);
    expectAllClose(h, jacobian((at) => jvp(f, [at], [at])[1] && grad(f)(at))(x), 1e-14);
  });
  it("hvp of a tree is a tree", () => {
    const f = ({ a, b }: { a: Value; b: Value }): Value => mul(mul(a, a), b);
    const product = hvp(f, { a: scalar(2), b: scalar(3) }, { a: scalar(1), b: scalar(0) });
    expect([product.a.item(), product.b.item()]).toEqual([6, 4]);
  });
});

describe("trees", () => {
  const tree = {
    layers: [
      { weight: double(1, 2), bias: scalar(3) },
      { weight: double(4), bias: scalar(5) },
    ],
    scale: 2,
  };
  const f = ({ layers, scale }: typeof tree): Value =>
    mul(
      scale,
      layers.reduce((total: Value, { weight, bias }) => add(total, mul(bias, sum(square(weight)))), tensor(0)),
    );
  it("nested objects and arrays in, the same out; numbers come back as scalars", () => {
    const g = grad(f)(tree);
    expect(Object.keys(g).sort()).toEqual(["layers", "scale"]);
    expect(g.layers[0].weight.toArray()).toEqual([12, 24]);
    expect(g.layers[1].bias.item()).toBe(32);
    expect((g.scale as unknown as Value).item()).toBe(95);
  });
  it("the order of keys does not matter", () => {
    const turned = { scale: 2, layers: tree.layers.map(({ weight, bias }) => ({ bias, weight })) };
    expect(leavesWithPaths(turned).map(([path]) => path)).toEqual(leavesWithPaths(tree).map(([path]) => path));
    expect(leavesWithPaths(tree).map(([path]) => path)).toEqual([
      "layers.0.bias",
      "layers.0.weight",
      "layers.1.bias",
      "layers.1.weight",
      "scale",
    ]);
    expect(grad(f)(turned).layers[0].weight.toArray()).toEqual([12, 24]);
    const [, pullback] = vjp((x: Value) => ({ b: mul(2, x), a: mul(3, x) }), scalar(1));
    expect(pullback({ a: scalar(1), b: scalar(0) })[0].item()).toBe(3);
    const step = mapTree((x, y) => sub(x, y), { u: double(1), v: double(2) }, { v: double(20), u: double(10) });
    expect([step.u.toArray(), step.v.toArray()]).toEqual([[-9], [-18]]);
  });
  it("empty branches are kept", () => {
    expect(grad((p: { x: Value; none: Value[]; empty: object }) => p.x)({ x: scalar(1), none: [], empty: {} })).toEqual(
      {
        empty: {},
        none: [],
        x: ones([], { dtype: "float64" }),
      },
    );
  });
  it("anything else is refused with its path", () => {
    expect(() => grad((p: { a: unknown[] }) => scalar(p.a.length))({ a: [scalar(1), "two"] })).toThrow(
      /a tree holds tensors, numbers, arrays and plain objects; found string at a.1/,
    );
    expect(() => leaves(new Map())).toThrow(/found Map/);
    expect(() => leaves({ a: null })).toThrow(/found null at a/);
  });
  it("mapTree refuses trees of different size", () => {
    expect(() => mapTree((a) => a, [scalar(1)], [scalar(1), scalar(2)])).toThrow(/the trees differ/);
  });
});

describe("nesting", () => {
  it("d/dx [x d/dy (x + y)] = 1: no confusion of perturbations", () => {
    const f = (x: Value): Value => mul(x, grad((y: Value) => add(x, y))(scalar(2)));
    expect(grad(f)(scalar(5)).item()).toBe(1);
    expect(jvp(f, [scalar(5)], [scalar(1)])[1].item()).toBe(1);
    const forward = (x: Value): Value => mul(x, jvp((y: Value) => add(x, y), [scalar(2)], [scalar(1)])[1]);
    expect(jvp(forward, [scalar(5)], [scalar(1)])[1].item()).toBe(1);
    expect(grad(forward)(scalar(5)).item()).toBe(1);
  });
  it("d/dx [x d/dy (x y)] at y = x is 2x", () => {
    expect(grad((x: Value) => mul(x, grad((y: Value) => mul(x, y))(x)))(scalar(5)).item()).toBe(10);
  });
  it("third and fourth derivatives", () => {
    const nth = (f: (x: Value) => Value, n: number): ((x: Value) => Value) => (n === 0 ? f : nth(grad(f), n - 1));
    expect(nth(sin, 3)(scalar(0.4)).item()).toBeCloseTo(-Math.cos(0.4), 14);
    expect(nth(sin, 4)(scalar(0.4)).item()).toBeCloseTo(Math.sin(0.4), 14);
    expect(nth(cos, 3)(scalar(0.4)).item()).toBeCloseTo(Math.sin(0.4), 14);
    const s = 1 - Math.tanh(0.4) ** 2;
    expect(nth(tanh, 3)(scalar(0.4)).item()).toBeCloseTo(-2 * s * (s - 2 * Math.tanh(0.4) ** 2), 13);
  });
  it("a pullback made outside can be differentiated inside", () => {
    const [, pullback] = vjp((x: Value) => mul(x, x), scalar(3));
    expect(grad((w: Value) => mul(w, pullback(w)[0]))(scalar(2)).item()).toBe(24);
  });
  it("a gradient step can be differentiated: d/dx f(x - a f'(x))", () => {
    const f = (x: Value): Value => sum(square(square(x)));
    const after = (x: Value): Value => f(sub(x, mul(0.01, grad(f)(x))));
    checkGrads(after, [double(0.7, -1.1)]);
  });
});

describe("dtypes", () => {
  const f = (x: Value): Value => sum(exp(mul(x, x)));
  it("float32 gives float32, float64 gives float64", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const x = tensor([0.1, 0.2], { dtype });
      expect([grad(f)(x).dtype, hessian(f)(x).dtype, hvp(f, x, x).dtype]).toEqual([dtype, dtype, dtype]);
      expect(jvp(f, [x], [x])[1].dtype).toBe(dtype);
    }
  });
  it("float32 beside float64 gives float64, and a gradient with the dtype of its leaf", () => {
    expect(mul(tensor([1, 2]), double(1, 2)).dtype).toBe("float64");
    expect(grad((x: Value) => sum(mul(x, double(1, 2))))(tensor([1, 2])).dtype).toBe("float32");
  });
  it("indices among the leaves are carried along", () => {
    const indices = t.fromTypedArray(Int32Array.of(1, 1));
    const g = grad((p: { table: Value; at: Value }) => sum(gather(p.table, p.at)))({
      table: double(1, 2, 3),
      at: indices,
    });
    expect(g.table.toArray()).toEqual([0, 2, 0]);
    expect([g.at.dtype, g.at.toArray()]).toEqual(["int32", [0, 0]]);
    // Regression: the checker multiplied the int32 cotangent with a float64 direction.
    checkGrads((table: Value, at: Value) => gather(square(table), at), [double(1, 2, 3), indices]);
  });
});

describe("indices", () => {
  // Regression: two int32 cotangents were added, which int32 refuses.
  it("have gradient 0, however often they are used", () => {
    const f = ({ i, w }: { i: Value; w: Value }): Value =>
      add(sum(mul(w, cast(i, "float64"))), sum(cast(i, "float64")));
    const g = grad(f)({ i: t.fromTypedArray(Int32Array.of(2, 3)), w: double(1, 1) });
    expect([g.w.toArray(), g.i.toArray(), g.i.dtype]).toEqual([[2, 3], [0, 0], "int32"]);
  });
});

describe("no graph without differentiation", () => {
  it("operations on tensors give tensors", () => {
    const y = sum(exp(mul(tensor([1, 2]), 3)));
    expect(y).toBeInstanceOf(Tensor);
    expect(isTraced(y)).toBe(false);
  });
  it("results of transformations are tensors", () => {
    const f = (x: Value): Value => sum(mul(x, x));
    const [x, v] = [double(1, 2), double(1, 0)];
    const [y, pullback] = vjp(f, x);
    const results = [
      ...valueAndGrad(f)(x),
      y,
      ...pullback(scalar(1)),
      ...jvp(f, [x], [v]),
      hvp(f, x, v),
      hessian(f)(x),
    ];
    for (const one of results) expect(one).toBeInstanceOf(Tensor);
  });
  it("inside, a value shows its numbers and its shape", () => {
    grad((x: Value) => {
      expect(isTraced(x)).toBe(true);
      expect([x.toArray(), x.shape, x.dtype, x.ndim, x.size, `${x}`]).toEqual([
        [1, 2],
        [2],
        "float64",
        1,
        2,
        `Traced(input) ${double(1, 2).toString()}`,
      ]);
      return sum(x);
    })(double(1, 2));
  });
});

describe("refusals", () => {
  it("a function of more than one number has no gradient", () => {
    expect(() => grad((x: Value) => mul(x, x))(double(1, 2))).toThrow(
      /grad: needs a function with one number as result, this one gives \[2\]; reduce it with sum or mean/,
    );
  });
  it("argMax names itself, unless stopped", () => {
    const f = (x: Value): Value => mul(sum(x), cast(argMax(x, { axis: 0 }), "float64"));
    expect(() => grad(f)(double(1, 2))).toThrow(NotDifferentiableError);
    expect(() => grad(f)(double(1, 2))).toThrow(/argMax has no gradient \(its value is an index\)/);
    const stopped = (x: Value): Value => mul(sum(x), cast(stopGradient(argMax(x, { axis: 0 })), "float64"));
    expect(grad(stopped)(double(1, 2)).toArray()).toEqual([1, 1]);
  });
  it("an index that is only looked up needs no gradient", () => {
    const largest = grad((x: Value) => gather(x, argMax(x, { axis: 0 })));
    expect(largest(double(1, 2)).toArray()).toEqual([0, 1]);
  });
  it("a value that escapes its function is refused at its next use", () => {
    let kept: Value = scalar(0);
    grad((x: Value) => (kept = mul(x, x)))(scalar(3));
    expect(() => add(kept, 1)).toThrow(/add: a value under differentiation was kept/);
    expect(() => add(kept, 1)).toThrow(expect.objectContaining({ code: "ESCAPED" }));
  });
  it("also where the function threw", () => {
    let kept: Value = scalar(0);
    const fails = grad((x: Value): Value => {
      kept = x;
      throw new Error("own");
    });
    expect(() => fails(scalar(3))).toThrow("own");
    expect(() => log(kept)).toThrow(expect.objectContaining({ code: "ESCAPED" }));
  });
  it("an operation of @elbo/tensor says where a traced value belongs", () => {
    for (const [name, op] of Object.entries({ exp: t.exp, sum: t.sum, transpose: t.transpose, argMax: t.argMax })) {
      expect(() => grad((x: Value) => op(x as t.Tensor))(double(1, 2))).toThrow(
        `${name}: got a value that is being differentiated; import { ${name} } from "@elbo/autograd" instead of "@elbo/tensor"`,
      );
    }
    expect(() => grad((x: Value) => t.matmul(x as t.Tensor, double(1, 2)))(double(1, 2))).toThrow(/@elbo\/autograd/);
  });
});

describe("depth", () => {
  it("a chain of 100,000 operations does not overflow the stack", () => {
    const deep = (x: Value): Value => {
      let y = x;
      for (let i = 0; i < 100_000; i++) y = add(y, x);
      return y;
    };
    expect(grad(deep)(scalar(2)).item()).toBe(100_001);
  });
});

describe("checkGrads", () => {
  it("takes trees and functions of several arguments, float32 too", () => {
    checkGrads(
      (p: { w: Value; b: Value }, x: Value) => mean(tanh(add(matmul(x, p.w), p.b))),
      [{ w: tensor([[0.3], [-0.5]]), b: tensor([0.1]) }, tensor([[1, 2]])],
    );
  });
  it("names the mode, the analytic and the numeric value", () => {
    const wrong = (x: Value): Value => sum(mul(x, stopGradient(x)));
    expect(() => checkGrads(wrong, [double(1, 2)])).toThrow(GradientError);
    expect(() => checkGrads(wrong, [double(1, 2)])).toThrow(
      /derivative, reverse mode: analytic .*, numeric .*, difference/,
    );
  });
  it("does not accept NaN", () => {
    expect(() => checkGrads((x: Value) => sum(log(x)), [double(-1)])).toThrow(GradientError);
  });
});
