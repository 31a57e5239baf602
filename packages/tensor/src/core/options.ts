// Options objects, checked: a misspelt name is an error, not a default.

import { ArgumentError } from "./errors.js";

/**
 * Refuses what is no options object, and names that the operation does not know.
 * @throws ArgumentError that lists the names there are
 * @example checkOptions("sum", { dim: 0 }, ["axis", "keepDims"]) // throws: sum: has no option "dim"; it takes axis, keepDims
 */
export function checkOptions(op: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ArgumentError(`options are an object such as { ${known[0]}: ... }, got ${JSON.stringify(options)}`, {
      op,
    });
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name))
      throw new ArgumentError(`has no option ${JSON.stringify(name)}; it takes ${known.join(", ")}`, { op });
  }
}
