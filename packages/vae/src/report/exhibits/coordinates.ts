// Coordinates of an embedding as a CSV file.

import { fromTypedArray } from "@elbo/tensor";
import { classTexts } from "../../data/classes.js";
import { formatTable } from "../../data/csv.js";
import type { Coordinates } from "../../uses/embed.js";
import type { Sheet } from "./exhibit.js";

/** Decimal digits that give back a float32. */
const DIGITS = 9;

/**
 * One row for each example of the part: its index there, z1 to zk, sd1 to sdk where `q(z|x)` has standard deviations,
 * and its label, by name where classes have names, where there are labels.
 */
export function coordinatesSheet({ codes, deviations, labels }: Coordinates, classes?: readonly string[]): Sheet {
  const [count, latent] = codes.shape;
  const numbered = (name: string): string[] => Array.from({ length: latent }, (_, j) => `${name}${j + 1}`);
  const names = ["index", ...numbered("z"), ...(deviations ? numbered("sd") : [])];
  const [z, sd] = [codes.data, deviations?.data];
  const cells = Array.from({ length: count }, (_, i) => {
    const own = [...z.subarray(i * latent, (i + 1) * latent), ...(sd?.subarray(i * latent, (i + 1) * latent) ?? [])];
    return [i, ...own.map((value) => Number(value.toPrecision(DIGITS)))];
  }).flat();
  return {
    name: "coordinates.csv",
    text: formatTable(
      names,
      fromTypedArray(Float64Array.from(cells), [count, names.length]),
      classTexts(labels, classes),
    ),
  };
}
