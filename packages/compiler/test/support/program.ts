// A graph as a program in a memory of its own, whose phases are run by any number of threads in turn, without workers.

import { expect } from "vitest";
import { fromTypedArray, type MatmulMode, Tensor } from "@elbo/tensor";
import type { Graph, Node, Source } from "../../src/graph/graph.js";
import { bytesOf } from "../../src/plan/plan.js";
import { ProgramMemory } from "../../src/run/memory.js";
import { makeVariant, type OutputPlace, type Variant } from "../../src/run/variant.js";
import type { LeafSpec } from "../../src/trace/leaves.js";
import type { Results } from "./interpret.js";

/** How a step is run. */
export interface Team {
  /** The threads of a phase, in the order in which they take their turns. */
  readonly order: readonly number[];
}

export interface ProgramOptions {
  /** For how many threads there is room. */
  readonly threads?: number;
  readonly matmul?: MatmulMode;
}

export interface GraphProgram {
  readonly variant: Variant;
  /** One step from the given inputs and state. Memory that no step has to read is filled with NaN before. */
  step(inputs: readonly Tensor[], state: readonly Tensor[], team?: Team): Results;
}

/** All threads of a team, one after the other or the last first. */
export const forward = (threads: number): Team => ({ order: Array.from({ length: threads }, (_, t) => t) });
export const backward = (threads: number): Team => ({ order: forward(threads).order.toReversed() });

const GUARD = 1 << 15;

export function graphProgram(graph: Graph, { threads = 1, matmul = "strict" }: ProgramOptions = {}): GraphProgram {
  const memory = new ProgramMemory({ shared: false });
  const specs = specsOf(graph, "input");
  const state = specsOf(graph, "state").map((spec) => ({ spec, address: memory.reserve(bytesOf(spec)) }));
  const arena = { address: 0, bytes: 0 };
  const places = state.map(({ address }) => address);
  const parts = { memory, shared: false, threads, matmul, state: places, constants: new Map<Tensor, number>(), arena };
  const trace = { graph, outputs: graph.outputs.map(() => "tensor" as const), tree: [] };
  const variant = makeVariant(trace, parts, specs, 0);
  // Behind the arena stands what nobody may write, as a program's code does.
  const guard = { from: memory.reserve(GUARD) / 4, words: new Int32Array(GUARD / 4).fill(0x5eed) };
  memory.ints().set(guard.words, guard.from);
  const write = (address: number, { dtype, data }: Tensor): void =>
    (dtype === "int32" ? memory.ints() : memory.floats()).set(data, address / 4);
  const read = (address: number, { shape, dtype }: LeafSpec): Tensor => {
    const view = dtype === "int32" ? memory.ints() : memory.floats();
    const numbers = view.slice(address / 4, address / 4 + shape.reduce((product, length) => product * length, 1));
    return fromTypedArray(numbers as Float32Array<ArrayBuffer>, shape);
  };
  return {
    variant,
    step(inputs, values, { order } = forward(1)) {
      memory.floats().fill(NaN, arena.address / 4, (arena.address + arena.bytes) / 4);
      state.forEach(({ address }, i) => write(address, values[i]));
      inputs.forEach((tensor, i) => variant.inputs[i] >= 0 && write(variant.inputs[i], tensor));
      for (const phase of variant.names) {
        for (const thread of order) for (const name of phase) variant.exports[name](thread, order.length);
      }
      expect(memory.ints().slice(guard.from, guard.from + guard.words.length)).toEqual(guard.words);
      return {
        outputs: variant.outputs.map((place) => outputOf(memory, place)),
        nextState: state.map(({ spec, address }) => read(address, spec)),
      };
    },
  };
}

/** The leaves of a kind, in the order of their numbers. Those that no node is of are left out: nothing reads them. */
function specsOf(graph: Graph, kind: "input" | "state"): LeafSpec[] {
  const specs: LeafSpec[] = [];
  for (const { op, attributes, shape, dtype } of graph.nodes as readonly Node[]) {
    if (op !== kind) continue;
    const { index, name } = attributes as Source;
    specs[index] = { name, kind: "tensor", shape, dtype };
  }
  return specs;
}

function outputOf(memory: ProgramMemory, place: OutputPlace): Tensor {
  if ("constant" in place) return place.constant;
  const storage = place.dtype === "int32" ? memory.ints() : memory.floats();
  const { shape, strides, offset } = place.reading;
  const view = new Tensor(storage as Float32Array, { shape, strides, offset: place.address / 4 + offset });
  return fromTypedArray(view.data.slice(), shape);
}
