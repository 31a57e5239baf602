// Groups: kernels in the making, and in which order they can run.

import type { Shape } from "@elbo/tensor";
import type { NodeId } from "../graph/graph.js";
import type { Kernel } from "./kernels.js";
import type { FoldKind } from "./merge.js";

/** A kernel in the making. */
export interface Group {
  readonly id: number;
  readonly kind: Kernel["kind"];
  readonly nodes: NodeId[];
  readonly space: Shape;
  fold: FoldKind;
  boundary: number;
  /** Its vector instructions. */
  length: number;
  /** A fold to few numbers: one thread's work, with which nothing else is to be done. */
  closed: boolean;
  /** Groups whose results this one reads. */
  readonly needs: Set<number>;
}

/** Whether `late` needs `early`, by way of any number of others. */
export function reaches(groups: readonly Group[], early: Group, late: Group): boolean {
  const open = [late];
  const seen = new Set<number>([late.id]);
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    if (group === early) return true;
    for (const id of group.needs) {
      if (!seen.has(id)) open.push(groups[id]);
      seen.add(id);
    }
  }
  return false;
}

/** Groups after those that they need; otherwise as they were opened. */
export function inOrder(groups: readonly Group[]): Group[] {
  const done = new Set<number>();
  const order: Group[] = [];
  const visit = (first: Group): void => {
    const stack = [first];
    while (stack.length > 0) {
      const group = stack.at(-1)!;
      const missing = [...group.needs].find((id) => !done.has(id));
      if (missing !== undefined) stack.push(groups[missing]);
      else {
        stack.pop();
        if (!done.has(group.id)) order.push(group);
        done.add(group.id);
      }
    }
  };
  for (const group of groups) visit(group);
  return order;
}
