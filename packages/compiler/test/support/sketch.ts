// A random graph in the making: its choices, its leaves, and operands that fit together.

import { broadcastShapes, fromTypedArray, type Shape, sizeOf, type Tensor } from "@elbo/tensor";
import type { OpAttributes, OpName } from "@elbo/autograd";
import { GraphBuilder } from "../../src/graph/builder.js";
import type { Node, NodeId } from "../../src/graph/graph.js";
import { Draws } from "./draws.js";

/** No value has more elements. */
export const MOST_ELEMENTS = 6000;

const SCALARS = [0, -0, 1, -1, 2, 0.5, 0.25, -0.1, 3, 1.7];
const SPECIALS = [-0, 0, Infinity, -Infinity, NaN, 1e30, -1e30, 1e-40];

/** Which values leaves have. */
export interface SketchOptions {
  /** Infinities, NaN, zeros of both signs and numbers of extreme size, in one leaf of eight. */
  readonly specials: boolean;
  /** Axes of length 0, rarely. */
  readonly empty: boolean;
}

/** Invariant: `floats` are the float32 nodes, of at most MOST_ELEMENTS elements each. */
export class Sketch {
  readonly draw: Draws;
  readonly builder = new GraphBuilder();
  readonly inputs: Tensor[] = [];
  readonly state: Tensor[] = [];
  readonly floats: NodeId[] = [];
  readonly #options: SketchOptions;
  /** A graph has few lengths, so that shapes meet: short, middle, and beyond a register with a rest. */
  readonly #lengths: readonly number[];

  constructor(seed: number, options: SketchOptions) {
    this.draw = new Draws(seed);
    this.#options = options;
    this.#lengths = [this.draw.integer(2, 4), this.draw.integer(3, 9), this.draw.integer(15, 70)];
  }

  node(id: NodeId): Node {
    return this.builder.nodes[id];
  }

  shapeOf(id: NodeId): Shape {
    return this.node(id).shape;
  }

  length(): number {
    if (this.#options.empty && this.draw.once(80)) return 0;
    return this.draw.once(5) ? 1 : this.draw.pick(this.#lengths);
  }

  shape(least = 0): number[] {
    const rank = Math.max(least, this.draw.pick([0, 1, 1, 2, 2, 2, 3]));
    const shape = Array.from({ length: rank }, () => this.length());
    return sizeOf(shape) <= MOST_ELEMENTS ? shape : shape.map((length) => Math.min(length, 9));
  }

  /** An operation of the table, if its result is not too large. */
  op<N extends OpName>(op: N, attributes: OpAttributes[N], operands: readonly NodeId[]): NodeId {
    const id = this.builder.op(op, attributes, operands);
    if (this.node(id).dtype === "float32" && sizeOf(this.shapeOf(id)) <= MOST_ELEMENTS) this.floats.push(id);
    return id;
  }

  /** A value with its axes in some order. */
  transposed(x: NodeId): NodeId {
    return this.op("transpose", { axes: this.draw.shuffled(this.shapeOf(x).map((_, axis) => axis)) }, [x]);
  }

  /** A value in another shape: flat, reversed, with axes joined, or with axes of length 1 added or dropped. */
  reshaped(x: NodeId): NodeId {
    const from = this.shapeOf(x);
    const at = this.draw.integer(0, from.length);
    const shapes = [
      [sizeOf(from)],
      [...from].reverse(),
      from.filter((length) => length !== 1),
      from.length > 1 ? [from[0] * from[1], ...from.slice(2)] : from,
      [...from.slice(0, at), 1, ...from.slice(at)],
    ];
    return this.op("reshape", { shape: this.draw.pick(shapes) }, [x]);
  }

  /** A float32 value there is, or a new leaf. Of two values the larger: else reductions would leave mere numbers. */
  some(least = 0): NodeId {
    const fits = this.floats.filter((id) => this.shapeOf(id).length >= least);
    if (fits.length === 0 || this.draw.once(5)) return this.leaf(this.shape(least));
    // Chains: what came last is read next.
    if (this.draw.once(3)) return fits.at(-1)!;
    const [a, b] = [this.draw.pick(fits), this.draw.pick(fits)];
    return sizeOf(this.shapeOf(a)) > sizeOf(this.shapeOf(b)) ? a : b;
  }

  /** True where two values broadcast to one that is not too large. */
  fit(a: NodeId, b: NodeId): boolean {
    return broadcastSize(this.shapeOf(a), this.shapeOf(b)) <= MOST_ELEMENTS;
  }

  /** A value that broadcasts with a shape. */
  beside(shape: Shape): NodeId {
    const fits = this.floats.filter((id) => broadcastSize(shape, this.shapeOf(id)) <= MOST_ELEMENTS);
    const full = fits.filter((id) => sizeOf(this.shapeOf(id)) > 1);
    if (fits.length > 0 && !this.draw.once(4)) return this.draw.pick(full.length > 0 ? full : fits);
    const shrunk = shape.map((length) => (this.draw.once(3) ? 1 : length));
    return this.leaf(shrunk.slice(this.draw.integer(0, shape.length)));
  }

  /** A constant, a stretched number, an input or a piece of state. */
  leaf(shape: Shape): NodeId {
    const kind = this.draw.pick(["constant", "number", "input", "input", "input", "state", "state"] as const);
    const id = this.#leaf(kind, shape);
    this.floats.push(id);
    return id;
  }

  #leaf(kind: "constant" | "number" | "input" | "state", shape: Shape): NodeId {
    if (kind === "number") {
      const id = this.builder.scalar(this.number());
      return shape.length === 0 ? id : this.builder.op("broadcastTo", { shape }, [id]);
    }
    const tensor = this.tensor(shape);
    return kind === "constant" ? this.builder.constant(tensor) : this.source(kind, tensor);
  }

  /** A number as it stands in a program. */
  number(): number {
    const { specials } = this.#options;
    return specials && this.draw.once(25) ? this.draw.pick(SPECIALS) : this.draw.pick(SCALARS);
  }

  /** Numbers of -3 to 3; one half of the tensors have ties, and zeros of both signs. */
  tensor(shape: Shape): Tensor {
    const step = this.draw.pick([0.5, 2 ** -12]);
    const { specials } = this.#options;
    const wild = specials && this.draw.once(8);
    const value = (): number => {
      if (wild && this.draw.once(6)) return this.draw.pick(SPECIALS);
      const sign = specials ? this.draw.pick([1, -1]) : 1;
      return sign * step * this.draw.integer(-3 / step, 3 / step);
    };
    return fromTypedArray(Float32Array.from({ length: sizeOf(shape) }, value), shape);
  }

  source(kind: "input" | "state", tensor: Tensor): NodeId {
    const list = kind === "input" ? this.inputs : this.state;
    const index = list.push(tensor) - 1;
    return this.builder.source(kind, { index, name: `${kind}${index}` }, tensor.shape, integerOr(tensor));
  }

  /** Whole numbers of 0 up to a bound, as a constant or an input. */
  indices(shape: Shape, below: number): NodeId {
    const values = Int32Array.from({ length: sizeOf(shape) }, () => this.draw.integer(0, below - 1));
    const tensor = fromTypedArray(values, shape);
    return this.draw.once(2) ? this.builder.constant(tensor) : this.source("input", tensor);
  }
}

const integerOr = (tensor: Tensor) => (tensor.dtype === "int32" ? "int32" : "float32");

function broadcastSize(a: Shape, b: Shape): number {
  const fits = a.every((length, axis) => {
    const other = b[axis + b.length - a.length] ?? 1;
    return length === other || length === 1 || other === 1;
  });
  return fits ? sizeOf(broadcastShapes("beside", a, b)) : Infinity;
}
