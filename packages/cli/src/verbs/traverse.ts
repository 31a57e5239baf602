// elbo traverse: what changes in an image while one latent dimension changes.

import { latentAxes, latentMeans, middleOf, pick, traversals } from "@elbo/vae";
import { reshape } from "@elbo/tensor";
import { traversalRows } from "@elbo/vae/report";
import { otherDataOptions } from "../data-options.js";
import { type Given, helpText, number, type OptionSpecs, readOptions, text, UsageError } from "../options.js";
import { exampleOf, fileOf, opened, PATHS, requireImages, writePaths } from "./pictures.js";

const specs: OptionSpecs = {
  ...otherDataOptions,
  dimension: {
    value: "J|all",
    about: "the latent dimension, counted from 1, or all of them, the weightiest first (default all)",
  },
  example: {
    value: "I",
    about: "the test example to begin at, counted from 0 (default: the prior's mean, or that of the codes)",
  },
  steps: { value: "N", about: "images of each dimension (default 11)" },
  out: { value: "FILE", about: ".png for strips, .gif for an animation there and back (default traversal.png)" },
};

const help = helpText(
  "elbo traverse RUN (of images): what is decoded while one latent dimension goes 3 standard deviations to either side, the others at rest",
  specs,
  "elbo traverse runs/start --dimension all --example 0 --out traversal.png",
);

export async function traverse(args: readonly string[]): Promise<number> {
  const given = readOptions("traverse", specs, args, ["run"]);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  const out = fileOf(given, "traversal.png", PATHS.endings, PATHS.listed);
  const steps = number(given, "steps", { whole: true, least: 2 }) ?? 11;
  const { model, config, inMode, data } = await opened("traverse", given);
  const { latent } = model.config;
  const dimension = dimensionOf(given, latent);
  requireImages(model);
  const loaded = await data();
  const example = exampleOf(given, "example", loaded);
  const paths = inMode(() => {
    const axes = latentAxes({ model, data: loaded, training: config.training });
    const point =
      example === undefined
        ? middleOf(axes)
        : reshape(latentMeans(model, pick(loaded.test.inputs, [example])), [latent]);
    const chosen = axes.filter((axis) => dimension === "all" || axis.dimension === dimension - 1);
    return traversals(model, chosen, point, steps);
  });
  await writePaths(out, traversalRows(paths, model.kind));
  const what = dimension === "all" ? `${latent} latent dimensions` : `latent dimension ${dimension}`;
  console.log(`${what}${example === undefined ? "" : ` at test example ${example}`}: ${out}`);
  return 0;
}

function dimensionOf(given: Given, latent: number): number | "all" {
  const asked = text(given, "dimension") ?? "all";
  if (asked === "all") return asked;
  const dimension = Number(asked);
  if (Number.isInteger(dimension) && dimension >= 1 && dimension <= latent) return dimension;
  throw new UsageError(`--dimension is all or from 1 to ${latent}, got ${JSON.stringify(asked)}`);
}
