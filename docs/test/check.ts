// What the checks of a page call while it runs: a value against what the comment beside it says.

interface Digits {
  readonly digits: string;
}
type Expected = Digits | string | boolean | null | readonly Expected[] | { readonly [name: string]: Expected };

/**
 * @throws Error, with the page and the line, where the value is not as expected
 * @example check(Math.E, "2.71...", "page.md:3")
 */
export function check(actual: unknown, expected: string, where: string): void {
  if (!agrees(actual, parse(expected, where))) {
    throw new Error(`${where}: expected ${expected}, got ${show(actual)}`);
  }
}

/** Checks that a value prints as the page shows it; the error shows the whole text, for the page to be mended. */
export function prints(actual: unknown, expected: string, where: string): void {
  if (String(actual) !== expected)
    throw new Error(`${where}: this is not what is printed, which is\n${String(actual)}`);
}

/** Checks that `body` throws an error with this name, whose message begins so. Waits where `body` gives a promise. */
export function throws(body: () => unknown, name: string, message: string, where: string): unknown {
  const expected = message === "" ? name : `${name}: ${message}`;
  const missing = (value: unknown): never => {
    throw new Error(`${where}: expected ${expected}, got the value ${show(value)}`);
  };
  const judge = (error: unknown): void => {
    if (error instanceof Error && error.name === name && error.message.startsWith(message)) return;
    throw new Error(`${where}: expected ${expected}, got ${String(error)}`, { cause: error });
  };
  let value: unknown;
  try {
    value = body();
  } catch (error) {
    return judge(error);
  }
  return value instanceof Promise ? value.then(missing, judge) : missing(value);
}

/** A number as a page writes it, with or without `...`. */
const NUMBER = /^-?(?:\d+(?:\.\d+(?:\.\.\.)?)?(?:e[-+]?\d+)?|Infinity)$|^NaN$/;

/** Reads JSON in which names need no quotes and numbers may be NaN, infinite, or end with `...`. */
function parse(text: string, where: string): Expected {
  const json = text.replaceAll(/"(?:[^"\\]|\\.)*"|[-+.\w]+(\s*:)?/g, (token, colon: string | undefined) => {
    if (token.startsWith('"') || ["true", "false", "null"].includes(token)) return token;
    if (colon !== undefined) return `${JSON.stringify(token.replace(/\s*:$/, ""))}:`;
    return NUMBER.test(token) ? `{"digits":"${token}"}` : token;
  });
  try {
    return JSON.parse(json) as Expected;
  } catch {
    throw new Error(`${where}: "${text}" is no value; let a comment that is no expectation begin with a word`);
  }
}

const isDigits = (expected: Expected): expected is Digits =>
  typeof expected === "object" && expected !== null && typeof (expected as Digits).digits === "string";

/** Compares what JSON would show of a value; typed arrays count as arrays. */
function agrees(value: unknown, expected: Expected): boolean {
  const actual = plain(value);
  if (isDigits(expected)) return typeof actual === "number" && hasDigits(actual, expected.digits);
  if (typeof expected !== "object" || expected === null) return actual === expected;
  if (typeof actual !== "object" || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return false;
  const [found, wanted] = [Object.entries(actual), new Map<string, Expected>(Object.entries(expected))];
  return found.length === wanted.size && found.every(([k, v]) => wanted.has(k) && agrees(v, wanted.get(k)!));
}

function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  const { toJSON } = (value ?? {}) as { toJSON?: unknown };
  return typeof toJSON === "function" ? (toJSON.call(value) as unknown) : value;
}

/** `2.71...`: the digits go on. `2.72` and `2.7e-9`: rounded to so many decimals. `3`, `NaN`: the number itself. */
function hasDigits(actual: number, expected: string): boolean {
  if (expected.endsWith("...")) {
    const shortest = String(actual);
    return (shortest.includes("e") ? actual.toFixed(20) : shortest).startsWith(expected.slice(0, -3));
  }
  const [, decimals, exponent] = /\.(\d+)(e.*)?$/.exec(expected) ?? [];
  if (decimals === undefined) return actual === Number(expected) || Object.is(actual, Number(expected));
  const round = exponent === undefined ? actual.toFixed(decimals.length) : actual.toExponential(decimals.length);
  return Number(round) === Number(expected);
}

const show = (value: unknown): string => {
  const text = JSON.stringify(plain(value), (_, part: unknown) => {
    const inner = plain(part);
    return typeof inner === "number" && !Number.isFinite(inner) ? String(inner) : inner;
  });
  return text === undefined ? String(value) : text.length > 300 ? `${text.slice(0, 300)} ...` : text;
};
