// elbo sample: new examples from a trained model.

import { key as keyOf, mul, round, type Tensor, zeros } from "@elbo/tensor";
import { formatExamples, isImageModel, sampleMeans, writeIdx } from "@elbo/vae";
import { writeFileAtomic } from "@elbo/vae/node";
import { imageGrid } from "@elbo/vae/report";
import { otherDataOptions } from "../data-options.js";
import { helpText, number, type OptionSpecs, readOptions, text, UsageError } from "../options.js";
import { fileOf, opened, requireImages, scaleFor } from "./pictures.js";

const specs: OptionSpecs = {
  ...otherDataOptions,
  count: { value: "N", about: "how many (default 64)" },
  seed: { value: "N", about: "of the latent points (default 0)" },
  columns: { value: "N", about: "of the grid (default: as square as it gets)" },
  out: {
    value: "FILE",
    about:
      ".png for a grid, .idx for the images as data, .csv for a table in its own units (default samples.png, or samples.csv for tables)",
  },
};

export const sampleHelp = helpText(
  "elbo sample RUN: means of p(x|z) for z ~ N(0, I); for an autoencoder, for draws of a Gaussian fitted to its codes",
  specs,
  "elbo sample runs/start --count 100 --seed 3 --out samples.png",
);

export async function sample(args: readonly string[]): Promise<number> {
  const given = readOptions("sample", specs, args, ["run"]);
  if (given.options.help) {
    console.log(sampleHelp);
    return 0;
  }
  fileOf(given, "samples.png", [".png", ".idx", ".csv"], ".png or .idx, or in .csv for tables");
  const count = number(given, "count", { whole: true, least: 1 }) ?? 64;
  const seed = number(given, "seed", { whole: true, least: 0 }) ?? 0;
  const columns = number(given, "columns", { whole: true, least: 1 }) ?? Math.ceil(Math.sqrt(count));
  const { model, inMode, data } = await opened("sample", given);
  const images = isImageModel(model.config);
  const out = text(given, "out") ?? (images ? "samples.png" : "samples.csv");
  if (out.endsWith(".png")) requireImages(model, "; write them as .csv");
  if (out.endsWith(".csv") && images) throw new UsageError("--out ends in .csv for tables; images go to .png or .idx");
  // A VAE has a prior and looks at its data for the units of a table alone.
  const seen = model.kind === "vae" && images ? null : await data();
  const inputs = seen === null ? zeros([0, ...model.config.input]) : seen.train.inputs;
  const examples = inMode(() => sampleMeans(model, inputs, keyOf(seed), count));
  await writeFileAtomic(out, contentOf(out, examples));
  console.log(`${count} samples of seed ${seed}: ${out}`);
  return 0;

  function contentOf(path: string, drawn: Tensor): string | Uint8Array {
    if (path.endsWith(".csv")) return formatExamples(drawn, seen?.columns);
    if (path.endsWith(".idx")) return writeIdx(drawn.shape, asBytes(drawn));
    return imageGrid(drawn, { columns, scale: scaleFor(drawn) });
  }
}

/** Numbers of 0 to 1 as bytes; what lies outside is cut off. */
const asBytes = (x: Tensor): Uint8Array => Uint8Array.from(Uint8ClampedArray.from(round(mul(x, 255)).data));
