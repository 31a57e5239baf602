// elbo anomaly: files, tables and exit codes on tiny runs, and new examples from files.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slice, type Tensor } from "@elbo/tensor";
import { digits, formatTable, parseTable, sensors, unstandardise, writeIdx } from "@elbo/vae";
import { imageGrid } from "@elbo/vae/report";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anomaly } from "../src/verbs/anomaly.js";
import { elbo } from "./in-process.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-anomaly-"));
const path = (name: string): string => join(scratch, name);
const [images, table] = [path("images"), path("table")];
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const tiny = ["--hidden", "8", "--latent", "2", "--epochs", "1"];

/** Digits of 9 by 9 pixels, every third of each side: what takes long with many pixels is not what is tested here. */
const { train, test: tested } = digits({ train: 60, test: 40 });
const small = (whole: Tensor): Tensor => slice(whole, [null, { start: 1, step: 3 }, { start: 1, step: 3 }]);
const bytes = ({ data }: Tensor): Uint8Array => Uint8Array.from(data, (ink) => Math.round(255 * ink));

beforeAll(async () => {
  mkdirSync(path("idx"));
  for (const [name, { inputs, labels }] of [
    ["train", train],
    ["t10k", tested],
  ] as const) {
    const shrunk = small(inputs);
    writeFileSync(join(path("idx"), `${name}-images-idx3-ubyte`), writeIdx(shrunk.shape, bytes(shrunk)));
    writeFileSync(
      join(path("idx"), `${name}-labels-idx1-ubyte`),
      writeIdx(labels!.shape, Uint8Array.from(labels!.data)),
    );
  }
  expect((await elbo("train", "--data", path("idx"), ...tiny, "--out", images)).code).toBe(0);
  const sensor = ["--data", "sensors", "--train-size", "300", "--test-size", "40", "--likelihood", "gaussian"];
  expect((await elbo("train", ...sensor, "--model", "ae", ...tiny, "--out", table)).code).toBe(0);
});

test("a table: its files, its table as JSON, and a companion that is not trained twice", async () => {
  const json = path("table.json");
  const { code, out, err } = await elbo("anomaly", table, "--fpr", "0.1", "--json", json);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/training detector/);
  expect(out).toMatch(/AUROC, %.*FPR at 95 % TPR, %/);
  const files = ["heat-table.png", "heat-table.svg", "roc.png", "roc.svg", "scores.csv", "table.json"];
  expect(readdirSync(join(table, "anomaly")).sort()).toEqual(files);
  const whole = JSON.parse(readFileSync(json, "utf8")) as { use: string; comparisons: { rows: unknown[] }[] };
  expect([whole.use, whole.comparisons[0].rows.length]).toEqual(["anomaly", 5]);
  expect((await elbo("anomaly", table, "--fpr", "0.1")).out).not.toMatch(/training detector/);
});

test("one class of images: a gallery of a detector of its own", async () => {
  const { code, out } = await elbo("anomaly", images, "--normal", "0", "--score", "deviance", "--out", path("zero"));
  expect([code, /training one-class-0/.test(out)]).toEqual([0, true]);
  expect(existsSync(join(path("zero"), "gallery.png"))).toBe(true);
});

describe("new examples", () => {
  const scores = (folder: string) => parseTable(readFileSync(join(folder, "scores.csv"), "utf8"), "scores.csv").rows;

  test("of a table score as in the test part, whatever the order of the columns", async () => {
    const data = sensors({ train: 300, test: 40 });
    const rows = unstandardise(data.columns!, data.test.inputs);
    const order = [...data.columns!.names.keys()].reverse();
    const names = order.map((column) => data.columns!.names[column]);
    writeFileSync(path("new.csv"), formatTable(names, slice(rows, [null, { step: -1 }])));
    const { code, out } = await elbo("anomaly", table, "--input", path("new.csv"), "--out", path("new"));
    expect([code, /new\.csv: \d+ of 40 examples score more/.test(out)]).toEqual([0, true]);
    await elbo("anomaly", table, "--out", path("old"));
    const [fresh, known] = [scores(path("new")), scores(path("old"))];
    for (let i = 0; i < 40; i++) expect(fresh.data[4 * i + 1]).toBeCloseTo(known.data[3 * i + 1], 4); // units go there and back in float32
  });

  test("of images come from a folder of PNG files, one of them, or IDX", async () => {
    const three = small(slice(tested.inputs, [{ stop: 3 }]));
    mkdirSync(path("pngs"));
    for (const i of [0, 1, 2])
      writeFileSync(join(path("pngs"), `${i}.png`), imageGrid(slice(three, [{ start: i, stop: i + 1 }])));
    writeFileSync(path("three.idx"), writeIdx(three.shape, bytes(three)));
    const found: number[][] = [];
    for (const input of ["pngs", "three.idx", "pngs/0.png"]) {
      const outcome = await elbo("anomaly", images, "--normal", "1", "--input", path(input), "--out", path("i"));
      expect([outcome.code, outcome.err]).toEqual([0, ""]);
      found.push([...scores(path("i")).data]);
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0].slice(0, 4));
  });

  test.each([
    ["a b,c\n1,2\n", /lacks the column "speed \(rpm\)" and has a column "a b"/],
    ["", /is empty/],
  ])("of another table are refused in words: %j", async (text, pattern) => {
    writeFileSync(path("other.csv"), text);
    const { code, err } = await elbo("anomaly", table, "--input", path("other.csv"), "--out", path("never"));
    expect([code, err.split("\n").length, existsSync(path("never"))]).toEqual([2, 1, false]);
    expect(err).toMatch(pattern);
  });
});

test.each([
  [["images", "--fpr", "1"], /--fpr is a rate between 0 and 1, got 1/],
  [["images", "--fpr", "x"], /--fpr takes a number/],
  [["images", "--score", "elbo"], /--score is one of reconstruction-error, negative-elbo, deviance/],
  [["images", "--normal", "cat"], /--normal takes classes/],
  [["images", "--normal", "11"], /no training example is of class 11/],
  [["table", "--normal", "outlier"], /no training example is of class 1/],
  [["images", "--input", "x"], /choose one: --normal 0/],
  [["table", "--input", "nowhere.csv"], /no such file/],
  [["table", "--input", "."], /no PNG or IDX images/],
])("elbo anomaly %j ends with 2 and one line, and writes nothing", async ([folder, ...options], pattern) => {
  const { code, err } = await elbo("anomaly", path(folder), ...options, "--out", path("never"));
  expect([code, err.split("\n").length, existsSync(path("never"))]).toEqual([2, 1, false]);
  expect(err).toMatch(pattern);
});

test("the help's example is a command that is understood", async () => {
  const { code, out } = await elbo("anomaly", "--help");
  expect([code, out.includes(anomaly.example)]).toEqual([0, true]);
  const [, verb, , ...options] = anomaly.example.split(" ");
  const outcome = await elbo(verb, images, ...options, "--out", path("example"));
  expect([outcome.code, outcome.err]).toEqual([0, ""]);
});
