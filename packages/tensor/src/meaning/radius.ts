// The meaning of the radius in the normal transform of Box and Muller.

import { meaning } from "./arithmetic.js";
import { log } from "./exponential.js";

/** `sqrt(-2 log u)`, the distance from the origin of two independent normal numbers, for u in (0, 1]. */
export const radius = meaning("radius", 1, (s, u) => s.sqrt(s.mul(s.float(-2), s.apply(log, u))));
