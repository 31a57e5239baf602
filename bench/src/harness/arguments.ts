// The options that the measuring suites share, and the error of a bad call.

import { parseArgs } from "node:util";

/** A call that cannot be served: one line, exit code 2. */
export class BadCall extends Error {}

export interface Options {
  readonly rounds: number;
  /** Beginnings of names; empty means all. */
  readonly engines: readonly string[];
  /** Parts of case names; empty means all. */
  readonly cases: readonly string[];
  /** One square product of this size, instead of the cases. */
  readonly size?: number;
  readonly json?: string;
  readonly svg?: string;
}

export const USAGE =
  "use: pnpm bench [matmul|elementwise|startup|steps (of chapter 3)|step (of training)] [--rounds N] [--engines a,b] [--cases a,b] [--size N] [--json FILE] [--svg FILE] [--node VERSION] [--revectorize]";

/** @throws BadCall for an unknown option, a stray argument, or a value out of range */
export function readOptions(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  let values: Partial<Record<"rounds" | "engines" | "cases" | "size" | "json" | "svg", string>>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { rounds: text, engines: text, cases: text, size: text, json: text, svg: text },
    }));
  } catch (error) {
    throw new BadCall(`${(error as Error).message.split("\n")[0]}; ${USAGE}`, { cause: error });
  }
  return {
    rounds: values.rounds === undefined ? 7 : wholeNumber("rounds", values.rounds),
    engines: list(values.engines),
    cases: list(values.cases),
    ...(values.size === undefined ? {} : { size: wholeNumber("size", values.size) }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.svg === undefined ? {} : { svg: values.svg }),
  };
}

const list = (text = ""): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new BadCall(`--${option} takes a whole number of 1 or more, got ${JSON.stringify(text)}; ${USAGE}`);
}
