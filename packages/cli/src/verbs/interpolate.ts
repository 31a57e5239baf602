// elbo interpolate: the ways from one test example to another through the latent space.

import { interpolation, pick } from "@elbo/vae";
import type { Strip } from "@elbo/vae/report";
import { otherDataOptions } from "../data-options.js";
import { choice, helpText, number, type OptionSpecs, readOptions } from "../options.js";
import { exampleOf, fileOf, opened, PATHS, requireImages, writePaths } from "./pictures.js";

const specs: OptionSpecs = {
  ...otherDataOptions,
  from: { value: "I", about: "the test example to begin with, counted from 0 (default 0)" },
  to: { value: "J", about: "the test example to end with (default 1)" },
  steps: { value: "N", about: "images of each way, ends included (default 11)" },
  mode: { value: "lerp|slerp|both", about: "lines, arcs, or both beside a fade of pixels (default both)" },
  out: { value: "FILE", about: ".png for strips, .gif for an animation there and back (default interpolation.png)" },
};

const help = helpText(
  "elbo interpolate RUN (of images): what is decoded on the way from the code of one test example to that of another",
  specs,
  "elbo interpolate runs/start --from 0 --to 5 --steps 11 --mode both --out interpolation.png",
);

export async function interpolate(args: readonly string[]): Promise<number> {
  const given = readOptions("interpolate", specs, args, ["run"]);
  if (given.options.help) {
    console.log(help);
    return 0;
  }
  const out = fileOf(given, "interpolation.png", PATHS.endings, PATHS.listed);
  const mode = choice(given, "mode", ["lerp", "slerp", "both"]) ?? "both";
  const steps = number(given, "steps", { whole: true, least: 2 }) ?? 11;
  const { model, inMode, data } = await opened("interpolate", given);
  requireImages(model);
  const loaded = await data();
  const from = exampleOf(given, "from", loaded) ?? 0;
  const to = exampleOf(given, "to", loaded) ?? Math.min(1, loaded.test.inputs.shape[0] - 1);
  const ways = inMode(() => interpolation(model, pick(loaded.test.inputs, [from, to]), steps));
  const all: (Strip & { readonly mode: string })[] = [
    { mode: "lerp", name: "lerp", images: ways.lerp },
    { mode: "slerp", name: "slerp", images: ways.slerp },
    { mode: "both", name: "cross-fade", images: ways.fade },
  ];
  await writePaths(
    out,
    all.filter((way) => mode === "both" || way.mode === mode),
  );
  console.log(`from test example ${from} to ${to} in ${steps} steps: ${out}`);
  return 0;
}
