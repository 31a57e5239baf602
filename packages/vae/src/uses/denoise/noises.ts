// The noises that denoisers are judged by: which kinds at which levels, and what texts call them.

import { ArgumentError } from "@elbo/tensor";
import { checkNoise, type Corruption, type Noise, noiseName, type NoiseKind } from "../../data/corruption.js";
import { isImageModel, type ModelConfig } from "../../models/config.js";

/** One kind of noise at rising levels. */
export interface NoiseScale {
  readonly kind: NoiseKind;
  readonly levels: readonly number[];
}

const forImages: readonly NoiseScale[] = [
  { kind: "gaussian", levels: [0.25, 0.5, 1] },
  { kind: "salt-pepper", levels: [0.1, 0.25, 0.5] },
  { kind: "masking", levels: [0.25, 0.5, 0.75] },
];

/** Salt and pepper are black and white pixels, which tables have none of. */
const forTables: readonly NoiseScale[] = [
  { kind: "gaussian", levels: [0.25, 0.5, 1] },
  { kind: "masking", levels: [0.25, 0.5] },
];

const noisesOf = (scales: readonly NoiseScale[]): Noise[] =>
  scales.flatMap(({ kind, levels }) => levels.map((level) => ({ kind, level })));

/**
 * The noises to judge by, each once, by kind and rising level; for images Gaussian noise of sigma 0.25, 0.5 and 1, salt
 * and pepper on 0.1, 0.25 and 0.5 of the pixels, and masks over 0.25, 0.5 and 0.75 of them, unless given.
 * @throws ArgumentError for no noise at all, one that is none or leaves all as it was, one given twice, and for salt and
 *   pepper on what are no images
 */
export function noisesFor(config: ModelConfig, given?: Corruption): Noise[] {
  const image = isImageModel(config);
  if (given === undefined) return noisesOf(image ? forImages : forTables);
  const refuse = (what: string): never => {
    throw new ArgumentError(what, { op: "denoise" });
  };
  if (given.length === 0) refuse("needs at least one noise to judge by, such as gaussian:0.5");
  for (const noise of given) {
    checkNoise(noise);
    if (noise.level === 0) refuse(`${noiseName(noise)} leaves everything as it is; give a level above 0`);
    if (noise.kind === "salt-pepper" && !image)
      refuse("salt-pepper turns pixels black or white; for other data use gaussian or masking");
  }
  const twice = given.map(noiseName).find((name, at, names) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`${twice} is there twice; give each noise once`);
  return noisesOf(scalesOf(given));
}

/** Noises by kind, in the order in which kinds are shown; kinds that are not there are left out. */
export const scalesOf = (noises: Corruption): NoiseScale[] =>
  forImages.map(({ kind }) => ({ kind, levels: levelsOf(noises, kind) })).filter(({ levels }) => levels.length > 0);

const levelsOf = (noises: Corruption, kind: NoiseKind): number[] =>
  noises
    .filter((noise) => noise.kind === kind)
    .map(({ level }) => level)
    .sort((a, b) => a - b);

/** What titles call the kinds. */
export const noiseWords: Readonly<Record<NoiseKind, string>> = {
  gaussian: "Gaussian",
  "salt-pepper": "Salt-and-pepper",
  masking: "Masking",
};

/** What texts call the level of a kind: a standard deviation, or the share of the elements that are hit. */
export const levelWord = (kind: NoiseKind): string => (kind === "gaussian" ? "sigma" : "share");

/** `sigma 0.5` */
export const levelName = ({ kind, level }: Noise): string => `${levelWord(kind)} ${level}`;
