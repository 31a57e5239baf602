// Control flow: blocks, loops, branches, conditions, and the counting loop that most kernels are made of.

import type { Expression, Label, Local, Statement, ValueType } from "./code.js";
import { i32 } from "./instructions.js";

const NO_VALUE = 0x40;

function construct(opcode: number, kind: Label["kind"], body: (label: Label) => readonly Statement[]): Statement {
  const label: Label = { kind };
  return {
    type: "none",
    code: [opcode, NO_VALUE, { enter: label }, body(label).map(({ code }) => code), "leave", 0x0b],
  };
}

/** Statements that a branch to the label leaves. */
export const block = (body: (end: Label) => readonly Statement[]): Statement => construct(0x02, "block", body);

/** Statements that a branch to the label begins anew; without a branch they run once. */
export const loop = (body: (again: Label) => readonly Statement[]): Statement => construct(0x03, "loop", body);

/** Goes to the label. */
export const branch = (label: Label): Statement => ({ type: "none", code: [0x0c, { branchTo: label }] });

/** Goes to the label if the condition is not 0. */
export const branchIf = (label: Label, condition: Expression<"i32">): Statement => ({
  type: "none",
  code: [condition.code, 0x0d, { branchTo: label }],
});

/** One list of statements or the other. */
export function when(
  condition: Expression<"i32">,
  then: readonly Statement[],
  otherwise: readonly Statement[] = [],
): Statement {
  const label: Label = { kind: "block" };
  const codes = (statements: readonly Statement[]) => statements.map(({ code }) => code);
  const second = otherwise.length > 0 ? [0x05, codes(otherwise)] : [];
  return {
    type: "none",
    code: [condition.code, 0x04, NO_VALUE, { enter: label }, codes(then), second, "leave", 0x0b],
  };
}

/** Ends the function with a value. */
export const giveBack = <T extends ValueType>(value: Expression<T>): Statement => ({
  type: "none",
  code: [value.code, 0x0f],
});

/** `for (counter = from; counter < to; counter += step)`, signed. */
export function countUp(
  counter: Local<"i32">,
  from: Expression<"i32">,
  to: Expression<"i32">,
  step: Expression<"i32">,
  body: readonly Statement[],
): Statement {
  return block((end) => [
    counter.set(from),
    loop((again) => [branchIf(end, i32.geS(counter, to)), ...body, counter.set(i32.add(counter, step)), branch(again)]),
  ]);
}

/** Statements that run `count` times; `left` counts down. */
export function repeat(left: Local<"i32">, count: Expression<"i32">, body: readonly Statement[]): Statement {
  return when(left.tee(count), [loop((again) => [...body, branchIf(again, left.tee(i32.sub(left, i32.const(1))))])]);
}
