// Functions with a derivative rule of their own.

import { apply } from "../core/apply.js";
import type { Operand, Value } from "../core/traced.js";

/**
 * A function whose derivative is given by a rule instead of being derived: `pullback(g, y, ...x)` returns a cotangent
 * for each argument. Written in operations, the rule itself can be differentiated again.
 * @throws ShapeError, when differentiated, where the rule gives other shapes than the arguments have
 * @example const clipped = customVjp((x) => x, (g) => [clamp(g, -1, 1)]); // the identity that clips its gradient
 */
export function customVjp(
  f: (...x: Value[]) => Value,
  pullback: (cotangent: Value, y: Value, ...x: Value[]) => readonly Value[],
): (...x: Operand[]) => Value {
  return (...x) => apply("custom", { f, pullback }, x);
}
