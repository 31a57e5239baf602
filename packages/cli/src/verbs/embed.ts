// elbo embed: coordinates in latent space, their map and the decoder's manifold, beside PCA and a linear autoencoder.

import { embed as embedded, embedOptions } from "@elbo/vae";
import { embedExhibit } from "@elbo/vae/report";
import { choice, number, type OptionSpecs } from "../options.js";
import { seedOf, type Use, useVerb } from "./use.js";

const specs: OptionSpecs = {
  neighbours: { value: "N", about: "nearest neighbours that vote on the class (default 5)" },
  part: { value: "train|test", about: "the part whose coordinates are written (default test)" },
  grid: { value: "N", about: "images in a row of the manifold (default 20)" },
};

export const embed: Use = {
  name: "embed",
  about:
    "coordinates of the data in latent space, a map and the decoder's manifold, beside PCA and a linear autoencoder",
  specs,
  example: "elbo embed runs/start --neighbours 5 --grid 20",
  prepare: (given, _run, data) => {
    const options = embedOptions(data, {
      neighbours: number(given, "neighbours", { whole: true, least: 1 }),
      part: choice(given, "part", ["train", "test"]),
      grid: number(given, "grid", { whole: true, least: 1 }),
      seed: seedOf(given),
    });
    return async (study) => embedExhibit(await embedded(study, options));
  },
};

export const embedVerb = useVerb(embed);
