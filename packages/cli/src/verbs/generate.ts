// elbo generate: samples beside an autoencoder's, their nearest neighbours, and walks through the latent space.

import { generate as sampleAndJudge } from "@elbo/vae";
import { generateExhibit } from "@elbo/vae/report";
import { number, UsageError } from "../options.js";
import { seedOf, type Use, useVerb } from "./use.js";

export const generate: Use = {
  name: "generate",
  about: "new examples, judged beside an autoencoder's and beside real ones; interpolations, traversals, an animation",
  specs: {
    count: { value: "N", about: "samples of each model (default 1000)" },
    sure: { value: "P", about: "the probability from which on a classifier counts as sure (default 0.9)" },
  },
  example: "elbo generate runs/start --count 1000 --sure 0.9 --seed 0",
  prepare: (given) => {
    const count = number(given, "count", { whole: true, least: 1 });
    const sure = number(given, "sure");
    if (sure !== undefined && !(sure > 0 && sure <= 1))
      throw new UsageError(`--sure is a probability above 0, got ${sure}`);
    const seed = seedOf(given);
    return async (study) => generateExhibit(await sampleAndJudge(study, { seed, count, sure }), study);
  },
};

export const generateVerb = useVerb(generate);
