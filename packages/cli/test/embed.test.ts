// elbo embed on a tiny run: its files, its refusals in one line, and the JSON for programs.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTable } from "@elbo/vae";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elbo } from "./in-process.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-embed-"));
const folder = join(scratch, "run");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeAll(async () => {
  const size = ["--train-size", "60", "--test-size", "30", "--hidden", "8", "--latent", "2", "--epochs", "1"];
  expect((await elbo("train", "--data", "sensors", "--likelihood", "gaussian", ...size, "--out", folder)).code).toBe(0);
}, 30_000);

const json = join(scratch, "embed.json");

test("writes map, baselines, coordinates and table, and says what it found", async () => {
  const out = join(scratch, "shown");
  const outcome = await elbo("embed", folder, "--out", out, "--json", json, "--part", "train");
  expect(outcome).toMatchObject({ code: 0, err: "" });
  expect(outcome.out).toContain("PCA, 2 dimensions");
  expect(outcome.out).toContain("linear autoencoder, 2 dimensions");
  const files = ["baselines.png", "baselines.svg", "coordinates.csv", "map.png", "map.svg", "table.json"];
  expect(readdirSync(out).sort()).toEqual(files);
  expect(parseTable(readFileSync(join(out, "coordinates.csv"), "utf8"), "coordinates.csv").rows.shape).toEqual([60, 5]);
  const table = JSON.parse(readFileSync(json, "utf8"));
  expect(table).toEqual(JSON.parse(readFileSync(join(out, "table.json"), "utf8")));
  expect(table.comparisons[0].rows[0]).toMatchObject({ method: "VAE, 2 dimensions", ours: true });
});

test("the linear autoencoder is trained once, and the second table is the first one", async () => {
  const again = await elbo("embed", folder, "--json", `${json}.again`, "--part", "train");
  expect(again.code).toBe(0);
  expect(again.out).not.toContain("training linear");
  const [first, second] = [json, `${json}.again`].map((file) => JSON.parse(readFileSync(file, "utf8")));
  expect(second.comparisons).toEqual(first.comparisons);
  expect(existsSync(join(folder, "embed", "map.svg"))).toBe(true);
});

describe("what cannot be is refused in one line with 2, and nothing is written", () => {
  test.each([
    [["--neighbours", "0"], /--neighbours takes a whole number of 1 or more, got "0"/],
    [["--neighbours", "61"], /neighbours is a whole number from 1 to 60, got 61/],
    [["--part", "both"], /--part is one of train, test; got "both"/],
    [["--grid", "1.5"], /--grid takes a whole number/],
    [["--dim", "2"], /unknown option '--dim'/],
    [["--seed", "x"], /--seed takes a whole number/],
  ])("%j", async (options, message) => {
    const out = join(scratch, "refused");
    const outcome = await elbo("embed", folder, "--out", out, ...options);
    expect(outcome.code).toBe(2);
    expect(outcome.err).toMatch(message);
    expect(outcome.err.split("\n")).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  });

  test("no run, and a folder that holds none", async () => {
    expect(await elbo("embed")).toMatchObject({ code: 2, err: expect.stringMatching(/which run/) });
    expect(await elbo("embed", scratch)).toMatchObject({ code: 2, err: expect.stringMatching(/holds no run/) });
  });
});

test("the example of the help is a command that runs", async () => {
  const { code, out } = await elbo("embed", "--help");
  expect(code).toBe(0);
  const [, , ...words] = /Example:\s+(elbo embed .*)/.exec(out)![1].split(" ");
  const example = words.map((word) => (word === "runs/start" ? folder : word));
  expect((await elbo("embed", ...example)).code).toBe(0);
});
