// The verbs that generate: their files, their one-line errors, and that what helps says is a command.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elbo } from "./in-process.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-generate-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);

const images = at("images");
const table = at("table");
const tiny = ["--train-size", "60", "--hidden", "16", "--latent", "3", "--epochs", "1", "--batch", "20"];

beforeAll(async () => {
  expect((await elbo("train", ...tiny, "--test-size", "20", "--out", images)).code).toBe(0);
  const sensors = ["--data", "sensors", "--likelihood", "gaussian"];
  expect((await elbo("train", ...tiny, ...sensors, "--test-size", "20", "--out", table)).code).toBe(0);
});

/** The last line of a verb's help as arguments, on the run of this file. */
async function exampleOf(verb: string): Promise<string[]> {
  const { code, out } = await elbo(verb, "--help");
  expect(code).toBe(0);
  const words = out.trim().split("\n").at(-1)!.trim().split(" ").slice(1);
  return words.map((word) => (word === "runs/start" ? images : word.endsWith(".png") ? at(word) : word));
}

const headOf = (path: string, bytes: number): string => readFileSync(path).subarray(0, bytes).toString("latin1");
const isPng = (path: string): boolean => headOf(path, 4) === "\u0089PNG";

describe("elbo generate", () => {
  test("as its help says it, writes its pictures and its table, and keeps the twin", async () => {
    const json = at("table.json");
    const outcome = await elbo(...(await exampleOf("generate")), "--json", json);
    expect([outcome.code, outcome.err]).toEqual([0, ""]);
    expect(outcome.out).toContain("training twin");
    expect(readdirSync(join(images, "companions"))).toEqual([expect.stringMatching(/^twin-[0-9a-f]{8}\.safetensors$/)]);
    expect(readdirSync(join(images, "generate")).sort()).toEqual(
      [
        "ae-and-vae.png",
        "ae-and-vae.svg",
        "animation.gif",
        "interpolation.png",
        "interpolation.svg",
        "neighbours.png",
        "neighbours.svg",
        "samples.png",
        "table.json",
        "traversal.png",
        "traversal.svg",
      ].sort(),
    );
    expect(headOf(join(images, "generate/animation.gif"), 6)).toBe("GIF89a");
    const found = JSON.parse(readFileSync(json, "utf8")) as { use: string; comparisons: { rows: unknown[] }[] };
    expect(found.use).toBe("generate");
    expect(found.comparisons[0].rows).toHaveLength(4);
  });

  test("gives a table its samples in the columns' own units", async () => {
    expect((await elbo("generate", table, "--count", "8", "--out", at("rows"))).code).toBe(0);
    expect(readdirSync(at("rows")).sort()).toEqual(["samples.csv", "table.json"]);
    expect(readFileSync(at("rows/samples.csv"), "utf8").trim().split("\n")).toHaveLength(9);
  });
});

describe("elbo interpolate and elbo traverse", () => {
  test.each([
    ["interpolate", ["--from", "3", "--to", "7", "--steps", "5"]],
    ["interpolate", ["--mode", "slerp"]],
    ["traverse", ["--dimension", "all", "--example", "2"]],
    ["traverse", ["--dimension", "2", "--steps", "4"]],
  ])("%s %j writes strips and animations", async (verb, options) => {
    for (const ending of ["png", "gif"]) {
      const out = at(`${verb}.${ending}`);
      const { code, err } = await elbo(verb, images, ...options, "--out", out);
      expect([code, err]).toEqual([0, ""]);
      expect(ending === "png" ? isPng(out) : headOf(out, 6) === "GIF89a").toBe(true);
      rmSync(out);
    }
  });
});

describe("elbo sample", () => {
  test("writes a table as CSV in its own units, and images as pictures or data", async () => {
    expect((await elbo("sample", table, "--count", "5", "--out", at("s.csv"))).code).toBe(0);
    const [head, ...rows] = readFileSync(at("s.csv"), "utf8").trim().split("\n");
    expect(head).toContain("speed (rpm)");
    expect(rows).toHaveLength(5);
    expect((await elbo("sample", images, "--count", "5", "--out", at("s.png"))).code).toBe(0);
    expect(isPng(at("s.png"))).toBe(true);
    expect((await elbo("sample", images, "--count", "5", "--out", at("s.idx"))).code).toBe(0);
    expect(readFileSync(at("s.idx"))).toHaveLength(16 + 5 * 784);
  });
});

describe("a bad call ends with 2, one line, and nothing written", () => {
  const out = at("nothing");
  test.each([
    [["generate", images, "--count", "0"], /--count takes a whole number of 1 or more/],
    [["generate", images, "--sure", "2"], /--sure is a probability above 0/],
    [["generate", images, "--seed", "x"], /--seed takes a whole number/],
    [["generate"], /which run/],
    [["interpolate", images, "--from", "20", "--out", `${out}.png`], /--from is a test example from 0 to 19, got 20/],
    [["interpolate", images, "--to=-1", "--out", `${out}.png`], /--to takes a whole number of 0 or more/],
    [["interpolate", images, "--steps", "1", "--out", `${out}.png`], /--steps takes a whole number of 2 or more/],
    [["interpolate", images, "--mode", "spline", "--out", `${out}.png`], /--mode is one of lerp, slerp, both/],
    [["interpolate", images, "--out", `${out}.jpg`], /--out ends in \.png or \.gif, got/],
    [["interpolate", table, "--out", `${out}.png`], /are no images/],
    [["traverse", images, "--dimension", "4", "--out", `${out}.png`], /--dimension is all or from 1 to 3, got "4"/],
    [["traverse", images, "--dimension", "z1", "--out", `${out}.png`], /--dimension is all or from 1 to 3, got "z1"/],
    [["traverse", images, "--example", "99", "--out", `${out}.png`], /--example is a test example from 0 to 19/],
    [["traverse", images, "--out", at("missing/t.png")], /the folder .* does not exist/],
    [["sample", images, "--out", `${out}.csv`], /\.csv for tables/],
    [["sample", table, "--out", `${out}.png`], /are no images; write them as \.csv/],
  ])("elbo %j", async (args, message) => {
    const { code, err } = await elbo(...args);
    expect(err).toMatch(message);
    expect(err.split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    for (const ending of ["png", "gif", "jpg", "csv"]) expect(existsSync(`${out}.${ending}`)).toBe(false);
  });
});

describe("the example of the help runs as it stands, but for the names of the run and the file", () => {
  test.each(["interpolate", "traverse", "sample"])("elbo %s", async (verb) => {
    expect(await elbo(...(await exampleOf(verb)))).toMatchObject({ code: 0, err: "" });
  });
});
