// Families of operations, each of which adds one random step to a graph.

import { type OpAttributes, type OpName, table } from "@elbo/autograd";
import { type Shape, sizeOf, type SliceSpec } from "@elbo/tensor";
import type { NodeId } from "../../src/graph/graph.js";
import { redundant } from "./redundant.js";
import { MOST_ELEMENTS, type Sketch } from "./sketch.js";

type Plain = { [N in OpName]: OpAttributes[N] extends Readonly<Record<string, never>> ? N : never }[OpName];

/** The elementwise operations of the table without attributes, by their number of operands. */
const elementwise = (arity: number, draw: { integer(low: number, high: number): number }): Plain[] =>
  (Object.keys(table) as Plain[]).filter(
    (op) => (op as OpName) !== "matmul" && table[op].broadcasts && table[op].domain(draw).inputs.length === arity,
  );
const least = { integer: (low: number) => low };
const UNARY = elementwise(1, least);
const BINARY = elementwise(2, least);
const POSITIVE = new Set<Plain>(["log", "sqrt", "rsqrt", "log1p", "pow", "log1mExp"]);
const GROWS = new Set<Plain>(["exp", "expm1", "pow"]);

/** The values where an operation has a finite one, most of the time. */
function tamed(s: Sketch, op: Plain, x: NodeId): NodeId {
  if (s.draw.once(5)) return x;
  if (GROWS.has(op)) return s.op("tanh", {}, [x]);
  if (!POSITIVE.has(op)) return x;
  const size = s.op("abs", {}, [x]);
  return op === "log1mExp" ? s.op("neg", {}, [size]) : size;
}

function unary(s: Sketch): void {
  const x = s.some();
  const choice = s.draw.integer(0, 9);
  if (choice === 0) s.op("leakyRelu", { slope: s.draw.pick([0.01, 0.3]) }, [x]);
  else if (choice === 1) s.op("elu", { alpha: s.draw.pick([1, 0.7]) }, [x]);
  else if (choice === 2) s.op("clamp", { low: -1, high: s.draw.pick([0.5, Infinity]) }, [x]);
  else {
    const op = s.draw.pick(UNARY);
    s.op(op, {}, [tamed(s, op, x)]);
  }
}

function binary(s: Sketch): void {
  // Arithmetic is half of what programs do.
  const op = s.draw.once(2) ? s.draw.pick(["add", "sub", "mul", "div"] as const) : s.draw.pick(BINARY);
  const x = s.some();
  const y = s.beside(s.shapeOf(x));
  s.op(op, {}, op === "pow" ? [tamed(s, op, x), y] : s.draw.shuffled([x, y]));
}

function where(s: Sketch): void {
  const x = s.some();
  const condition = s.op("greater", {}, [x, s.beside(s.shapeOf(x))]);
  const yes = s.beside(s.shapeOf(condition));
  const shape = s.shapeOf(s.op("add", {}, [condition, yes]));
  s.op("where", {}, [condition, yes, s.draw.once(4) ? yes : s.beside(shape)]);
}

function view(s: Sketch): void {
  const x = s.some();
  const shape = s.shapeOf(x);
  const choice = s.draw.integer(0, 3);
  if (choice === 0) s.reshaped(x);
  else if (choice === 1) s.transposed(x);
  else if (choice === 2) s.op("flip", { axes: shape.flatMap((_, axis) => (s.draw.once(2) ? [axis] : [])) }, [x]);
  else {
    const grown = shape.map((length) => (length === 1 ? s.length() : length));
    const more = grown.length < 3 && s.draw.once(2) ? [s.length()] : [];
    const target = [...more, ...grown];
    if (sizeOf(target) <= MOST_ELEMENTS) s.op("broadcastTo", { shape: target }, [x]);
  }
}

function window(s: Sketch, shape: Shape): SliceSpec[] {
  return shape.map((length) => {
    if (length === 0) return null;
    const start = s.draw.integer(0, length - 1);
    return s.draw.pick([null, start, { start }, { step: -1 }, { start, step: 2 }, { stop: start + 1 }]);
  });
}

function piece(s: Sketch): void {
  const x = s.some(1);
  const shape = s.shapeOf(x);
  const choice = s.draw.integer(0, 3);
  const specs = window(s, shape);
  if (choice === 0) s.op("slice", { specs }, [x]);
  else if (choice === 1) s.op("unslice", { shape, specs }, [s.op("slice", { specs }, [x])]);
  else if (choice === 2) {
    const widths = shape.map(() => [s.draw.integer(0, 2), s.draw.integer(0, 2)] as const);
    s.op("pad", { widths, value: s.number() }, [x]);
  } else {
    const axis = s.draw.integer(0, shape.length - 1);
    const part = shape.map((length, at) => (at === axis ? s.draw.integer(1, 3) : length));
    s.op("concat", { axis }, s.draw.shuffled([x, s.leaf(part), x]));
  }
}

function someAxes(s: Sketch, shape: Shape): number[] {
  return shape.flatMap((_, axis) => (s.draw.once(2) ? [axis] : []));
}

function reduce(s: Sketch): void {
  const x = s.some();
  const shape = s.shapeOf(x);
  const axes = someAxes(s, shape);
  const attributes = { axes, keepDims: s.draw.once(2) };
  const empty = axes.some((axis) => shape[axis] === 0);
  s.op(empty ? "sum" : s.draw.pick(["sum", "sum", "max", "min"] as const), attributes, [x]);
}

function normalise(s: Sketch): void {
  const x = s.some(1);
  const axes = someAxes(s, s.shapeOf(x));
  const choice = s.draw.integer(0, 3);
  if (choice === 0) s.op("softmax", { axes }, [x]);
  else if (choice === 1) s.op("logSoftmax", { axes }, [x]);
  else if (choice === 2) s.op("logSumExp", { axes, keepDims: s.draw.once(2) }, [x]);
  else s.op("cumsum", { axis: s.draw.integer(0, s.shapeOf(x).length - 1), reverse: s.draw.once(2) }, [x]);
}

function index(s: Sketch): void {
  const x = s.some(1);
  const shape = s.shapeOf(x);
  const axis = s.draw.integer(0, shape.length - 1);
  if (shape[axis] === 0) return;
  const choice = s.draw.integer(0, 2);
  if (choice === 0) s.op("gather", { axis }, [x, s.indices(s.shape().slice(0, 1), shape[axis])]);
  else if (choice === 1) {
    const length = s.draw.integer(1, 9);
    s.op("scatterAdd", { axis, length }, [x, s.indices([shape[axis]], length)]);
  } else {
    const found = s.op(s.draw.pick(["argMax", "argMin"] as const), { axis }, [x]);
    s.op("cast", { dtype: "float32" }, [found]);
  }
}

function matmul(s: Sketch): void {
  const a = s.some(2);
  const [m, k] = s.shapeOf(a).slice(-2);
  const [transposeA, transposeB] = [s.draw.once(2), s.draw.once(2)];
  const inner = transposeA ? m : k;
  const fits = (id: NodeId) => s.shapeOf(id).length === 2 && s.shapeOf(id)[transposeB ? 1 : 0] === inner;
  const others = s.floats.filter(fits);
  const n = s.length();
  const b = others.length > 0 && s.draw.once(2) ? s.draw.pick(others) : s.leaf(transposeB ? [n, inner] : [inner, n]);
  const swapped = s.draw.once(4) ? s.op("transpose", { axes: [1, 0] }, [b]) : b;
  s.op("matmul", { transposeA, transposeB: transposeB !== (swapped !== b) }, [a, swapped]);
}

function random(s: Sketch): void {
  const key = s.indices([2], 2 ** 31);
  const fold = s.draw.once(2) ? s.op("foldIn", {}, [key, s.indices([], 1000)]) : key;
  const own = s.draw.once(2) ? s.op("splitKey", { index: s.draw.integer(0, 3) }, [fold]) : fold;
  const shape = s.shape();
  if (s.draw.once(3)) s.op("cast", { dtype: "float32" }, [s.op("randomInt", { shape, low: -5, high: 900 }, [own])]);
  else s.op(s.draw.pick(["uniform", "normal"] as const), { shape }, [own]);
}

/** The families and how often each comes. */
export const FAMILIES = {
  unary: { weight: 5, add: unary },
  binary: { weight: 8, add: binary },
  where: { weight: 1, add: where },
  view: { weight: 4, add: view },
  piece: { weight: 2, add: piece },
  reduce: { weight: 3, add: reduce },
  normalise: { weight: 2, add: normalise },
  index: { weight: 1, add: index },
  matmul: { weight: 2, add: matmul },
  random: { weight: 1, add: random },
  redundant: { weight: 7, add: redundant },
} as const;

export type Family = keyof typeof FAMILIES;
