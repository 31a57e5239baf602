// The reference interpreter: every node of a graph by the eager function of its operation.

import { type OpName, type OpRecord, table } from "@elbo/autograd";
import type { Tensor } from "@elbo/tensor";
import { expect } from "vitest";
import type { Constant, Graph, Node, Source } from "../../src/graph/graph.js";

/** What a program computes. */
export interface Results {
  readonly outputs: readonly Tensor[];
  readonly nextState: readonly Tensor[];
}

/** The value of every node. */
export function valuesOf(graph: Graph, inputs: readonly Tensor[], state: readonly Tensor[] = []): Tensor[] {
  const values: Tensor[] = [];
  const valueOf = (node: Node): Tensor => {
    if (node.op === "input") return inputs[(node.attributes as Source).index];
    if (node.op === "state") return state[(node.attributes as Source).index];
    if (node.op === "constant") return (node.attributes as Constant).tensor;
    const record = table[node.op as OpName] as OpRecord<unknown>;
    return record.evaluate(
      node.inputs.map((id) => values[id]),
      node.attributes,
    );
  };
  for (const node of graph.nodes) {
    const value = valueOf(node);
    expect([value.shape, value.dtype], `node ${node.id}, ${node.op}`).toEqual([node.shape, node.dtype]);
    values.push(value);
  }
  return values;
}

/** The outputs and the next state, computed eagerly. Products are in the mode that is set (`withMatmulMode`). */
export function interpret(graph: Graph, inputs: readonly Tensor[], state: readonly Tensor[] = []): Results {
  const values = valuesOf(graph, inputs, state);
  return {
    outputs: graph.outputs.map((id) => values[id]),
    nextState: graph.nextState.map((id) => values[id]),
  };
}

/** Equal shapes, dtypes and bits: the zeros differ, every NaN is one. */
export function expectSameResults(got: Results, want: Results): void {
  for (const part of ["outputs", "nextState"] as const) {
    expect(got[part].length, part).toBe(want[part].length);
    got[part].forEach((tensor, i) => expectSameBits(tensor, want[part][i], `${part}[${i}]`));
  }
}

function expectSameBits(got: Tensor, want: Tensor, what: string): void {
  expect([got.shape, got.dtype], what).toEqual([want.shape, want.dtype]);
  const [a, b] = [got.data, want.data];
  const at = a.findIndex((x, i) => !Object.is(x, b[i]));
  if (at >= 0) expect.fail(`${what}: element ${at} is ${a[at]} and should be ${b[at]}`);
}
