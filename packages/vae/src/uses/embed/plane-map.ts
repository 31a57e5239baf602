// Embeddings on a plane: points with their classes, and posteriors as ellipses.

import { concrete } from "@elbo/autograd";
import { eye, gather, slice, sqrt, type Tensor } from "@elbo/tensor";
import { principalComponents } from "../../baselines/pca.js";
import type { Split } from "../../data/dataset.js";
import { spreadOver } from "../../data/spread.js";
import { varianceOf } from "../../distributions/index.js";
import { type Ellipse, posteriorAxes } from "../../evaluation/ellipses.js";
import { type Projection, projectToPlane } from "../../evaluation/latent.js";
import { flatten } from "../../models/model.js";
import type { Vae } from "../../models/vae.js";

/** One embedding as points of the plane; what `latentChart` draws. */
export interface PlaneMap extends Projection {
  /** Whose embedding it is. */
  readonly method: string;
  readonly labels: readonly number[] | null;
  /** Where one standard deviation of `q(z|x)` lies, of some of the points. */
  readonly ellipses: readonly Ellipse[];
}

/** Up to this class, the classes of an embedding in one dimension are set on lines one above the other. */
const LINES = 20;

/** Codes `[count, dimensions]` as a map, along their first two principal components where there are more dimensions. */
export function planeMap(method: string, codes: Tensor, labels: Tensor | null): PlaneMap {
  const classes = labels && Array.from(labels.data);
  const { points, axes } = projectToPlane(codes);
  const map = { method, points, axes, labels: classes, ellipses: [] };
  if (codes.shape[1] > 1 || classes === null || classes.some((label) => label > LINES)) return map;
  return { ...map, points: points.map(([x], i) => [x, classes[i]] as const), axes: [axes[0], "class"] };
}

/** The standard deviations of `q(z|x)`, `[count, latent]`. */
export const posteriorDeviations = (model: Vae, inputs: Tensor): Tensor =>
  sqrt(concrete(varianceOf(model.encode(model.params, flatten(model.config, inputs)))));

/**
 * A map with ellipses at up to `count` of its points, spread over the classes: the posteriors `N(mu, diag(sigma^2))`
 * seen along the axes of the map. Wide ones are fewer, so that points are seen through them; in one dimension there are
 * none.
 *
 * @param part the examples of the map, in its order
 * @param codes `[count, latent]`: the means of `q(z|x)`
 */
export function withPosteriors(map: PlaneMap, model: Vae, part: Split, codes: Tensor, count: number): PlaneMap {
  const { latent } = model.config;
  if (latent === 1) return map;
  const chosen = spreadOver(part, count);
  // The axes of `projectToPlane`.
  const along = latent === 2 ? eye(2) : slice(principalComponents(codes).components, [null, { stop: 2 }]);
  const shapes = posteriorAxes(posteriorDeviations(model, gather(part.inputs, chosen)), along);
  const ellipses = Array.from(chosen.data, (i, at): Ellipse => {
    const [x, y] = map.points[i];
    return { x, y, ...shapes[at], label: map.labels?.[i] ?? null };
  });
  return { ...map, ellipses: uncrowded(ellipses, map) };
}

/** How many times ellipses may cover the square around the points. */
const COVER = 2;

/** The first of the ellipses, as many as together are no larger than the points' square so many times; at least one. */
function uncrowded(ellipses: readonly Ellipse[], { points }: PlaneMap): Ellipse[] {
  const range = (axis: 0 | 1): number => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  const room = COVER * Math.max(range(0), range(1)) ** 2;
  let area = 0;
  return ellipses.filter(({ major, minor }, i) => {
    area += Math.PI * major * minor;
    return i === 0 || area <= room;
  });
}
