// The strangest examples as pictures: images with the heat of their scores, rows of a table with a cell for each column.

import { anomalyScores } from "../../uses/anomaly/scores.js";
import type { Explained } from "../../uses/anomaly/examples.js";
import type { Detection } from "../../uses/anomaly.js";
import type { Dataset } from "../../data/dataset.js";
import { type HeatBlock, heatGallery } from "../heat-gallery.js";
import { heatTable } from "../heat-table.js";
import { significant } from "../heat.js";
import type { Picture } from "./exhibit.js";

/** What names the classes and the columns. */
export type Names = Pick<Dataset, "classes" | "columns">;

/** Columns that a table has room for. */
const MOST_COLUMNS = 16;

/** The gallery of images `[count, height, width]`, or the heat table of any other examples. */
export const strangestPicture = (detection: Detection, names: Names): Picture =>
  detection.inputs.ndim === 3 ? gallery(detection, names) : table(detection, names);

function gallery({ strangest, alarms, detector, normal }: Detection, { classes }: Names): Picture {
  const { unit } = anomalyScores[detector.score];
  const block = (title: string, { labels, ...explained }: Explained): HeatBlock => ({
    title,
    ...explained,
    labels: labels && labels.map((label) => shortName(classes, label)),
  });
  const blocks = [block("the highest scores", strangest)];
  if (alarms !== null) blocks.push(block(`the highest scores of normal examples (${normal})`, alarms));
  const below =
    alarms === null ? "" : " Below, the same for the normal examples that are flagged wrongly, or are nearest to it.";
  return {
    name: "gallery",
    caption: `The examples that score most, each above its reconstruction and above itself, paled, with what each pixel adds to the score in red: from 0 to the value at the foot.${below} Bold scores are above the threshold.`,
    svg: heatGallery(blocks, unit),
  };
}

/** The name of a class where there is room for it above an image, else its number. */
const shortName = (classes: readonly string[] | undefined, label: number): string => {
  const name = classes?.[label];
  return name === undefined || name.length > 8 ? String(label) : name;
};

function table({ strangest, detector }: Detection, { classes, columns }: Names): Picture {
  const { indices, scores, labels, flagged, contributions } = strangest;
  const { unit } = anomalyScores[detector.score];
  const width = contributions.size / indices.length;
  const valuesOf = (row: number): number[] => Array.from(contributions.data.subarray(row * width, (row + 1) * width));
  const values = Array.from(indices.keys(), valuesOf);
  const kept = heaviest(values, width);
  const names = kept.map((column) => columns?.names[column] ?? `x${column + 1}`);
  const rows = values.map((own, i) => ({
    heads: [
      String(indices[i]),
      ...(labels === null ? [] : [classes?.[labels[i]] ?? String(labels[i])]),
      significant(scores[i]),
    ],
    values: kept.map((column) => own[column]),
    bold: flagged[i],
  }));
  const left = kept.length < width ? ` The ${kept.length} of ${width} columns that add most are shown.` : "";
  return {
    name: "heat-table",
    caption: `The rows that score most, and what each column adds to the score, in ${unit}: the redder, the larger its share of the row.${left} Bold rows are above the threshold; the first column is the place in the data, counted from 0.`,
    svg: heatTable(names, ["index", ...(labels === null ? [] : ["class"]), "score"], rows),
  };
}

/** The columns with the largest values in all, in their own order. */
function heaviest(values: readonly (readonly number[])[], width: number): number[] {
  const sums = Array.from({ length: width }, (_, column) => values.reduce((sum, row) => sum + row[column], 0));
  const order = Array.from(sums.keys()).sort((a, b) => sums[b] - sums[a]);
  return order.slice(0, MOST_COLUMNS).sort((a, b) => a - b);
}
