// What generation has to show: samples with their nearest neighbours, the VAE beside the autoencoder, walks in latent space.

import { slice, type Tensor } from "@elbo/tensor";
import { formatExamples } from "../../data/own-units.js";
import type { Dataset } from "../../data/dataset.js";
import type { ModelKind } from "../../models/config.js";
import type { Draws, GenerateResult } from "../../uses/generate.js";
import { nameOf, type Study } from "../../uses/study.js";
import { pick, type Traversal, type Walks } from "../../uses/generate/walks.js";
import { animation } from "../animation.js";
import { fixed, median } from "../numbers.js";
import { panels } from "../panels.js";
import { imageGrid } from "../png.js";
import { labelledStrips, type Strip } from "../strips.js";
import type { Exhibit, Picture } from "./exhibit.js";

const GRID = 60;
const COLUMNS = 10;
const NEIGHBOURS = 20;
const PANEL = 30;
/** The longer side of a picture's images, in pixels of the file, up to which small images are enlarged. */
const TILE = 64;
const FRAME = 168;

/** The exhibit of a result: for images all pictures, for tables the samples as a table in the columns' own units. */
export function generateExhibit(result: GenerateResult, study: Study): Exhibit {
  const { data, model, seconds } = study;
  const { own, real, walks, choices, classifierAccuracy, twinSeconds } = result;
  return {
    use: "generate",
    title: "Generation",
    reading: readingOf(result),
    comparisons: [result.comparison],
    pictures: walks === null ? [] : [...picturesOf(result, data), ...walkPictures(walks, study)],
    sheets: walks === null ? [{ name: "samples.csv", text: formatExamples(own.examples, data.columns) }] : [],
    facts: {
      model: nameOf(model),
      seed: choices.seed,
      samples: choices.count,
      "real test examples": real.distances.length,
      "smallest distance of a sample": fixed(least(own.distances)),
      "smallest distance of a real one": fixed(least(real.distances)),
      ...(classifierAccuracy !== null && { "classifier accuracy on test": percent(100 * classifierAccuracy) }),
      ...(seconds != null && { "training seconds": seconds }),
      "training of the twin seconds": twinSeconds,
    },
  };
}

const percent = (value: number): string => `${fixed(value, 1)} %`;

/** The columns of the comparison as a sentence calls them. */
const FIGURES = ["the share", "the balance of classes", "the distance"];

/** The finding in numbers, whoever is ahead. */
function readingOf({ comparison, classifierAccuracy }: GenerateResult): string {
  const [vae, plain, fitted, real] = comparison.rows.map(({ values }) => values);
  const list = (at: number, figure: (value: number) => string): string => {
    const [a, b, c, d] = [vae, plain, fitted, real].map((values) => figure(values[at]!));
    return `${a} for the VAE at z ~ N(0, I), ${b} for the autoencoder at the same z, ${c} for the autoencoder at a Gaussian fitted to its codes, and ${d} for real test examples`;
  };
  const right =
    classifierAccuracy === null ? "" : `, which is right on ${percent(100 * classifierAccuracy)} of test examples,`;
  const shares = vae[0] === null ? "" : `A classifier${right} is sure of ${list(0, percent)}. `;
  const distances = `The mean distance to the nearest training example is ${list(2, (value) => fixed(value))}; a copy would be at 0.`;
  return `${shares}${distances} ${verdict("the autoencoder at the same z", vae, plain, real)} ${verdict("the autoencoder at the fitted Gaussian", vae, fitted, real)}`;
}

/** Who is nearer to the real examples, in which figures. */
function verdict(other: string, vae: Values, values: Values, real: Values): string {
  const won = nearer(vae, values, real);
  const lost = nearer(values, vae, real);
  if (won.length === 0)
    return lost.length === 0
      ? `The VAE is level with ${other}.`
      : `Beside ${other} the VAE is nearer to real examples in no figure.`;
  return `Beside ${other} the VAE is nearer to real examples in ${won.join(", ")}${lost.length === 0 ? "" : ", farther in "}${lost.join(", ")}.`;
}

type Values = readonly (number | null)[];

/** The figures in which one row is nearer to the real one than another. */
function nearer(one: Values, other: Values, real: Values): string[] {
  const away = (values: Values, at: number): number => Math.abs(values[at]! - real[at]!);
  return FIGURES.filter((_, at) => real[at] !== null && away(one, at) < away(other, at));
}

const first = (images: Tensor, count: number): Tensor => slice(images, [{ stop: count }]);

const scaleFor = (images: Tensor, side: number): number =>
  Math.max(1, Math.floor(side / Math.max(images.shape[1], images.shape[2])));

function picturesOf({ own, real, vae, autoencoder, fitted }: GenerateResult, data: Dataset): Picture[] {
  const layout = { columns: COLUMNS, scale: scaleFor(own.examples, TILE), gap: 4 };
  const shown = ({ origin, examples }: Draws): Strip => ({ name: origin, images: first(examples, PANEL) });
  return [
    {
      name: "samples",
      caption: `Samples of the model: means of p(x|z). ${own.origin}.`,
      png: imageGrid(first(own.examples, GRID), layout),
    },
    {
      name: "neighbours",
      caption: `Samples above the training example nearest to each. The median distance is ${fixed(median(own.distances))}, between real test examples and their nearest training examples ${fixed(median(real.distances))}. Where a pair looks like two hands writing one character, the model does not copy.`,
      svg: labelledStrips(neighbourRows(own, data)),
    },
    {
      name: "ae-and-vae",
      caption:
        "With and without the variational step: both decoders at the same z ~ N(0, I), and the autoencoder's at draws of a Gaussian fitted to its codes. What is no shape of the data comes from a region where the decoder was never trained.",
      svg: panels(
        [shown(vae), shown(autoencoder), { ...shown(fitted), name: "autoencoder, z fitted to its codes" }],
        5,
      ),
    },
  ];
}

/** Rows of samples, each above a row of their nearest training examples. */
function neighbourRows({ examples, nearest }: Draws, { train }: Dataset): Strip[] {
  const columns = Math.min(COLUMNS, nearest.length);
  const starts = Array.from(
    { length: Math.floor(Math.min(NEIGHBOURS, nearest.length) / columns) },
    (_, i) => i * columns,
  );
  return starts.flatMap((start) => [
    { name: "samples", images: slice(examples, [{ start, stop: start + columns }]) },
    { name: "nearest in training", images: pick(train.inputs, nearest.subarray(start, start + columns)) },
  ]);
}

function walkPictures({ interpolations, traversals, tour }: Walks, { model, data }: Study): Picture[] {
  const { labels } = data.test;
  const nameOfExample = (i: number): string =>
    labels === null ? `example ${i}` : (data.classes?.[labels.data[i]] ?? String(labels.data[i]));
  const ways: Strip[] = interpolations.flatMap(({ from, to, lerp, slerp, fade }) => [
    { name: `${nameOfExample(from)} to ${nameOfExample(to)}: lerp`, images: lerp },
    { name: "slerp", images: slerp },
    { name: "cross-fade", images: fade },
  ]);
  return [
    ...(ways.length === 0
      ? []
      : [
          {
            name: "interpolation",
            caption:
              "Ways between the reconstructions of two test examples: decoded along the line between their codes (lerp), along the arc (slerp), and the pixels of one faded into the other. On a good way every step looks like an example; a cross-fade shows both at once.",
            svg: labelledStrips(ways),
          },
        ]),
    {
      name: "traversal",
      caption:
        model.kind === "vae"
          ? "One dimension of z at a time from -3 to 3, the others at 0, the prior's mean. The dimensions with the largest KL come first; one that carries next to no nats changes nothing."
          : "One dimension of the code at a time over 3 standard deviations to either side of its mean, the others at their means. The widest comes first.",
      svg: labelledStrips(traversalRows(traversals, model.kind)),
    },
    ...(tour === null
      ? []
      : [
          {
            name: "animation",
            caption: "A closed walk along arcs through the codes of test examples.",
            gif: animation(tour, { scale: scaleFor(tour, FRAME) }),
          },
        ]),
  ];
}

/** Traversals of a kind of model as rows, each named by its dimension, counted from 1, and what that carries. */
export const traversalRows = (traversals: readonly Traversal[], kind: ModelKind): Strip[] =>
  traversals.map(({ axis: { dimension, weight }, images }) => ({
    name: `z${dimension + 1}: ${kind === "vae" ? `${fixed(weight)} nats` : `sd ${fixed(weight)}`}`,
    images,
  }));

const least = (values: Float64Array): number => values.reduce((low, value) => Math.min(low, value), Infinity);
