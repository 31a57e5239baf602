// elbo denoise on tiny runs: tables and pictures, a picture of the user's own, and refusals in one line.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { slice, sub, type Tensor } from "@elbo/tensor";
import { digits, parsePng } from "@elbo/vae";
import { imageGrid } from "@elbo/vae/report";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elbo, type Printed } from "./in-process.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-denoise-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);
const folder = at("run");

function expectRefusal({ code, err }: Printed, pattern: RegExp): void {
  expect(err).toMatch(pattern);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
}

/** The middles of 72 digits, `[72, 10, 10]`. */
const images = slice(digits({ train: 72, test: 1 }).train.inputs, [
  null,
  { start: 9, stop: 19 },
  { start: 9, stop: 19 },
]);
const image = (i: number): Tensor => slice(images, [{ start: i, stop: i + 1 }]);

/** A PNG of one colour, 8 bits a channel (PNG specification, third edition, sections 5 and 9). */
function colourPng(width: number, height: number, colour: readonly [number, number, number]): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  const row = [0, ...Array.from({ length: width }, () => colour).flat()];
  const pixels = Buffer.from(Array.from({ length: height }, () => row).flat());
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", new Uint8Array())];
  return Buffer.concat([signature, ...chunks]);
}

beforeAll(async () => {
  mkdirSync(at("pictures"));
  for (let i = 0; i < 72; i++) writeFileSync(join(at("pictures"), `${i}.png`), imageGrid(image(i)));
  const choices = ["--hidden", "8", "--latent", "2", "--epochs", "1"];
  expect(
    (await elbo("train", "--data", at("pictures"), ...choices, "--likelihood", "bernoulli", "--out", folder)).code,
  ).toBe(0);
  const sensors = ["--data", "sensors", "--train-size", "60", "--test-size", "12", "--likelihood", "gaussian"];
  expect((await elbo("train", ...sensors, ...choices, "--out", at("table"))).code).toBe(0);
  writeFileSync(at("digit.png"), imageGrid(image(0)));
}, 30_000);

describe("elbo denoise RUN", () => {
  test("writes a table, a strip for each kind of noise and the chart, and trains its denoiser once", async () => {
    const args = ["--noise", "gaussian:0.5,masking:0.5", "--json", at("a.json"), "--out", at("shown")];
    const first = await elbo("denoise", folder, ...args);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toContain("training denoiser");
    expect(first.out).toContain("Gaussian noise, 12 test images");
    const pictures = ["gaussian", "masking", "psnr"].flatMap((name) => [`${name}.png`, `${name}.svg`]);
    expect(readdirSync(at("shown")).sort()).toEqual([...pictures, "table.json"]);
    const again = await elbo("denoise", folder, ...args.slice(0, 2), "--json", at("b.json"));
    expect(again.out).not.toContain("training denoiser");
    expect(existsSync(join(folder, "denoise", "psnr.svg"))).toBe(true);
    const [a, b] = ["a.json", "b.json"].map((name) => JSON.parse(readFileSync(at(name), "utf8")));
    expect(b.comparisons).toEqual(a.comparisons);
    expect(a.comparisons[0].rows.map(({ method }: { method: string }) => method)).toEqual([
      "noisy input",
      "3 x 3 median",
      "Gaussian blur",
      "Wiener filter in the PCA basis",
      "denoising autoencoder",
      "VAE, 2 dimensions, trained on clean images",
    ]);
  });

  test("of a table writes the chart alone", async () => {
    const { code, out } = await elbo("denoise", at("table"));
    expect(code).toBe(0);
    expect(out).toContain("RMSE, sigma 0.25, standard units");
    expect(readdirSync(join(at("table"), "denoise")).sort()).toEqual(["rmse.png", "rmse.svg", "table.json"]);
  });

  test.each([
    [["--noise", "speckle:1"], /SIGMA/],
    [["--noise", "none"], /at least one noise/],
    [["--noise", "gaussian:0.5,gaussian:0.5"], /is there twice/],
    [["--invert"], /--invert belongs to a picture/],
    [["--strip", "s.png"], /--strip belongs to a picture/],
    [["--seed", "-1"], /./],
  ])("%j is refused, and nothing is written", async (options, message) => {
    expectRefusal(await elbo("denoise", folder, ...options, "--out", at("refused")), message);
    expect(existsSync(at("refused"))).toBe(false);
  });

  test("refuses salt and pepper on a table, and a folder that is no run", async () => {
    expectRefusal(await elbo("denoise", at("table"), "--noise", "salt-pepper:0.1"), /use gaussian or masking/);
    expectRefusal(await elbo("denoise", at("nowhere")), /holds no run/);
    expectRefusal(await elbo("denoise"), /which run/);
  });

  test("has a help whose example is understood but for its run", async () => {
    const { code, out } = await elbo("denoise", "--help");
    expect(code).toBe(0);
    expect(out).toContain("elbo denoise RUN [IMAGE.png]");
    const [, example] = /Example:\n {2}elbo (.*)/.exec(out)!;
    expectRefusal(await elbo(...example.replace("runs/start", at("nowhere")).split(" ")), /holds no run/);
  });
});

describe("elbo denoise RUN IMAGE.png", () => {
  const clean = (name: string, ...options: string[]): Promise<Printed> =>
    elbo("denoise", folder, at(name), "--noise", "gaussian:0.5,masking:0.5", "--out", at("clean.png"), ...options);
  const picture = (name: string): Tensor => parsePng(readFileSync(at(name)), name);

  test("writes the cleaned picture at its size, and before and after where asked", async () => {
    const outcome = await clean("digit.png", "--strip", at("strip.png"));
    expect(outcome).toMatchObject({ code: 0, err: "" });
    expect(outcome.out).toContain(`through the denoising autoencoder: ${at("clean.png")}; before and after`);
    expect(picture("clean.png").shape).toEqual([10, 10]);
    // Two images, each enlarged four times, with a gap of 2.
    expect(picture("strip.png").shape).toEqual([2 * 10 * 4 + 2, 10 * 4]);
  });

  test("--invert takes white on black and gives it back so: the negative of a picture becomes the negative result", async () => {
    const negative = imageGrid(sub(1, image(0)));
    writeFileSync(at("negative.png"), negative);
    await clean("digit.png");
    const expected = Array.from(picture("clean.png").data);
    expect((await clean("negative.png", "--invert")).code).toBe(0);
    // Each file is rounded to 1/255 once, and so was the picture that it was made from.
    const got = Array.from(picture("clean.png").data, (x) => 1 - x);
    expect(Math.max(...got.map((x, i) => Math.abs(x - expected[i])))).toBeLessThan(2 / 255);
  });

  test("reads colours as the ink that they are", async () => {
    writeFileSync(at("red.png"), colourPng(10, 10, [255, 0, 0]));
    expect((await clean("red.png")).code).toBe(0);
    expect(picture("clean.png").shape).toEqual([10, 10]);
  });

  test("refuses what it cannot clean, and writes nothing", async () => {
    rmSync(at("clean.png"), { force: true });
    writeFileSync(at("wide.png"), colourPng(32, 20, [0, 0, 0]));
    writeFileSync(at("cut.png"), readFileSync(at("digit.png")).subarray(0, 60));
    writeFileSync(at("text.png"), "no picture");
    expectRefusal(await clean("wide.png"), /wide\.png: examples are \[20, 32\], the model takes \[10, 10\]/);
    expectRefusal(await clean("cut.png"), /damaged or cut short/);
    expectRefusal(await clean("text.png"), /no PNG image/);
    expectRefusal(await clean("digit.jpg"), /ends in \.png, got/);
    expectRefusal(await clean("missing.png"), /missing\.png/);
    expectRefusal(await clean("digit.png", "--json", at("x.json")), /--json belongs to the tables/);
    expectRefusal(await clean("digit.png", "--strip", "strip.jpg"), /--strip ends in .png/);
    expectRefusal(await elbo("denoise", folder, at("digit.png"), "--out", at("clean.jpg")), /--out ends in .png/);
    expectRefusal(await elbo("denoise", at("table"), at("digit.png")), /are no images/);
    expectRefusal(await clean("digit.png", "more.png"), /does not know what to do with "more.png"/);
    expect(existsSync(at("clean.png"))).toBe(false);
  });
});
