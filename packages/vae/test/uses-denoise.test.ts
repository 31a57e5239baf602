// The use `denoise`: one noise for all methods, opponents at their best, closed forms of the scores, and odd data.

import {
  ArgumentError,
  full,
  gather,
  key,
  randomInt,
  ShapeError,
  tensor,
  type Tensor,
  uniform,
  zeros,
} from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import type { Corruption, Noise } from "../src/data/corruption.js";
import type { Dataset } from "../src/data/dataset.js";
import { DataError } from "../src/data/errors.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { type Model, reconstruct } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { trainingConfig, type TrainingConfig } from "../src/training/fit.js";
import { denoise, type Denoising } from "../src/uses/denoise.js";
import { cleanExamples } from "../src/uses/denoise/denoiser.js";
import { noisesFor } from "../src/uses/denoise/noises.js";
import { InterruptedError, type Study, type Trainer } from "../src/uses/study.js";
import { bits, expectClose, numbers } from "./support/numbers.js";
import { dataOf, noise as uniformData } from "./support/tiny.js";

/** Stands for training where a test asks nothing of the denoiser. */
const untrained: Trainer = (_, model) => Promise.resolve({ model, seconds: 0 });

const image = (input: readonly number[], likelihood: "bernoulli" | "gaussian" = "bernoulli"): Model =>
  vae({ input, hidden: [8, 6], latent: 2, likelihood });
const table = (width: number): Model => vae({ input: [width], hidden: [6], latent: 2, likelihood: "gaussian" });
const studyOf = (model: Model, data: Dataset, training: Partial<TrainingConfig> = {}): Study => ({
  model,
  data,
  training: trainingConfig({ epochs: 1, batch: 20, ...training }),
  train: untrained,
});
const tiny = (): Study => studyOf(image([4, 5]), uniformData(30, 12, [4, 5]));

const gaussian = (...levels: number[]): Noise[] => levels.map((level) => ({ kind: "gaussian", level }));
const valuesOf = (found: Denoising, kind: number, method: number): readonly (number | null)[] =>
  found.kinds[kind].comparison.rows[method].values;
const baselinesOf = (found: Denoising): unknown =>
  found.kinds.map(({ comparison }) => comparison.rows.filter(({ ours }) => !ours));

describe("the scores of the noisy input", () => {
  test("are those of the noise: sigma in dB, and half of the share of salt and pepper from gray", async () => {
    const gray = dataOf(full([20, 20, 20], 0.5), full([200, 20, 20], 0.5));
    // 0.5 is ten sigma away from 0 and 1, so nothing is cut off.
    const noises: Corruption = [
      ...gaussian(0.05),
      { kind: "salt-pepper", level: 0.2 },
      { kind: "masking", level: 0.4 },
    ];
    const found = await denoise(studyOf(image([20, 20]), gray), { noises });
    const squares = [0.05 ** 2, 0.2 * 0.25, 0.4 * 0.25];
    // Of n squares with mean m, 4 standard errors are 4 m sqrt(2 / n) for a normal error, less for the shares.
    const tolerance = 4 * (10 / Math.LN10) * Math.sqrt(2 / (200 * 400));
    for (const [kind, square] of squares.entries()) {
      expect(Math.abs(valuesOf(found, kind, 0)[0]! + 10 * Math.log10(square))).toBeLessThan(tolerance);
    }
  });

  test("are root mean squares for a table, in its own units", async () => {
    const found = await denoise(studyOf(table(5), dataOf(full([20, 5], 3), full([4000, 5], 3))), {
      noises: [...gaussian(2), { kind: "masking", level: 0.5 }],
    });
    expectClose(valuesOf(found, 0, 0)[0]!, 2, 4 / Math.sqrt(2 * 20_000));
    expectClose(valuesOf(found, 1, 0)[0]!, 3 * Math.sqrt(0.5), 4 / Math.sqrt(4 * 20_000));
    expect(found.kinds[0].comparison.columns.map(({ name, better }) => [name, better])).toEqual([
      ["RMSE, sigma 2", "lower"],
    ]);
  });

  test("fall as the level rises, for all levels scale one draw", async () => {
    const found = await denoise(tiny(), { noises: noisesFor(image([4, 5]).config) });
    for (const kind of found.kinds.keys()) {
      const noisy = valuesOf(found, kind, 0).slice(0, 3) as number[];
      expect(noisy).toEqual(noisy.toSorted((a, b) => b - a));
    }
  });
});

describe("the methods", () => {
  test("are given noise that follows from the seed alone, not from what else is judged", async () => {
    const one = await denoise(tiny(), { noises: gaussian(0.5), seed: 3 });
    const same = await denoise(tiny(), { noises: gaussian(0.5), seed: 3 });
    const other = await denoise(tiny(), { noises: gaussian(0.5), seed: 4 });
    const more = await denoise(tiny(), { noises: [{ kind: "masking", level: 0.5 }, ...gaussian(1, 0.5)], seed: 3 });
    expect(same.kinds).toEqual(one.kinds);
    expect(baselinesOf(other)).not.toEqual(baselinesOf(one));
    expect(more.kinds.map(({ kind, levels }) => [kind, levels])).toEqual([
      ["gaussian", [0.5, 1]],
      ["masking", [0.5]],
    ]);
    for (const row of [0, 1, 2, 3]) {
      const [psnr, , ssim] = valuesOf(more, 0, row);
      expect([psnr, ssim]).toEqual(valuesOf(one, 0, row));
    }
  });

  test("include a blur that is wide where images are flat, and narrow where they are not", async () => {
    const flat = full([30, 8, 8], 0.5);
    const board = tensor([Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i + j) % 2))]);
    const boards = gather(board, zeros([30], { dtype: "int32" }));
    const widthFor = async (images: Tensor): Promise<number> => {
      const found = await denoise(studyOf(image([8, 8]), dataOf(images, images)), { noises: gaussian(0.1) });
      return found.blurs[0].sigma;
    };
    expect(await widthFor(flat)).toBe(1.5);
    expect(await widthFor(boards)).toBe(0.5);
  });

  test("return pixels from 0 to 1 also under a Gaussian likelihood", async () => {
    const found = await denoise(studyOf(image([4, 5], "gaussian"), uniformData(30, 12, [4, 5])));
    for (const { examples } of found.kinds) {
      for (const { images } of examples!) expect(numbers(images).every((x) => x >= 0 && x <= 1)).toBe(true);
    }
  });

  test("are a filter for the noise, and a denoiser that is better than its input where the data has few patterns", async () => {
    const patterns = tensor([0, 1, 2, 3].map((k) => [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map(() => Number(i === k)))));
    const draws = (seed: number, count: number): Tensor => gather(patterns, randomInt(key(seed), [count], { high: 4 }));
    const study = studyOf(image([4, 4]), dataOf(draws(1, 200), draws(2, 50)), { epochs: 30, lr: 0.02 });
    const found = await denoise({ ...study, train: undefined }, { noises: gaussian(0.5) });
    const [noisy, , , wiener, denoiser] = found.kinds[0].comparison.rows.map(({ values }) => values[0]!);
    expect(wiener).toBeGreaterThan(noisy);
    expect(denoiser).toBeGreaterThan(wiener);
  });
});

describe("the denoiser", () => {
  test("is a companion with a wide code, trained behind the noises judged and asked for gray", async () => {
    const asked: unknown[] = [];
    const train: Trainer = (name, model, _, training) => {
      const { kind, latent, hidden } = model.config;
      asked.push([name, kind, hidden, latent, training.corruption, training.targets, training.epochs]);
      return untrained(name, model, tiny().data, training);
    };
    const training = trainingConfig({ epochs: 7, targets: "dynamic" });
    const found = await denoise({ ...tiny(), training, train }, { noises: gaussian(0.5, 1) });
    expect(asked).toEqual([["denoiser", "autoencoder", [8, 6], 6, gaussian(0.5, 1), "gray", 7]]);
    expect(found.kinds[0].shorts).toEqual(["noisy", "median", "blur", "Wiener", "denoiser", "VAE"]);
  });

  test("has the run's code where there is no hidden layer", async () => {
    const model = autoencoder({ input: [4, 5], hidden: [], latent: 3 });
    const found = await denoise({ ...tiny(), model }, { noises: gaussian(0.5) });
    expect(found.denoiser.model.config.latent).toBe(3);
    expect(found.kinds[0].comparison.rows.at(-1)!.method).toBe("autoencoder, 3 dimensions, trained on clean images");
  });

  test("is the run's own model where that was trained behind noise, and nothing is trained", async () => {
    const refusing: Trainer = (name) => Promise.reject(new Error(`trained ${name}`));
    const training = trainingConfig({ corruption: gaussian(0.3) });
    const study = { ...tiny(), training, train: refusing };
    const found = await denoise(study);
    expect(found.denoiser).toMatchObject({ model: study.model, trainedWith: gaussian(0.3) });
    expect(found.kinds[0].comparison.rows.filter(({ ours }) => ours)).toHaveLength(1);
  });

  test("cleans examples whose originals nobody knows", async () => {
    const study = { ...tiny(), training: trainingConfig({ corruption: gaussian(0.3) }) };
    const noisy = uniform(key(9), [2, 4, 5]);
    const { examples } = await cleanExamples(study, noisy);
    expect(bits(examples)).toEqual(bits(reconstruct(study.model, noisy)));
    await expect(cleanExamples(study, uniform(key(9), [2, 5, 4]))).rejects.toThrow(ShapeError);
    await expect(cleanExamples(study, full([1, 4, 5], 2))).rejects.toThrow(DataError);
  });
});

describe("odd data", () => {
  test.each([
    ["one image to train on, one to test with", 1, 1, [4, 5]],
    ["images of one pixel", 5, 3, [1, 1]],
    ["images of one row", 5, 3, [1, 7]],
    ["more images than a strip shows", 12, 12, [3, 2]],
  ])("%s", async (_, train, test, input) => {
    const found = await denoise(studyOf(image(input), uniformData(train, test, input)));
    expect(found.kinds).toHaveLength(3);
    for (const { comparison, examples, shorts } of found.kinds) {
      expect(comparison.rows.flatMap(({ values }) => values).filter((value) => Number.isNaN(value))).toEqual([]);
      expect(examples!.map(({ name }) => name)).toEqual(["clean", ...shorts]);
      for (const { images } of examples!) expect(images.shape).toEqual([Math.min(test, 10), ...input]);
    }
  });

  test("a table has no pixels: no median, no blur, no SSIM, no strip", async () => {
    const columns = { names: ["a", "b", "c"], mean: [0, 0, 0], scale: [1, 1, 1] };
    const found = await denoise(studyOf(table(3), { ...uniformData(30, 8, [3]), columns }));
    expect(found.kinds.map(({ kind, examples }) => [kind, examples])).toEqual([
      ["gaussian", null],
      ["masking", null],
    ]);
    expect(found.kinds[0].shorts).toEqual(["noisy", "Wiener", "denoiser", "VAE"]);
    expect(found.kinds[0].comparison.title).toBe("Gaussian noise, 8 test rows");
    expect(found.kinds[0].comparison.columns[0]).toMatchObject({ name: "RMSE, sigma 0.25", unit: "standard units" });
    expect(found.blurs).toEqual([]);
  });

  test("that cannot be judged is refused before anything is trained", async () => {
    const study = { ...tiny(), train: () => Promise.reject(new Error("trained")) };
    const { train } = study.data;
    const withTest = (inputs: Tensor): Study => ({ ...study, data: { ...study.data, test: { inputs, labels: null } } });
    await expect(denoise(withTest(full([2, 4, 5], NaN)))).rejects.toThrow(DataError);
    await expect(denoise(withTest(full([2, 4, 5], 3)))).rejects.toThrow(/pixels run from 0 to 1/);
    await expect(denoise(withTest(zeros([0, 4, 5])))).rejects.toThrow(/the test part holds no examples/);
    await expect(denoise(withTest(zeros([2, 5, 4])))).rejects.toThrow(ShapeError);
    await expect(denoise({ ...study, data: { name: "half", train } as Dataset })).rejects.toThrow(DataError);
  });

  test.each([
    [{ noises: [] }, /at least one noise/],
    [{ noises: gaussian(0) }, /gaussian:0 leaves everything as it is/],
    [{ noises: gaussian(0.5, 0.5) }, /gaussian:0.5 is there twice/],
    [{ noises: gaussian(NaN) }, /got gaussian:NaN/],
    [{ seed: 0.5 }, /seed is a whole number/],
    [{ level: 3 } as object, /level/],
  ])("%j is refused", async (options, message) => {
    const call = denoise(tiny(), options);
    await expect(call).rejects.toThrow(message);
    await expect(call).rejects.toThrow(ArgumentError);
  });

  test("salt and pepper on a table is refused, and a study that is stopped says so", async () => {
    const peppered: Corruption = [{ kind: "salt-pepper", level: 0.1 }];
    const rows = studyOf(table(3), uniformData(30, 8, [3]));
    await expect(denoise(rows, { noises: peppered })).rejects.toThrow(/use gaussian or masking/);
    await expect(denoise({ ...tiny(), signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
  });
});
