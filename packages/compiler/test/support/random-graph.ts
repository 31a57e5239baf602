// Random graphs with inputs for them: one seed, one graph, in which most operations meet most shapes.

import { sameShape, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import type { Graph } from "../../src/graph/graph.js";
import { FAMILIES, type Family } from "./families.js";
import { Sketch, type SketchOptions } from "./sketch.js";

/** What a random graph is made from. */
export interface RandomGraphOptions extends Partial<SketchOptions> {
  readonly seed: number;
  /** How many steps it has, of one to three operations each; a smaller graph of the same seed is its beginning. */
  readonly size?: number;
  /** Which operations it has; all without it. */
  readonly families?: readonly Family[];
}

/** A graph with values for its inputs and its state. */
export interface RandomProgram {
  readonly graph: Graph;
  readonly inputs: readonly Tensor[];
  readonly state: readonly Tensor[];
}

/** Seeds and sizes for `randomGraph`; a failure shrinks to the shortest graph that fails, and prints both. */
export const graphSeeds = (largest = 40): fc.Arbitrary<{ seed: number; size: number }> =>
  fc.record({ seed: fc.nat({ max: 2 ** 31 - 2 }), size: fc.integer({ min: 1, max: largest }) });

/**
 * A random graph of float32 values of up to 6000 elements, and of int32 indices and keys. Axes have length 1, a few
 * short lengths and one of 15 to 70. Most values that nothing reads are outputs, with the last value and one other,
 * so that little is dead; every piece of state becomes some value of its shape.
 */
export function randomGraph(options: RandomGraphOptions): RandomProgram {
  const { seed, size = 30, families = Object.keys(FAMILIES) as Family[], specials = true, empty = true } = options;
  const sketch = new Sketch(seed, { specials, empty });
  const urn = families.flatMap((name) => Array.from({ length: FAMILIES[name].weight }, () => FAMILIES[name].add));
  while (sketch.floats.length === 0) sketch.leaf(sketch.shape());
  for (let step = 0; step < size; step++) sketch.draw.pick(urn)(sketch);
  const { draw, floats, builder, inputs, state } = sketch;
  const used = new Set(builder.nodes.flatMap((node) => node.inputs));
  const ends = floats.filter((id) => !used.has(id) && !draw.once(4));
  const outputs = [...ends, floats.at(-1)!, draw.pick(floats)];
  const nextState = state.map(({ shape }) => draw.pick(floats.filter((id) => sameShape(sketch.shapeOf(id), shape))));
  return { graph: builder.graph(outputs, nextState), inputs, state };
}
