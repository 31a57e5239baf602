// What the verbs that draw share: the run they draw from, what it must be, and the files that pictures go to.

import { type Tensor, withMatmulMode } from "@elbo/tensor";
import { type Dataset, isImageModel, type Model } from "@elbo/vae";
import { openRun, rasterise, type RunConfig, writeFileAtomic } from "@elbo/vae/node";
import { animation, labelledStrips, sideBySide, type Strip, thereAndBack } from "@elbo/vae/report";
import { loadFor } from "../data-options.js";
import { type Given, number, text, UsageError } from "../options.js";
import { prepareToEvaluate } from "../switches.js";

/** A run to draw from. */
export interface Opened {
  readonly model: Model;
  readonly config: RunConfig;
  /** Computes in the run's mode of matrix products. */
  readonly inMode: <T>(run: () => T) => T;
  /** Reads the data, which not every picture needs. */
  readonly data: () => Promise<Dataset>;
}

export async function opened(verb: string, given: Given): Promise<Opened> {
  const [folder] = given.words;
  if (folder === undefined) throw new UsageError(`${verb}: which run? give its folder: elbo ${verb} runs/start`);
  const run = await openRun(folder);
  const { model, config } = run;
  prepareToEvaluate();
  return {
    model,
    config,
    inMode: (piece) => withMatmulMode(config.training.matmul, piece),
    data: () => loadFor(run, given),
  };
}

/** The file that `--out` names; refused where it does not end as one of the formats does. */
export function fileOf(given: Given, standard: string, endings: readonly string[], listed: string): string {
  const out = text(given, "out") ?? standard;
  if (endings.some((ending) => out.endsWith(ending))) return out;
  throw new UsageError(`--out ends in ${listed}, got ${JSON.stringify(out)}`);
}

/** The place of a test example that an option names. */
export function exampleOf(given: Given, name: string, data: Dataset): number | undefined {
  const index = number(given, name, { whole: true, least: 0 });
  const count = data.test.inputs.shape[0];
  if (index === undefined || index < count) return index;
  throw new UsageError(`--${name} is a test example from 0 to ${count - 1}, got ${index}`);
}

/** Small images are drawn larger, by a whole factor. */
export const scaleFor = (images: Tensor): number =>
  Math.max(1, Math.floor(64 / Math.max(images.shape[1], images.shape[2])));

export function requireImages(model: Model, instead = ""): void {
  if (!isImageModel(model.config)) {
    throw new UsageError(
      `the model's examples have shape [${model.config.input.join(", ")}] and are no images${instead}`,
    );
  }
}

/** The pixels of an animation's width that small frames are enlarged to, by a factor of at most 6. */
const WIDE = 960;

/** The endings of what `writePaths` writes. */
export const PATHS = { endings: [".png", ".gif"], listed: ".png or .gif" } as const;

/** Writes paths, one a row, as a PNG with their names, or as a GIF that goes along all of them at once, and back. */
export async function writePaths(out: string, paths: readonly Strip[]): Promise<void> {
  if (out.endsWith(".png")) return writeFileAtomic(out, await rasterise(labelledStrips(paths)));
  const frames = thereAndBack(sideBySide(paths.map(({ images }) => images)));
  const scale = Math.min(6, Math.max(1, Math.floor(WIDE / frames.shape[2])));
  await writeFileAtomic(out, animation(frames, { scale, delay: 100 }));
}
