// The options of the verbs: how they are read, checked and explained.

import { parseArgs } from "node:util";
import { type Noise, parseNoise } from "@elbo/vae";

/** A call that cannot be understood; the process ends with exit code 2. */
export class UsageError extends Error {}

/** One option of a verb. `flag` options take no value. */
export interface OptionSpec {
  readonly value?: string;
  readonly about: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What was given: texts by option name, `true` for flags, and the words that are no options. */
export interface Given {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
}

/** Reads arguments strictly: an unknown option, a missing value or a surplus word is a UsageError. */
export function readOptions(
  verb: string,
  specs: OptionSpecs,
  args: readonly string[],
  words: readonly string[],
): Given {
  const known = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      { type: spec.value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...known, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
      strict: true,
    });
    if (positionals.length > words.length)
      throw new UsageError(
        `${verb}: does not know what to do with ${JSON.stringify(positionals[words.length])}; see elbo ${verb} --help`,
      );
    return { options: values as Given["options"], words: positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const [, ambiguous] = /'(--[\w-]+)[^']*' argument is ambiguous/.exec((error as Error).message) ?? [];
    if (ambiguous)
      throw new UsageError(
        `${verb}: ${ambiguous} needs a value; a value that begins with - is written ${ambiguous}=-1`,
      );
    const message = (error as Error).message.split(/\. |\n/)[0];
    throw new UsageError(`${verb}: ${message.charAt(0).toLowerCase()}${message.slice(1)}; see elbo ${verb} --help`);
  }
}

/** A number, or undefined where the option was not given. */
export function number(
  given: Given,
  name: string,
  { whole = false, least = -Infinity }: { whole?: boolean; least?: number } = {},
): number | undefined {
  const text = given.options[name];
  if (text === undefined) return undefined;
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : NaN;
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value)) || value < least) {
    throw new UsageError(
      `--${name} takes a ${whole ? "whole " : ""}number${least > -Infinity ? ` of ${least} or more` : ""}, got ${JSON.stringify(text)}`,
    );
  }
  return value;
}

/** One of a few words. */
export function choice<const C extends string>(given: Given, name: string, among: readonly C[]): C | undefined {
  const text = given.options[name];
  if (text === undefined) return undefined;
  if (!among.includes(text as C))
    throw new UsageError(`--${name} is one of ${among.join(", ")}; got ${JSON.stringify(text)}`);
  return text as C;
}

/** Whole numbers of 1 or more separated by commas; `none` is the empty list. */
export function widths(given: Given, name: string): number[] | undefined {
  const text = given.options[name];
  if (text === undefined) return undefined;
  if (text === "none") return [];
  const list = String(text).split(",").map(Number);
  if (!list.every((width) => Number.isSafeInteger(width) && width >= 1)) {
    throw new UsageError(`--${name} takes layer widths such as 200,200 (or none), got ${JSON.stringify(text)}`);
  }
  return list;
}

/** Kinds of noise with their levels, separated by commas; `none` is the empty list. */
export function corruption(given: Given, name: string): Noise[] | undefined {
  const text = given.options[name];
  if (text === undefined) return undefined;
  return text === "none" ? [] : String(text).split(",").map(parseNoise);
}

export const text = (given: Given, name: string): string | undefined => given.options[name] as string | undefined;

/** The help of a verb, from the same table that reads its options. */
export function helpText(head: string, specs: OptionSpecs, example: string): string {
  const rows = Object.entries(specs).map(
    ([name, { value, about }]) => [`  --${name}${value === undefined ? "" : ` ${value}`}`, about] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    head,
    "",
    "Options:",
    ...rows.map(([left, about]) => `${left.padEnd(width)}  ${about}`),
    "",
    "Example:",
    `  ${example}`,
    "",
  ].join("\n");
}
