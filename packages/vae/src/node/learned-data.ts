// Data as a run's model has learned it: a table in the units of the run's training rows, whatever is loaded now.

import type { Dataset } from "../data/dataset.js";
import { standardise, unstandardise } from "../data/columns.js";
import { DataError } from "../data/errors.js";
import type { DataSource } from "./data-source.js";
import { loadData } from "./data-source.js";
import { dataHash, type Run } from "./run-folder.js";

/**
 * Loads data for a run: its own, or another. A table must have the run's columns, and comes in their standard units,
 * which are those of the rows that the run was trained on and not of the rows that are loaded.
 * @throws FileError, DataError where the data cannot be read, or has other columns
 * @example await loadForRun(await openRun("runs/pump"), { ...source, testSize: 100 })
 */
export async function loadForRun(
  { folder, config }: Pick<Run, "folder" | "config">,
  source: DataSource,
): Promise<Dataset> {
  const data = await loadData(source);
  const { columns: learned } = config;
  if (learned === undefined || data.columns === undefined) return data;
  const odd = learned.names.find((name, i) => data.columns!.names[i] !== name);
  if (odd !== undefined || learned.names.length !== data.columns.names.length) {
    throw new DataError(
      `${data.name}: its columns are ${data.columns.names.join(", ")}; ${folder} has learned ${learned.names.join(", ")}`,
    );
  }
  if (JSON.stringify(learned) === JSON.stringify(data.columns)) return data;
  const inUnits = (part: Dataset["train"]): Dataset["train"] => ({
    ...part,
    inputs: standardise(learned, unstandardise(data.columns!, part.inputs)),
  });
  return { ...data, columns: learned, train: inUnits(data.train), test: inUnits(data.test) };
}

/** Whether a run's own source gives other data than it was trained on; never of another source. */
export const hasChanged = ({ config }: Pick<Run, "config">, source: DataSource, data: Dataset): boolean =>
  JSON.stringify(source) === JSON.stringify(config.source) && config.dataHash !== dataHash(data);
