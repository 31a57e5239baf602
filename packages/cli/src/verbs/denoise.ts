// elbo denoise: how well noise is removed, beside filters; and a picture of the user's own, cleaned.

import { sub, type Tensor } from "@elbo/tensor";
import { cleanExamples, denoise as denoised, isImageModel, type ModelConfig, noisesFor } from "@elbo/vae";
import { loadExamples, openRun, writeFileAtomic } from "@elbo/vae/node";
import { denoiseExhibit, imageGrid, pairedStrip } from "@elbo/vae/report";
import { loadFor } from "../data-options.js";
import { corruption, type Given, type OptionSpecs, text, UsageError } from "../options.js";
import { requireWritable } from "../paths.js";
import { seedOf, study, type Use, useVerb } from "./use.js";

const specs: OptionSpecs = {
  noise: {
    value: "KIND:LEVEL,...",
    about: "what to judge by: gaussian:S, salt-pepper:P, masking:P (default: three levels of each)",
  },
  invert: { about: "IMAGE.png is white on black" },
  strip: { value: "FILE.png", about: "IMAGE.png before and after" },
};

export const denoise: Use = {
  name: "denoise",
  about:
    "noise removed from test examples, beside a median, a blur and the Wiener filter; with IMAGE.png, from that picture into --out FILE.png (default denoised.png)",
  specs,
  example: "elbo denoise runs/start --noise gaussian:0.25,gaussian:0.5,masking:0.5",
  prepare: (given, run) => {
    refuse(given, ["invert", "strip"], "a picture: elbo denoise RUN IMAGE.png");
    const noises = noisesFor(run.config.model, corruption(given, "noise"));
    return async (studied) => denoiseExhibit(await denoised(studied, { noises, seed: seedOf(given) }));
  },
  second: { word: "IMAGE.png", run: cleanPicture },
};

export const denoiseVerb = useVerb(denoise);

/** Options that have no meaning in this form of the verb are mistakes. */
function refuse(given: Given, names: readonly string[], belongsTo: string): void {
  const found = names.find((name) => given.options[name] !== undefined);
  if (found !== undefined) throw new UsageError(`denoise: --${found} belongs to ${belongsTo}`);
}

async function cleanPicture(given: Given): Promise<number> {
  refuse(given, ["json", "seed"], "the tables: elbo denoise RUN");
  const [folder, path] = given.words;
  const out = pngName(given, "out") ?? "denoised.png";
  const strip = pngName(given, "strip");
  requireWritable(out);
  requireWritable(strip);
  const run = await openRun(folder);
  const noises = noisesFor(run.config.model, corruption(given, "noise"));
  const turned = given.options.invert ? inverse : (image: Tensor): Tensor => image;
  const noisy = turned(await readPicture(path, run.config.model));
  const data = await loadFor(run, given);
  const { examples, denoiser } = await study("denoise", given, run, data, (studied) =>
    cleanExamples(studied, noisy, noises),
  );
  await writeFileAtomic(out, imageGrid(turned(examples)));
  if (strip !== undefined) await writeFileAtomic(strip, pairedStrip(turned(noisy), turned(examples), { scale: 4 }));
  const before = strip === undefined ? "" : `; before and after: ${strip}`;
  console.log(`${path} through the ${denoiser.name}: ${out}${before}`);
  return 0;
}

function pngName(given: Given, option: string): string | undefined {
  const name = text(given, option);
  if (name !== undefined && !/\.png$/i.test(name))
    throw new UsageError(`--${option} ends in .png, got ${JSON.stringify(name)}`);
  return name;
}

/** Ink where there was paper. */
const inverse = (image: Tensor): Tensor => sub(1, image);

/** A picture as one example of the model, `[1, height, width]`. */
async function readPicture(path: string, config: ModelConfig): Promise<Tensor> {
  if (!/\.png$/i.test(path))
    throw new UsageError(`denoise: a picture to clean ends in .png, got ${JSON.stringify(path)}`);
  const { input } = config;
  if (!isImageModel(config))
    throw new UsageError(`the model's examples have shape [${input.join(", ")}] and are no images; leave ${path} out`);
  return loadExamples(path, { input });
}
