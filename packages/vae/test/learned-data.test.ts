// Data for a run: a table comes in the units that the run has learned, and only with its columns.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DataError } from "../src/data/errors.js";
import { modelConfig } from "../src/models/config.js";
import type { DataSource } from "../src/node/data-source.js";
import { loadData } from "../src/node/data-source.js";
import { hasChanged, loadForRun } from "../src/node/learned-data.js";
import { openRun } from "../src/node/run-folder.js";
import { startRun } from "../src/node/train-run.js";
import { trainingConfig } from "../src/training/fit.js";
import { numbers } from "./support/numbers.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-learned-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const table = (scale: number, names = "a,b"): string =>
  `${names}\n${Array.from({ length: 24 }, (_, i) => `${scale * i},${scale * ((7 * i) % 5)}`).join("\n")}\n`;
const path = join(scratch, "rows.csv");
const source: DataSource = { data: path, trainSize: null, testSize: null, dataSeed: 0 };

test("a table in other units is seen in those of the training rows; other columns are refused", async () => {
  writeFileSync(path, table(1));
  const folder = join(scratch, "run");
  const data = await loadData(source);
  const model = modelConfig("autoencoder", { input: [2], hidden: [], latent: 1, likelihood: "gaussian" });
  await startRun(folder, { model, training: trainingConfig({ epochs: 1 }), source }, data);
  const run = await openRun(folder);
  expect(run.config.columns).toEqual(data.columns);
  expect(hasChanged(run, source, await loadForRun(run, source))).toBe(false);

  writeFileSync(path, table(10));
  const tenfold = await loadForRun(run, source);
  const [own] = data.columns!.mean;
  const [unit] = data.columns!.scale;
  const at = (inputs: typeof data.test.inputs, row: number): number => numbers(inputs)[2 * row] * unit + own;
  for (const row of [0, 1, 2]) expect(at(tenfold.test.inputs, row)).toBeCloseTo(10 * at(data.test.inputs, row), 4);
  expect(tenfold.columns).toEqual(data.columns);
  expect(hasChanged(run, source, tenfold)).toBe(true);
  expect(hasChanged(run, { ...source, testSize: 2 }, tenfold)).toBe(false);

  writeFileSync(path, table(1, "a,c"));
  await expect(loadForRun(run, source)).rejects.toThrow(DataError);
  await expect(loadForRun(run, source)).rejects.toThrow(/its columns are a, c; .*run has learned a, b/);
});
