// Simplify: a graph that computes the same bits by fewer and cheaper operations.

import type { Graph } from "../graph/graph.js";
import { algebra } from "./algebra.js";
import { joinCommon } from "./common.js";
import { removeDead } from "./dead.js";
import { expand } from "./expand.js";
import { fold } from "./fold.js";
import { hoist } from "./hoist.js";
import { joinViews } from "./views.js";

const PASSES: readonly ((graph: Graph) => Graph)[] = [expand, joinViews, fold, hoist, algebra, joinCommon, removeDead];

/** The passes come to rest after two or three rounds; more would mean that two of them undo each other. */
const MOST_ROUNDS = 10;

/**
 * The graph after all passes, repeated until nothing changes. Every output and every next state keeps its float32
 * numbers to the bit, except that one NaN is as good as another.
 */
export function simplify(graph: Graph): Graph {
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = PASSES.reduce((before, pass) => pass(before), current);
    if (isSame(next, current)) return next;
    current = next;
  }
  return current;
}

/** Passes hand on the attributes of what they leave alone, so that identity tells. */
const isSame = (a: Graph, b: Graph): boolean =>
  a.nodes.length === b.nodes.length &&
  a.nodes.every(({ op, attributes, inputs }, id) => {
    const other = b.nodes[id];
    return op === other.op && attributes === other.attributes && sameIds(inputs, other.inputs);
  }) &&
  sameIds(a.outputs, b.outputs) &&
  sameIds(a.nextState, b.nextState);

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);
