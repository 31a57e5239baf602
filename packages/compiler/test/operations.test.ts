// Every operation of autograd's table, compiled alone, gives the bits of the eager operation.

import { type Case, type OpName, type OpRecord, table } from "@elbo/autograd";
import { fromTypedArray, sizeOf, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { GraphBuilder } from "../src/graph/builder.js";
import { expectSameResults, interpret } from "./support/interpret.js";
import { backward, forward, graphProgram } from "./support/program.js";

/** What no program can hold. */
const SKIPPED: Readonly<Partial<Record<OpName, string>>> = {
  custom: "the trace goes through the function that it names",
};

const STEPS = 2 ** 16;
const SPECIALS = [0, -0, NaN, Infinity, -Infinity, 1e-40, 3e38];

/** An operand in float32: numbers of the interval, and now and then a special one. */
function operand(gen: fc.GeneratorValue, one: Case<unknown>["inputs"][number], specials: boolean): Tensor {
  const numbers = (count: number, low: number, high: number): number[] =>
    gen(fc.array, fc.noBias(fc.integer({ min: low, max: high })), { minLength: count, maxLength: count });
  if ("indices" in one) {
    return fromTypedArray(Int32Array.from(numbers(sizeOf(one.indices), 0, one.below - 1)), one.indices);
  }
  const { low, high } = one.interval;
  const special = specials && gen(fc.nat, { max: 3 }) === 0;
  const values = numbers(sizeOf(one.shape), 0, STEPS).map((level) =>
    special && level % 5 === 0 ? SPECIALS[level % SPECIALS.length] : low + ((high - low) * level) / STEPS,
  );
  return fromTypedArray(Float32Array.from(values), one.shape);
}

for (const [op, record] of Object.entries(table) as [OpName, OpRecord<unknown>][]) {
  const reason = SKIPPED[op];
  it.skipIf(reason !== undefined)(`${op}${reason === undefined ? "" : ` (${reason})`}`, () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const { inputs, attributes } = record.domain({
          integer: (low, high) => gen(fc.integer, { min: low, max: high }),
        });
        // A program has no float64.
        const used = op === "cast" ? { dtype: gen(fc.constantFrom, "float32", "int32") } : attributes;
        // The eager cast to int32 refuses what is no int32.
        const args = inputs.map((one) => operand(gen, one, op !== "cast"));
        const builder = new GraphBuilder();
        const sources = args.map(({ shape, dtype }, index) =>
          builder.source("input", { index, name: `x${index}` }, shape, dtype as "float32"),
        );
        const graph = builder.graph([builder.op(op, used as never, sources)], []);
        const program = graphProgram(graph, { threads: 3 });
        const want = interpret(graph, args);
        for (const team of [forward(1), backward(3)]) expectSameResults(program.step(args, [], team), want);
      }),
      { numRuns: 8 },
    );
    expect.hasAssertions();
  });
}
