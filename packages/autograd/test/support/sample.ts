// Drawn uses of operations: shapes, attributes and inputs from the domains of the table, so that failures shrink.

import { fromTypedArray, type Shape, sizeOf, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { it } from "vitest";
import { apply } from "../../src/core/apply.js";
import { type Draw, type Interval, type OpName, type OpRecord, table, type Value } from "../../src/index.js";

/** What fast-check hands to a property that draws as it goes. */
export type Gen = fc.GeneratorValue;

/** One drawn use of an operation, in float64; indices are int32. */
export interface Sample {
  readonly op: OpName;
  readonly record: OpRecord<unknown>;
  readonly attributes: unknown;
  /** All operands. */
  readonly inputs: readonly Tensor[];
  /** The operands that can be differentiated: all but the indices. */
  readonly floats: Tensor[];
  /** The operation as a function of `floats`; indices stay as drawn. */
  readonly f: (...x: Value[]) => Value;
}

/** Every operation of the table, whatever its attributes are. */
export const operations = Object.entries(table) as [OpName, OpRecord<unknown>][];

/** `LAW_RUNS=10 vitest run ...` looks ten times as hard. */
const effort = Number(process.env.LAW_RUNS ?? 1);

/** Checks a property over drawn choices; fast-check prints seed and path where it fails. */
export function holds(runs: number, property: (gen: Gen) => void): void {
  fc.assert(fc.property(fc.gen(), property), { numRuns: Math.ceil(runs * effort) });
}

/** One test for each operation that qualifies: the property, on samples of it. */
export function everyOp(
  runs: number,
  property: (sample: Sample, gen: Gen) => void,
  qualifies: (record: OpRecord<unknown>, op: OpName) => boolean = differentiable,
): void {
  for (const [op, record] of operations) {
    if (qualifies(record, op)) it(op, () => holds(runs, (gen) => property(sampleOf(op, gen), gen)));
  }
}

/** Whether it has a derivative, and an operand along which it is taken: keys and indices do not move. */
export const differentiable = ({ derivative, domain }: OpRecord<unknown>): boolean =>
  derivative.kind !== "none" && domain({ integer: (low) => low }).inputs.some((one) => "shape" in one);

/** Whether the derivative is not 0 everywhere. */
export const hasRule = ({ derivative }: OpRecord<unknown>): boolean =>
  derivative.kind === "each" ? derivative.rules.some((rule) => rule !== null) : derivative.kind !== "none";

export function drawFrom(gen: Gen): Draw {
  return { integer: (low, high) => gen(fc.integer, { min: low, max: high }) };
}

const STEPS = 2 ** 16;
const many = (count: number, low: number, high: number) =>
  fc.array(fc.noBias(fc.integer({ min: low, max: high })), { minLength: count, maxLength: count });

/** A use of an operation; with `whole`, its operands are whole numbers (other than 0) of -4 to 4. */
export function sampleOf(op: OpName, gen: Gen, { whole = false } = {}): Sample {
  const record = table[op] as OpRecord<unknown>;
  const { inputs: wanted, attributes, distinct = false } = record.domain(drawFrom(gen));
  freezeDeep(attributes);
  const count = wanted.reduce((total, one) => total + ("shape" in one ? sizeOf(one.shape) : 0), 0);
  const apart = distinct ? distinctLevels(gen(many, count, 0, STEPS)) : undefined;
  const inputs = wanted.map((one): Tensor => {
    if ("indices" in one) {
      return fromTypedArray(Int32Array.from(gen(many, sizeOf(one.indices), 0, one.below - 1)), one.indices);
    }
    if (whole) return wholes(gen, one.shape, 1);
    const size = sizeOf(one.shape);
    const levels = apart?.splice(0, size) ?? gen(many, size, 0, STEPS).map((level) => level / STEPS);
    return fromTypedArray(
      Float64Array.from(levels, (level) => within(one.interval, level)),
      one.shape,
    );
  });
  return sampleWith(op, record, attributes, inputs);
}

/** A sample of given operands. */
export function sampleWith(
  op: OpName,
  record: OpRecord<unknown>,
  attributes: unknown,
  inputs: readonly Tensor[],
): Sample {
  const floats = inputs.filter((x) => x.dtype !== "int32");
  const f = (...x: Value[]): Value => {
    let next = 0;
    return apply(
      op,
      attributes as never,
      inputs.map((own) => (own.dtype === "int32" ? own : x[next++])),
    );
  };
  return { op, record, attributes, inputs, floats, f };
}

/** The point at `level` (0 to 1) of the interval without the neighbourhoods of its kinks. */
function within({ low, high, kinks = [], margin = 0 }: Interval, level: number): number {
  const pieces: [from: number, to: number][] = [];
  let from = low;
  for (const kink of [...kinks].sort((a, b) => a - b)) {
    if (kink - margin > from) pieces.push([from, kink - margin]);
    from = Math.max(from, kink + margin);
  }
  if (high > from) pieces.push([from, high]);
  let left = level * pieces.reduce((total, [a, b]) => total + b - a, 0);
  for (const [a, b] of pieces) {
    if (left <= b - a) return a + left;
    left -= b - a;
  }
  return pieces.at(-1)![1];
}

/** As many different levels, a 200th apart, in the order that the choices give (Fisher and Yates). */
function distinctLevels(choices: readonly number[]): number[] {
  const grid = Array.from({ length: 201 }, (_, i) => i / 200);
  return choices.map((choice) => grid.splice(choice % grid.length, 1)[0]);
}

/** Numbers of -2 to 2, for directions and cotangents. */
export const reals = (gen: Gen, shape: Shape): Tensor =>
  fromTypedArray(
    Float64Array.from(gen(many, sizeOf(shape), -1000, 1000), (level) => level / 500),
    shape,
  );

/** Whole numbers of -4 to 4 in float64; at least `least` in size. */
export const wholes = (gen: Gen, shape: Shape, least = 0): Tensor =>
  fromTypedArray(
    Float64Array.from(gen(many, sizeOf(shape), -4, 4), (n) => (Math.abs(n) < least ? least : n)),
    shape,
  );

function freezeDeep(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freezeDeep);
}
