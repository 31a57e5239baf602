// elbo sample and elbo reconstruct: what a trained model draws.

import { key as keyOf, mul, round, slice, type Tensor, withMatmulMode, zeros } from "@elbo/tensor";
import { type Dataset, type Model, reconstruct, sampleMeans, writeIdx } from "@elbo/vae";
import { openRun, writeFileAtomic } from "@elbo/vae/node";
import { imageGrid, pairedStrip } from "@elbo/vae/report";
import { otherDataOptions, load, sourceOf } from "../data-options.js";
import { type Given, helpText, number, type OptionSpecs, readOptions, text, UsageError } from "../options.js";
import { prepareToEvaluate } from "../switches.js";

const sampleSpecs: OptionSpecs = {
  ...otherDataOptions,
  count: { value: "N", about: "how many (default 64)" },
  seed: { value: "N", about: "of the latent points (default 0)" },
  columns: { value: "N", about: "of the grid (default: as square as it gets)" },
  out: { value: "FILE", about: ".png for a grid, .idx for the images as data (default samples.png)" },
};

const reconstructSpecs: OptionSpecs = {
  ...otherDataOptions,
  count: { value: "N", about: "how many, from the front of the test part (default 20)" },
  out: { value: "FILE.png", about: "test images above their reconstructions (default reconstructions.png)" },
};

export const sampleHelp = helpText(
  "elbo sample RUN: means of p(x|z) for z ~ N(0, I); for an autoencoder, for draws of a Gaussian fitted to its codes",
  sampleSpecs,
  "elbo sample runs/start --count 100 --seed 3 --out samples.png",
);
export const reconstructHelp = helpText(
  "elbo reconstruct RUN: test examples through the latent means and back",
  reconstructSpecs,
  "elbo reconstruct runs/start --count 30 --out reconstructions.png",
);

interface Opened {
  readonly model: Model;
  readonly count: number | undefined;
  /** Computes in the run's mode of matrix products. */
  readonly inMode: <T>(run: () => T) => T;
  /** Reads the data, which not every picture needs. */
  readonly data: () => Promise<Dataset>;
}

async function opened(verb: string, given: Given): Promise<Opened> {
  const [folder] = given.words;
  if (folder === undefined) throw new UsageError(`${verb}: which run? give its folder: elbo ${verb} runs/start`);
  const count = number(given, "count", { whole: true, least: 1 });
  const { model, config } = await openRun(folder);
  prepareToEvaluate();
  return {
    model,
    count,
    inMode: (run) => withMatmulMode(config.training.matmul, run),
    data: () => load(sourceOf(given, config.source)),
  };
}

/** Small images are drawn larger, by a whole factor. */
const scaleFor = (images: Tensor): number => Math.max(1, Math.floor(64 / Math.max(images.shape[1], images.shape[2])));

function requireImages(model: Model, instead = ""): void {
  if (model.config.input.length !== 2) {
    throw new UsageError(
      `the model's examples have shape [${model.config.input.join(", ")}] and are no images${instead}`,
    );
  }
}

export async function sample(args: readonly string[]): Promise<number> {
  const given = readOptions("sample", sampleSpecs, args, ["run"]);
  if (given.options.help) {
    console.log(sampleHelp);
    return 0;
  }
  const out = text(given, "out") ?? "samples.png";
  if (!/\.(png|idx)$/.test(out)) throw new UsageError(`--out ends in .png or .idx, got ${JSON.stringify(out)}`);
  const seed = number(given, "seed", { whole: true, least: 0 }) ?? 0;
  const { model, inMode, data, count = 64 } = await opened("sample", given);
  const columns = number(given, "columns", { whole: true, least: 1 }) ?? Math.ceil(Math.sqrt(count));
  if (out.endsWith(".png")) requireImages(model, "; write them as .idx");
  // Only an autoencoder, which has no prior, looks at its data for that.
  const inputs = model.kind === "vae" ? zeros([0, ...model.config.input]) : (await data()).train.inputs;
  const images = inMode(() => sampleMeans(model, inputs, keyOf(seed), count));
  await writeFileAtomic(
    out,
    out.endsWith(".idx")
      ? writeIdx(images.shape, asBytes(images))
      : imageGrid(images, { columns, scale: scaleFor(images) }),
  );
  console.log(`${count} samples of seed ${seed}: ${out}`);
  return 0;
}

/** Numbers of 0 to 1 as bytes; what lies outside is cut off. */
const asBytes = (x: Tensor): Uint8Array => Uint8Array.from(Uint8ClampedArray.from(round(mul(x, 255)).data));

export async function reconstructVerb(args: readonly string[]): Promise<number> {
  const given = readOptions("reconstruct", reconstructSpecs, args, ["run"]);
  if (given.options.help) {
    console.log(reconstructHelp);
    return 0;
  }
  const out = text(given, "out") ?? "reconstructions.png";
  if (!out.endsWith(".png")) throw new UsageError(`--out ends in .png, got ${JSON.stringify(out)}`);
  const { model, inMode, data, count = 20 } = await opened("reconstruct", given);
  requireImages(model);
  const images = slice((await data()).test.inputs, [{ stop: count }]);
  const reconstructions = inMode(() => reconstruct(model, images));
  await writeFileAtomic(out, pairedStrip(images, reconstructions, { scale: scaleFor(images) }));
  console.log(`${images.shape[0]} test images above their reconstructions: ${out}`);
  return 0;
}
