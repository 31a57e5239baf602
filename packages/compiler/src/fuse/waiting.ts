// Which operations wait for their one user: what is stored is then what several need.

import type { Graph, Node, NodeId } from "../graph/graph.js";
import { kindOf } from "../graph/kinds.js";
import type { Reading } from "./layout.js";
import { instructionsOf, MOST_INSTRUCTIONS } from "./length.js";

/** So many instructions are worth storing a value for, where another loop can share most of them. */
const COSTLY = 20;

/**
 * Operations whose value is used once, by another operation in the same place: they go where their user goes. Not those
 * that would make two stored values of one; and not a costly function of a value of which another costly function is
 * computed too, for in one loop the two share their steps, as `e^v` does in a divergence and in its gradient.
 */
export function findWaiting(graph: Graph, readings: readonly Reading[]): Set<NodeId> {
  const { nodes } = graph;
  const users = usersOf(graph, readings);
  const kept = new Set([...graph.outputs, ...graph.nextState].map((id) => readings[id].base));
  const waiting = new Set<NodeId>();
  /** The instructions of a node and of those that have waited for it. */
  const lengths: number[] = [];
  for (const node of nodes) {
    lengths.push(node.inputs.reduce((sum, id) => sum + (waiting.has(id) ? lengths[id] : 0), instructionsOf(node.op)));
    const [user, ...others] = users.get(node.id) ?? [];
    if (kindOf(node.op) !== "elementwise" || kept.has(node.id) || user === undefined || others.length > 0) continue;
    const fits =
      takesInPlace(nodes[user], node, nodes) &&
      // No operation has more than three operands that have waited: with them it fits into one loop.
      lengths[node.id] + instructionsOf(nodes[user].op) <= MOST_INSTRUCTIONS / 3;
    if (fits && madeOperands(node) <= 1 && !sharesSteps(node)) waiting.add(node.id);
  }
  return waiting;

  /** Operands of the same shape that a kernel makes. */
  function madeOperands(node: Node): number {
    return node.inputs.filter((id) => {
      const base = nodes[readings[id].base];
      return kindOf(base.op) !== "source" && !waiting.has(base.id) && String(base.shape) === String(node.shape);
    }).length;
  }

  function sharesSteps(node: Node): boolean {
    if (instructionsOf(node.op) < COSTLY) return false;
    return node.inputs.some((input) =>
      (users.get(readings[input].base) ?? []).some(
        (id) =>
          id !== node.id && instructionsOf(nodes[id].op) >= COSTLY && String(nodes[id].shape) === String(node.shape),
      ),
    );
  }
}

/** The nodes that read each stored value, through views too. */
function usersOf({ nodes }: Graph, readings: readonly Reading[]): ReadonlyMap<NodeId, readonly NodeId[]> {
  const users = new Map<NodeId, NodeId[]>();
  for (const { id, inputs } of nodes) {
    for (const input of inputs) {
      const { base } = readings[input];
      const list = users.get(base);
      if (list === undefined) users.set(base, [id]);
      else list.push(id);
    }
  }
  return users;
}

/** Whether an operation uses a value place by place, not through a view. */
function takesInPlace(user: Node, node: Node, nodes: readonly Node[]): boolean {
  const space = user.op === "fold" ? nodes[user.inputs[0]].shape : user.shape;
  const takes = kindOf(user.op) === "elementwise" || user.op === "fold";
  return takes && String(space) === String(node.shape) && user.inputs.includes(node.id);
}
