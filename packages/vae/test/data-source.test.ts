// Data by its name: what each kind of path is read as, sizes, labels, and how a source is stored and repeated.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ArgumentError, tensor } from "@elbo/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../src/data/errors.js";
import { writeIdx } from "../src/data/idx.js";
import { sensors } from "../src/data/sensors/sensors.js";
import { modelConfig } from "../src/models/config.js";
import { anchored, type DataSource, FileError, loadData, trainOptions } from "../src/node/index.js";
import { runConfig } from "../src/node/run-folder.js";
import { imageGrid } from "../src/report/png.js";
import { trainingConfig } from "../src/training/fit.js";

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

async function folderWith(contents: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "elbo-source-"));
  made.push(folder);
  for (const [name, bytes] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

const source = (data: string, more: Partial<DataSource> = {}): DataSource => ({
  data,
  trainSize: null,
  testSize: null,
  dataSeed: 0,
  ...more,
});

const idx = {
  "train-images-idx3-ubyte": writeIdx([3, 2, 2], new Uint8Array(12)),
  "t10k-images-idx3-ubyte": writeIdx([2, 2, 2], new Uint8Array(8)),
};
const dot = imageGrid(tensor([[[1]]]));
const pngs = { "train/a.png": dot, "test/a.png": dot };
const tables = { "train.csv": "a,kind\n1,x\n2,y\n3,x\n", "test.csv": "a,kind\n1,x\n2,y\n" };

describe("data", () => {
  test("is generated where it is called digits or sensors", async () => {
    expect((await loadData(source("digits", { trainSize: 3, testSize: 2 }))).train.inputs.shape).toEqual([3, 28, 28]);
    const made = await loadData(source("sensors", { trainSize: 30, testSize: 20, dataSeed: 5 }));
    expect(made).toEqual(sensors({ train: 30, test: 20, seed: 5 }));
    expect(anchored(source("sensors")).data).toBe("sensors");
    expect(anchored(source("sensors.csv")).data).toBe(resolve("sensors.csv"));
  });

  test("in a folder is IDX before tables, and tables before PNG images", async () => {
    const shapeOf = async (contents: Record<string, string | Uint8Array>, label?: string): Promise<readonly number[]> =>
      (await loadData(source(await folderWith(contents), label === undefined ? {} : { label }))).train.inputs.shape;
    expect(await shapeOf({ ...idx, ...tables, ...pngs })).toEqual([3, 2, 2]);
    expect(await shapeOf({ ...tables, ...pngs }, "kind")).toEqual([3, 1]);
    expect(await shapeOf(pngs)).toEqual([1, 1, 1]);
    expect(await shapeOf({ "one/a.png": dot, "two/a.png": dot })).toEqual([1, 1, 1]);
  });

  test("in one file is a table, which is divided by the seed", async () => {
    const file = join(await folderWith({ "t.csv": tables["train.csv"] }), "t.csv");
    const data = await loadData(source(file, { label: "kind", testSize: 1, trainSize: 1 }));
    expect(data).toMatchObject({ name: "t", classes: ["x", "y"], columns: { names: ["a"] } });
    expect([data.train.inputs.shape, data.train.labels?.shape, data.test.inputs.shape]).toEqual([[1, 1], [1], [1, 1]]);
  });

  test("is cut from the front, in the units and with the classes of the whole", async () => {
    const folder = await folderWith(tables);
    const whole = await loadData(source(folder, { label: "kind" }));
    const cut = await loadData(source(folder, { label: "kind", trainSize: 2 }));
    expect(cut).toEqual({
      ...whole,
      train: { inputs: cut.train.inputs, labels: cut.train.labels },
    });
    expect(Array.from(cut.train.inputs.data)).toEqual(Array.from(whole.train.inputs.data.subarray(0, 2)));
    expect(Array.from(cut.train.labels!.data)).toEqual([0, 1]);
    await expect(loadData(source(folder, { label: "kind", testSize: 3 }))).rejects.toThrow(
      "the test part has 2 examples, so a size is a whole number from 1 to 2; got 3",
    );
  });

  test("says what it looked for and did not find", async () => {
    const refused = async (at: DataSource): Promise<string> => {
      const error: unknown = await loadData(at).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).not.toContain("\n");
      return (error as DataError).message;
    };
    const folder = await folderWith({ "notes.txt": "", "deep/er/a.png": dot });
    expect(await refused(source(folder))).toBe(
      `${folder}: no data: looked for IDX images (train-images-idx3-ubyte and t10k-images-idx3-ubyte, plain or .gz), ` +
        "tables (train.csv and test.csv) and PNG images (train/*.png and test/*.png, train/NAME/*.png and " +
        "test/NAME/*.png, *.png, or NAME/*.png); the folder holds deep, notes.txt.",
    );
    expect(await refused(source(join(folder, "notes.txt")))).toContain(
      "notes.txt: is neither a folder nor a .csv file; data is digits, sensors, or one of those",
    );
    expect(await refused(source(await folderWith({ "test.csv": "a\n1\n" })))).toContain("no train.csv;");
    await expect(loadData(source(join(folder, "absent")))).rejects.toThrow(FileError);
    await expect(loadData(source(join(folder, "absent.csv")))).rejects.toThrow(FileError);
  });

  test("takes a label for tables alone", async () => {
    for (const data of ["digits", "sensors", await folderWith(idx), await folderWith(pngs)]) {
      await expect(loadData(source(data, { label: "kind" }))).rejects.toThrow(ArgumentError);
    }
  });
});

describe("a source", () => {
  const choices = (at: DataSource) => ({
    model: modelConfig("vae", { input: [1], likelihood: "gaussian" }),
    training: trainingConfig({}),
    source: at,
  });

  test("is stored with its label where it has one, and as before where it has none", () => {
    const stored = (at: DataSource): string => JSON.stringify(runConfig(choices(at), "").source);
    expect(stored(source("digits"))).toBe('{"data":"digits","trainSize":null,"testSize":null,"dataSeed":0}');
    expect(stored({ ...source("t.csv"), label: undefined })).toBe(stored(source("t.csv")));
    expect(stored(source("t.csv", { label: "kind" }))).toBe(
      '{"data":"t.csv","trainSize":null,"testSize":null,"dataSeed":0,"label":"kind"}',
    );
  });

  test("is repeated with its label, and with its seed where that matters", () => {
    const repeated = (at: DataSource) => {
      const { data, label, "data-seed": seed } = trainOptions(choices(at));
      return { data, label, seed };
    };
    expect(repeated(source("sensors"))).toEqual({ data: "sensors", label: undefined, seed: "0" });
    expect(repeated(source("t.csv", { label: "kind" }))).toEqual({ data: "t.csv", label: "kind", seed: "0" });
    expect(repeated(source("mnist"))).toEqual({ data: "mnist", label: undefined, seed: undefined });
    expect(repeated(source("shapes", { dataSeed: 3 }))).toEqual({ data: "shapes", label: undefined, seed: "3" });
  });
});
