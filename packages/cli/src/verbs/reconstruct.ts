// elbo reconstruct: test examples above what the model makes of them.

import { slice } from "@elbo/tensor";
import { reconstruct } from "@elbo/vae";
import { writeFileAtomic } from "@elbo/vae/node";
import { pairedStrip } from "@elbo/vae/report";
import { otherDataOptions } from "../data-options.js";
import { helpText, number, type OptionSpecs, readOptions } from "../options.js";
import { fileOf, opened, requireImages, scaleFor } from "./pictures.js";

const specs: OptionSpecs = {
  ...otherDataOptions,
  count: { value: "N", about: "how many, from the front of the test part (default 20)" },
  out: { value: "FILE.png", about: "test images above their reconstructions (default reconstructions.png)" },
};

export const reconstructHelp = helpText(
  "elbo reconstruct RUN: test examples through the latent means and back",
  specs,
  "elbo reconstruct runs/start --count 30 --out reconstructions.png",
);

export async function reconstructVerb(args: readonly string[]): Promise<number> {
  const given = readOptions("reconstruct", specs, args, ["run"]);
  if (given.options.help) {
    console.log(reconstructHelp);
    return 0;
  }
  const out = fileOf(given, "reconstructions.png", [".png"], ".png");
  const count = number(given, "count", { whole: true, least: 1 }) ?? 20;
  const { model, inMode, data } = await opened("reconstruct", given);
  requireImages(model);
  const images = slice((await data()).test.inputs, [{ stop: count }]);
  const reconstructions = inMode(() => reconstruct(model, images));
  await writeFileAtomic(out, pairedStrip(images, reconstructions, { scale: scaleFor(images) }));
  console.log(`${images.shape[0]} test images above their reconstructions: ${out}`);
  return 0;
}
