// Random steps that a simplifier sees through: identities, signs, and things said twice.

import type { OpAttributes, OpName } from "@elbo/autograd";
import type { NodeId } from "../../src/graph/graph.js";
import { isElementwise } from "../../src/simplify/inspect.js";
import type { Sketch } from "./sketch.js";

/** Numbers that leave values alone, or change them by less or more than one thinks. */
const NUMBERS = [0, -0, 1, -1, 2, 8, 0.25, 3, 0.1, 2 ** 127, 2 ** -127, 1e-40];

function withNumber(s: Sketch): void {
  const number = s.builder.scalar(s.draw.pick(NUMBERS));
  s.op(s.draw.pick(["mul", "div", "add", "sub", "greater"] as const), {}, [s.some(), number]);
}

function withSigns(s: Sketch): void {
  const x = s.some();
  const minus = s.op("neg", {}, [s.beside(s.shapeOf(x))]);
  if (s.draw.once(4)) s.op("neg", {}, [minus]);
  else s.op(s.draw.pick(["mul", "add", "sub"] as const), {}, s.draw.shuffled([x, minus]));
}

/** The operation and the attributes of an earlier node on its operands, in some order. */
function again(s: Sketch): void {
  const x = s.some();
  const { op, attributes, inputs } = s.node(x);
  const order = inputs.length === 2 && isElementwise(op) ? s.draw.shuffled(inputs) : inputs;
  if (inputs.length > 0) s.op(op as OpName, attributes as OpAttributes[OpName], order);
}

/** Two views of one value meet. */
function twoViews(s: Sketch): void {
  const x = s.some();
  const turned = (): NodeId => (s.draw.once(2) ? s.reshaped(x) : s.transposed(x));
  const [a, b] = [turned(), turned()];
  if (s.fit(a, b)) s.op(s.draw.pick(["add", "sub", "mul"] as const), {}, [a, b]);
}

/** One of them. */
export function redundant(s: Sketch): void {
  const x = s.some();
  const choice = s.draw.integer(0, 8);
  if (choice < 3) withNumber(s);
  else if (choice === 3) withSigns(s);
  else if (choice === 4) again(s);
  else if (choice === 5) twoViews(s);
  else if (choice === 6) s.transposed(s.transposed(x));
  else if (choice === 7) s.op("mul", {}, [s.op("relu", {}, [x]), s.op("greater", {}, [x, s.builder.scalar(0)])]);
  else s.op("stopGradient", {}, [x]);
}
