// Forward mode, as the transpose of the transpose.

import { zeros } from "@elbo/tensor";
import { leaves, rebuild } from "../core/tree.js";
import { alike, asValue } from "./record.js";
import { vjp } from "./vjp.js";

/**
 * The value of `f` at the primals and its directional derivative `J u` along the tangents. The pullback `w -> J^T w`
 * is linear in `w`, so its own pullback is `u -> J u`, at any `w`.
 * @throws ShapeError where a tangent has another shape than its primal
 * @example jvp((x) => mul(x, x), [tensor(3)], [tensor(1)]) // [9, 6] as tensors
 */
export function jvp<P extends unknown[], Y>(f: (...primals: P) => Y, primals: P, tangents: P): [y: Y, tangent: Y] {
  alike("jvp", "the tangents", tangents, leaves(primals).map(asValue));
  const [y, pullback] = vjp(f, ...primals);
  const nowhere = rebuild(
    y,
    leaves(y).map((leaf) => zeros(asValue(leaf).shape, { dtype: asValue(leaf).dtype })),
  );
  const [, push] = vjp((w: Y) => pullback(w), nowhere);
  return [y, push(tangents)[0]];
}
