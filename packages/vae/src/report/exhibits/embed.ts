// What dimensionality reduction has to show: the map, its opponents, the decoder's manifold, and the coordinates.

import { bestValues, type Column, type Row } from "../../uses/comparison.js";
import type { EmbedResult, Manifold } from "../../uses/embed.js";
import { beside } from "../beside.js";
import { latentChart, mapHeight } from "../latent.js";
import { fixed, whole } from "../numbers.js";
import { imageGrid } from "../png.js";
import { coordinatesSheet } from "./coordinates.js";
import type { Exhibit, Picture } from "./exhibit.js";

/** The width of one of the small maps. */
const SMALL = 400;
/** The longer side of the manifold's picture, up to which it is enlarged by a whole factor. */
const MANIFOLD = 1120;

/** The exhibit of an embedding. */
export function embedExhibit(result: EmbedResult): Exhibit {
  const { comparison, coordinates, facts, manifold, opponents } = result;
  return {
    use: "embed",
    title: "Dimensionality reduction",
    reading: readingOf(result),
    comparisons: [comparison],
    pictures: [
      mapPicture(result),
      ...(opponents.length === 0 ? [] : [opponentsPicture(result)]),
      ...(manifold === null ? [] : [manifoldPicture(manifold)]),
    ],
    sheets: [coordinatesSheet(coordinates, result.classes ?? undefined)],
    facts: { ...facts, "part of the coordinates": coordinates.part },
  };
}

/** Who is best by what, the figures, and the same figure of the data themselves. */
function readingOf({ comparison, reference }: EmbedResult): string {
  const { columns } = comparison;
  const rows = comparison.rows.filter((row) => row !== reference);
  // A column that only one method has figures in has no winner.
  const shared = columns.flatMap((column, at) =>
    rows.filter(({ values }) => values[at] !== null).length > 1 ? [{ column, at }] : [],
  );
  const best = bestValues({ ...comparison, rows });
  const wins = rows.flatMap((row) => {
    const won = shared.filter(({ at }) => row.values[at] === best[at]).map(({ column }) => column.name.split(",")[0]);
    return won.length === 0 ? [] : [`${shortName(row)} by ${listed(won)}`];
  });
  const figures = shared.map(
    ({ column, at }) =>
      `${column.name}: ${rows.map((row) => `${shortName(row)} ${written(row, column, at)}`).join(", ")}`,
  );
  const at = reference === null ? -1 : reference.values.findIndex((value) => value !== null);
  const data = at < 0 ? "" : ` Without any reduction, ${reference!.method}: ${written(reference!, columns[at], at)}.`;
  return `Best of these embeddings: ${wins.join("; ")}. ${figures.map(capital).join(". ")}.${data}`;
}

/** `VAE`, `linear autoencoder`: without the dimensions. */
const shortName = ({ method }: Row): string => method.split(",")[0];

const written = ({ values }: Row, { unit, decimals }: Column, at: number): string => {
  const value = values[at];
  return value === null ? "without" : `${fixed(value, decimals)}${unit === "" ? "" : ` ${unit}`}`;
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

function mapPicture({ map, coordinates, classes }: EmbedResult): Picture {
  const latent = coordinates.codes.shape[1];
  const what = coordinates.deviations === null ? "Codes" : "Means of q(z|x)";
  const where =
    latent > 2 ? `along the first two principal components of their ${latent} dimensions` : "in latent space";
  return {
    name: "map",
    caption: [
      `${what} of ${whole(map.points.length)} test examples ${where}, one scale for both axes.`,
      ...(map.labels === null ? [] : ["A colour is a class, and its number stands at its median."]),
      ...(map.ellipses.length === 0
        ? []
        : [`Each of the ${map.ellipses.length} ellipses is a posterior: where one standard deviation of q(z|x) lies.`]),
    ].join(" "),
    svg: latentChart({ ...map, classes }),
  };
}

function opponentsPicture({ opponents }: EmbedResult): Picture {
  const description = `The same examples by ${opponents.map(({ method }) => method).join(" and by ")}`;
  const maps = opponents.map((map) => latentChart(map, { side: SMALL, title: map.method }));
  return {
    name: "baselines",
    caption: `${description}. Read it as the map: classes that lie on each other here are not told apart.`,
    svg: beside(maps, { width: SMALL, height: mapHeight(SMALL), description }),
  };
}

function manifoldPicture({ images, rows, columns, spans }: Manifold): Picture {
  const [, height, width] = images.shape;
  const scale = Math.max(1, Math.floor(MANIFOLD / Math.max(rows * height, columns * width)));
  const directions = (names: readonly [string, string]): string =>
    rows === 1 ? `${names[0]} grows to the right` : `${names[0]} grows to the right, ${names[1]} upwards`;
  const where =
    spans === "prior"
      ? `${directions(["z1", "z2"])}; the points are at quantiles of the prior, so that each image stands for an equal share of it`
      : `${directions(["the first principal component of the codes", "the second"])}, through their mean; the points are at quantiles of a normal distribution as wide as the codes are along each`;
  return {
    name: "manifold",
    caption: `What the decoder draws at ${rows} x ${columns} latent points: ${where}.`,
    png: imageGrid(images, { columns, scale, gap: 0 }),
  };
}
