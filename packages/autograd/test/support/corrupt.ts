// Wrong rules, made from right ones, for showing that the checker notices them.

import {
  type Derivative,
  mul,
  neg,
  type OpName,
  type OpRecord,
  type OpTable,
  slice,
  type Value,
} from "../../src/index.js";
import { withEngine } from "../../src/testing/index.js";

type Change = (cotangent: Value) => Value;

/** A way to spoil the rule of operand `index`. */
export interface Corruption {
  readonly name: string;
  readonly index: number;
  run<R>(op: OpName, body: () => R): R;
}

/** Runs with the derivative of one operation replaced. */
export function withDerivativeOf<R>(op: OpName, derivative: Derivative<unknown>, body: () => R): R {
  return withEngine((present) => {
    const record = present.table[op] as OpRecord<unknown>;
    return { ...present, table: { ...present.table, [op]: { ...record, derivative } } as OpTable };
  }, body);
}

/** The derivative with a change to the cotangent of one operand; a rule that is null gives the cotangent itself. */
function changed(derivative: Derivative<unknown>, index: number, change: Change): Derivative<unknown> {
  switch (derivative.kind) {
    case "each":
      return {
        kind: "each",
        rules: derivative.rules.map((rule, i) => {
          if (i !== index) return rule;
          return rule === null ? (g) => g : (g, application) => change(rule(g, application));
        }),
      };
    case "same":
      return {
        kind: "same",
        rule: (g, application) => {
          const part = derivative.rule(g, application);
          return application.index === index ? change(part) : part;
        },
      };
    case "joint":
      return {
        kind: "joint",
        rule: (g, application) => derivative.rule(g, application).map((part, i) => (i === index ? change(part) : part)),
      };
    case "none":
      return derivative;
  }
}

const corruption = (name: string, record: OpRecord<unknown>, index: number, change: Change): Corruption => ({
  name: `${name}, operand ${index}`,
  index,
  run: (op, body) => withDerivativeOf(op, changed(record.derivative, index, change), body),
});

/** Everything that is done to the rules of a record with so many operands. */
export function corruptions(record: OpRecord<unknown>, operands: number): Corruption[] {
  const { derivative, broadcasts } = record;
  const hasRule = (index: number): boolean => derivative.kind !== "each" || (derivative.rules[index] ?? null) !== null;
  const ways = Array.from({ length: operands }, (_, index) => {
    if (!hasRule(index)) {
      return [corruption("a null rule that passes the cotangent", record, index, (part) => part)];
    }
    return [
      corruption("times 1.01", record, index, (part) => mul(1.01, part)),
      corruption("sign flipped", record, index, neg),
    ];
  }).flat();
  return broadcasts && operands > 1
    ? [...ways, ...unbroadcastings(operands).filter(({ index }) => hasRule(index))]
    : ways;
}

/** The sum over stretched axes left out, and replaced by its first term (which has the right shape). */
const unbroadcastings = (operands: number): Corruption[] =>
  Array.from({ length: operands }, (_, index): Corruption[] => [
    {
      name: `un-broadcast dropped, operand ${index}`,
      index,
      run: (_, body) => withEngine((present) => ({ ...present, unbroadcast: (part) => part }), body),
    },
    {
      name: `un-broadcast takes one term, operand ${index}`,
      index,
      run: (_, body) =>
        withEngine(
          (present) => ({
            ...present,
            unbroadcast: (part, shape) => present.unbroadcast(firstTerms(part, shape.length, shape), shape),
          }),
          body,
        ),
    },
  ]).flat();

function firstTerms(part: Value, rank: number, shape: readonly number[]): Value {
  const missing = part.shape.length - rank;
  return slice(
    part,
    part.shape.map((length, axis) =>
      axis < missing || (shape[axis - missing] === 1 && length !== 1) ? { stop: 1 } : null,
    ),
  );
}
