// CSV files as data sets: standard units of the training rows, classes over both parts, divisions, refusals.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { unstandardise } from "../src/data/columns.js";
import { divide } from "../src/data/divide.js";
import { DataError } from "../src/data/errors.js";
import { type CsvTableOptions, FileError, loadCsvTable, loadExamples } from "../src/node/index.js";

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

async function folderWith(contents: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "elbo-csv-"));
  made.push(folder);
  for (const [name, text] of Object.entries(contents)) await writeFile(join(folder, name), text);
  return folder;
}

/** The message with which a folder, or a file in it, is refused; the folder is called F. */
async function complaint(
  contents: Record<string, string | Uint8Array>,
  { file = "", ...options }: CsvTableOptions & { readonly file?: string } = {},
): Promise<string> {
  const folder = await folderWith(contents);
  const error: unknown = await loadCsvTable(join(folder, file), options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toContain("\n");
  return message.replaceAll(folder, "F");
}

describe("a folder of tables", () => {
  test("is in standard units of its training rows, classed over both parts", async () => {
    const folder = await folderWith({
      "train.csv": "a,label,b\n1,cat,7\n3,dog,7\n",
      "test.csv": "a,label,b\n5,ant,8\n",
    });
    const data = await loadCsvTable(folder);
    expect(data).toEqual({
      name: basename(folder),
      train: {
        inputs: tensor([
          [-1, 0],
          [1, 0],
        ]),
        labels: tensor([1, 2], { dtype: "int32" }),
      },
      test: { inputs: tensor([[3, 1]]), labels: tensor([0], { dtype: "int32" }) },
      classes: ["ant", "cat", "dog"],
      columns: { names: ["a", "b"], mean: [2, 7], scale: [1, 1] },
    });
  });

  test("may lack the labels in a part, and then has none there", async () => {
    const folder = await folderWith({ "train.csv": "a\n1\n2\n", "test.csv": "a,state\n5,1\n6,0\n" });
    const { train, test, classes } = await loadCsvTable(folder, { label: "state" });
    expect(train.labels).toBeNull();
    expect(test.labels?.data).toEqual(Int32Array.of(1, 0));
    expect(classes).toBeUndefined();
  });

  test("says what does not fit", async () => {
    const train = "a,b\n1,2\n";
    expect(await complaint({ "train.csv": train })).toBe(
      "F: no test.csv; tables are train.csv and test.csv, the folder holds train.csv.",
    );
    expect(await complaint({ "train.csv": train, "test.csv": "b,a\n1,2\n" })).toBe(
      'F: column 1 is "a" in train.csv and "b" in test.csv; give both the same columns in the same order',
    );
    expect(await complaint({ "train.csv": train, "test.csv": "a\n1\n" })).toContain(
      'column 2 is "b" in train.csv and missing in test.csv',
    );
    expect(await complaint({ "train.csv": train, "test.csv": "a,b\nx,y\n" }, { label: "kind" })).toBe(
      'F: has no column "kind" for the labels; its columns are a, b',
    );
    expect(await complaint({ "train.csv": train, "test.csv": "a,b\n1,x\n" })).toBe(
      'F/test.csv: row 2, column "b": "x" is no number; fill it in, drop the row, or say that the column holds the label',
    );
    expect(await complaint({ "train.csv": train, "test.csv": new Uint8Array([0xff, 0xfe, 0x61, 0]) })).toBe(
      "F/test.csv: is no text in UTF-8; save it as CSV in UTF-8",
    );
    await expect(loadCsvTable("/no/such/folder")).rejects.toThrow(FileError);
    await expect(loadCsvTable(".", { seed: 1 } as never)).rejects.toThrow('has no option "seed"');
  });
});

describe("a value out of reach of the training rows", () => {
  test("is told by its file, its row there and its column", async () => {
    const said =
      ', column "b": 1e25 is 1e25 standard deviations from the mean of the training rows; correct it, or drop the row';
    const train = "a,b\n1,2\n3,4\n";
    expect(await complaint({ "train.csv": train, "test.csv": "a,b\n1,2\n3,1e25\n" })).toBe(`F/test.csv: row 3${said}`);
    expect(await complaint({ "train.csv": train, "test.csv": "1,2\n3,1e25\n" })).toContain("column 1 is");
    expect(await complaint({ "train.csv": "1,2\n3,4\n", "test.csv": "1,1e25\n" })).toContain("F/test.csv: row 1, ");
  });

  test("is told by its row in the file where that was divided", async () => {
    const count = 23;
    for (const dataSeed of [0, 1, 2]) {
      for (const row of divide(count, dataSeed, "x").test) {
        const lines = Array.from({ length: count }, (_, i) => (i === row ? "1e25" : `${i}`));
        const message = await complaint({ "t.csv": `x\n${lines.join("\n")}\n` }, { file: "t.csv", dataSeed });
        expect(message).toContain(`F/t.csv: row ${row + 2}, column "x": 1e25 is `);
      }
    }
  });
});

describe("examples for a trained model", () => {
  const columns = { names: ["a", "b"], mean: [0, 10], scale: [1, 10] };
  const load = async (content: string | Uint8Array, expected = columns): Promise<unknown> => {
    const folder = await folderWith({ "new.csv": content });
    const input = [expected.names.length];
    return loadExamples(join(folder, "new.csv"), { input, columns: expected }).then(
      (examples) => examples.toArray(),
      (error: unknown) => {
        expect(error).toBeInstanceOf(DataError);
        return (error as DataError).message.replaceAll(folder, "F");
      },
    );
  };

  test("come in the model's order of columns and its units", async () => {
    expect(await load("b,label,a\n30,x,5\n")).toEqual([[5, 2]]);
  });

  test("are refused by their place in the file, and other columns by the model's own", async () => {
    expect(await load("b,a\n10,0\n1e25,0\n")).toContain('F/new.csv: row 3, column "b": 1e25 is 1e24 standard');
    expect(await load("b\n1\n")).toBe('F/new.csv: lacks the column "a"; the model\'s columns are a, b');
    expect(await load("b,a,c\n1,2,3\n")).toBe('F/new.csv: has a column "c"; the model\'s columns are a, b');
    expect(await load(Uint8Array.of(0x61, 0xff, 0x0a, 0x31))).toBe(
      "F/new.csv: is no text in UTF-8; save it as CSV in UTF-8",
    );
    const names = Array.from({ length: 15 }, (_, i) => `c${i}`);
    const wide = { names, mean: names.map(() => 0), scale: names.map(() => 1) };
    expect(await load("b\n1\n", wide)).toMatch(/the model's columns are c0, c1, .*, c11 and 3 more$/);
  });
});

describe("one table", () => {
  const text = `a,b,kind\n${Array.from({ length: 23 }, (_, i) => `${i},${i % 3},k${i % 2}`).join("\n")}\n`;

  test("is divided 5 : 1 by the seed, each row in one part and with its own label", async () => {
    const folder = await folderWith({ "readings.CSV": text });
    const load = (dataSeed?: number) => loadCsvTable(join(folder, "readings.CSV"), { label: "kind", dataSeed });
    const data = await load();
    expect(data.name).toBe("readings");
    expect([data.train.inputs.shape, data.test.inputs.shape]).toEqual([
      [20, 2],
      [3, 2],
    ]);
    const numbers = [data.train, data.test].flatMap(({ inputs, labels }) =>
      (unstandardise(data.columns!, inputs).toArray() as number[][]).map(([a, b], i) => {
        expect(b!).toBeCloseTo(Math.round(a!) % 3, 5);
        expect(data.classes![labels!.data[i]!]).toBe(`k${Math.abs(Math.round(a!) % 2)}`);
        return Math.abs(Math.round(a!)); // -0 is 0
      }),
    );
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i));
    expect(await load(0)).toEqual(data);
    expect(await load(1)).not.toEqual(data);
  });

  test("of one row is refused, as are labels that it does not have", async () => {
    const file = "t.csv";
    expect(await complaint({ [file]: "a\n1\n" }, { file })).toBe(
      "F/t.csv: 1 example is too few for a part to train on and one to test with; add some",
    );
    expect(await complaint({ [file]: text }, { file, label: "sort" })).toContain('has no column "sort"');
  });

  test("divided: the parts are disjoint, cover all, and the test part is a sixth but never empty", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), (count, seed) => {
        const { train, test } = divide(count, seed, "x");
        expect(test.length).toBe(Math.max(1, Math.floor(count / 6)));
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});
