// Law 13: the checker has teeth. Every rule of the table is spoilt in turn, and the checker must reject it.

import { ElboError } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpName, OpRecord, Value } from "../../src/index.js";
import { checkGrads, GradientError } from "../../src/testing/index.js";
import { type Corruption, corruptions } from "../support/corrupt.js";
import { differentiable, type Gen, operations, type Sample, sampleOf } from "../support/sample.js";

const SAMPLES = 24;

/** The same samples in every run: what one corruption slips through, another sample catches. */
const samplesOf = (op: OpName): Sample[] =>
  fc.sample(fc.gen(), { seed: 13, numRuns: SAMPLES }).map((gen: Gen) => sampleOf(op, gen));

/** The sample as a function of operand `index` alone: only its rule is asked. */
function alone({ f, inputs, floats }: Sample, index: number): [(x: Value) => Value, Value] {
  return [(x) => f(...floats.map((own) => (own === inputs[index] ? x : own))), inputs[index]];
}

/** Indices do not move, and have no rule to spoil. */
const moves = ({ inputs }: Sample, index: number): boolean => index < inputs.length && inputs[index].dtype !== "int32";

function rejects(op: OpName, sample: Sample, { index, run }: Corruption): boolean {
  if (!moves(sample, index)) return false;
  const [f, x] = alone(sample, index);
  try {
    run(op, () => checkGrads(f, [x], { order: 1, directions: 1, step: 5e-4 }));
    return false;
  } catch (error) {
    if (error instanceof GradientError || (error instanceof ElboError && error.code === "SHAPE")) return true;
    throw error;
  }
}

describe("every corrupted rule is noticed", () => {
  for (const [op, record] of operations.filter(([, one]: [OpName, OpRecord<unknown>]) => differentiable(one))) {
    // A null rule of stopGradient that passes the cotangent is the right derivative of its value: see control.test.ts.
    if (op === "stopGradient") continue;
    it(op, () => {
      const samples = samplesOf(op);
      const operands = Math.max(...samples.map(({ inputs }) => inputs.length));
      const ways = corruptions(record, operands).filter(({ index }) => samples.some((sample) => moves(sample, index)));
      expect(ways.length).toBeGreaterThan(0);
      const unnoticed = ways.filter((way) => !samples.some((sample) => rejects(op, sample, way)));
      expect(unnoticed.map(({ name }) => `${op}: ${name}`)).toEqual([]);
    });
  }
});
