// What the use `denoise` shows: strips before and after, scores by level of noise, and who wins where.

import { middleOf, type Denoising, type NoiseResult } from "../../uses/denoise.js";
import { listOf } from "../../uses/denoise/denoiser.js";
import { levelName, noiseWords } from "../../uses/denoise/noises.js";
import { labelledStrips } from "../strips.js";
import type { Exhibit, Picture } from "./exhibit.js";
import { scoreChart } from "./score-chart.js";

/** What a study of denoising found, in words, tables and pictures. */
export function denoiseExhibit(found: Denoising): Exhibit {
  const { kinds } = found;
  return {
    use: "denoise",
    title: "Noise reduction",
    reading: reading(found),
    comparisons: kinds.map(({ comparison }) => comparison),
    pictures: [...kinds.flatMap(strip), chart(kinds)],
    sheets: [],
    facts: factsOf(found),
  };
}

/** The score of the denoiser beside that of the best baseline, in one column of a table. */
interface Duel {
  readonly ours: number;
  readonly best: number;
  readonly baseline: string;
  readonly wins: boolean;
}

function duel({ comparison: { columns, rows } }: NoiseResult, denoiser: string, column: number): Duel {
  const { better } = columns[column];
  const beats = (a: number, b: number): boolean => (better === "higher" ? a > b : a < b);
  const ours = rows.find(({ method }) => method === denoiser)!.values[column]!;
  const baselines = rows.filter((row) => !row.ours);
  const { method, values } = baselines.reduce((a, b) => (beats(b.values[column]!, a.values[column]!) ? b : a));
  return { ours, best: values[column]!, baseline: method, wins: beats(ours, values[column]!) };
}

function reading({ kinds, denoiser: { name, trainedWith }, blurs }: Denoising): string {
  const duels = kinds.flatMap((kind) => kind.levels.map((_, at) => duel(kind, name, at)));
  const wins = duels.filter((one) => one.wins).length;
  const noises = duels.length === 1 ? "noise" : "noises";
  const fitted = `The Wiener filter is fitted to each noise${blurs.length > 0 ? " and the blur chooses its width for it" : ""}`;
  return [
    `By ${measureOf(kinds)} the ${name} is better than every baseline on ${wins} of ${duels.length} ${noises}.`,
    `At the middle levels: ${kinds.map((kind) => middle(kind, name)).join("; ")}.`,
    `${fitted}; the ${name} is one model for all, trained with ${listOf(trainedWith)}, and is not told which noise it sees.`,
  ].join(" ");
}

/** `PSNR` */
const measureOf = (kinds: readonly NoiseResult[]): string => kinds[0].comparison.columns[0].name.split(",")[0];

/** `Gaussian noise of sigma 0.5: the noisy input has 9.41 dB, the best baseline (Gaussian blur) 17.52 dB, the denoiser 18.60 dB` */
function middle(kind: NoiseResult, denoiser: string): string {
  const at = middleOf(kind.levels);
  const { decimals, unit } = kind.comparison.columns[at];
  const { ours, best, baseline } = duel(kind, denoiser, at);
  const [noisy, other, own] = [kind.comparison.rows[0].values[at]!, best, ours].map(
    (value) => `${value.toFixed(decimals)}${unit === "" ? "" : ` ${unit}`}`,
  );
  return `${noiseOf(kind)}: the noisy input has ${noisy}, the best baseline (${baseline}) ${other}, the denoiser ${own}`;
}

/** `Masking noise of share 0.5`, the middle one. */
const noiseOf = ({ kind, levels }: NoiseResult): string =>
  `${noiseWords[kind]} noise of ${levelName({ kind, level: levels[middleOf(levels)] })}`;

function strip(result: NoiseResult): Picture[] {
  const { kind, examples } = result;
  if (examples === null) return [];
  const words = noiseOf(result);
  const caption = `${words} on the first test images. Each column is one image: clean, behind the noise, and what each method makes of that same noisy image.`;
  return [{ name: kind, caption, svg: labelledStrips(examples, { description: words }) }];
}

function chart(kinds: readonly NoiseResult[]): Picture {
  const measure = measureOf(kinds);
  const harm = kinds[0].comparison.columns[0].better === "higher" ? "below" : "above";
  return {
    name: measure.toLowerCase(),
    caption: `${measure} by the level of the noise. The dotted line is the noisy input: a method ${harm} it does more harm than good there.`,
    svg: scoreChart(kinds),
  };
}

function factsOf({ counts, denoiser, blurs, seed }: Denoising): Exhibit["facts"] {
  return {
    "noise seed": seed,
    "test examples": counts.test,
    "training examples of the components": counts.components,
    "training pairs of the Wiener filter": counts.pairs,
    "denoiser trained with": listOf(denoiser.trainedWith),
    ...(denoiser.seconds === null ? {} : { "training of the denoiser, seconds": denoiser.seconds }),
    ...(blurs.length === 0
      ? {}
      : {
          "blur sigma, pixels": blurs.map(({ noise, sigma }) => `${sigma} at ${noise.kind}:${noise.level}`).join(", "),
        }),
  };
}
