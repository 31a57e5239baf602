// Reverse mode: a value together with the map that pulls cotangents back.

import { pullBack } from "../core/pullback.js";
import { leaves, rebuild } from "../core/tree.js";
import { alike, asValue, outside, record } from "./record.js";

/**
 * The value of `f` at the primals, and its pullback: from a cotangent of the result to the cotangents of the primals,
 * `J^T w`. Primals and result may be trees. The pullback may be called any number of times.
 * @throws ShapeError where a cotangent has another shape than the result
 * @example
 * const [y, pullback] = vjp((x) => mul(x, x), tensor([1, 2]));
 * pullback(tensor([1, 0]))[0].toArray(); // [2, 0]
 */
export function vjp<P extends unknown[], Y>(
  f: (...primals: P) => Y,
  ...primals: P
): [y: Y, pullback: (cotangent: Y) => P] {
  const all = primals.map((_, i) => i);
  const { session, inputs, result } = record(f, primals, all);
  const outputs = leaves(result).map(asValue);
  const pullback = (cotangent: Y): P => {
    const seeds = alike("vjp", "the cotangent", cotangent, outputs);
    return rebuild(primals, pullBack(session, outputs, seeds, inputs));
  };
  return [outside(result, session), pullback];
}
