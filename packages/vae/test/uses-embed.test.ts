// Embeddings side by side: figures that are known in closed form, what depends on which part, and degenerate data.

import {
  ArgumentError,
  contiguous,
  fromTypedArray,
  key,
  normal,
  reshape,
  slice,
  type Tensor,
  uniform,
} from "@elbo/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { Dataset, Split } from "../src/data/dataset.js";
import { digits } from "../src/data/digits/digits.js";
import { evaluate } from "../src/evaluation/evaluate.js";
import { psnr } from "../src/evaluation/image-quality.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { latentMeans, type Model, reconstruct } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { trainingConfig } from "../src/training/fit.js";
import { embed, type EmbedResult } from "../src/uses/embed.js";
import { posteriorDeviations } from "../src/uses/embed/plane-map.js";
import type { Study } from "../src/uses/study.js";
import { expectAllClose, expectClose, numbers } from "./support/numbers.js";
import { dataOf, noise, train } from "./support/tiny.js";

/** Every third pixel of the embedded digits: PCA of all of them would take seconds. */
const coarse = ({ inputs, labels }: Split): Split => ({
  inputs: contiguous(slice(inputs, [null, { start: 1, step: 3 }, { start: 1, step: 3 }])),
  labels,
});
const whole = digits({ train: 200, test: 60, seed: 3 });
const data: Dataset = { ...whole, train: coarse(whole.train), test: coarse(whole.test) };
const training = trainingConfig({ epochs: 2, batch: 20, lr: 1e-2, seed: 1 });
const model = vae({ input: [9, 9], hidden: [32], latent: 2 });
const study: Study = { model, data, training };
let result: EmbedResult;
beforeAll(async () => {
  await train(model, data, training);
  result = await embed(study, { grid: 3 });
});

/** The figures of a row by the beginning of its method's name. */
const figures = ({ comparison }: EmbedResult, method: string): readonly (number | null)[] =>
  comparison.rows.find((row) => row.method.startsWith(method))!.values;

const labelled = (inputs: Tensor, labels: readonly number[]) => ({
  inputs,
  labels: fromTypedArray(Int32Array.from(labels)),
});

describe("figures", () => {
  test("ours are those that the same model has elsewhere", () => {
    const { inputs } = data.test;
    const [trust, accuracy, decibel, nats] = figures(result, "VAE");
    expect(trust! > 0.5 && trust! < 1).toBe(true);
    expectClose(accuracy! * 0.6, Math.round(accuracy! * 0.6), 1e-12, "a count of 60 examples");
    expectClose(decibel!, psnr(reconstruct(model, inputs), inputs), 1e-6);
    expectClose(nats!, -evaluate(model, data.test, key(0)).elbo!, 1e-9);
  });

  test("PCA is fitted on the training part: with all dimensions of it nothing is lost", async () => {
    const table = { ...noise(40, 20, [3]), name: "cube" };
    const small = autoencoder({ input: [3], hidden: [4], latent: 3, likelihood: "gaussian" });
    const found = await embed({ model: small, data: table, training });
    const [trust, , rmse] = figures(found, "PCA, 3 dimensions");
    expect(trust).toBe(1);
    expect(rmse!).toBeLessThan(1e-6);
    expect(found.comparison.columns[2].unit).toBe("standard units");
  });

  test("a linear autoencoder is no better than PCA on the rows that PCA is fitted to (Baldi and Hornik)", async () => {
    const rows = normal(key(4), [60, 6]);
    const same = { ...dataOf(rows, rows), name: "gaussian" };
    const small = autoencoder({ input: [6], hidden: [], latent: 2, likelihood: "gaussian" });
    const found = await embed({ model: small, data: same, training: { ...training, epochs: 40 } });
    const [pca, linear] = ["PCA", "linear"].map((method) => figures(found, method)[2]!);
    expect(linear).toBeGreaterThanOrEqual(pca);
    expect(linear).toBeLessThan(1.2 * pca);
  });

  test("far clusters are told apart by every method, and by the data themselves", async () => {
    const cluster = (count: number, seed: number) => {
      const labels = Array.from({ length: count }, (_, i) => i % 3);
      const noisy = normal(key(seed), [count, 4]);
      const moved = Float32Array.from(noisy.data, (value, at) => 0.01 * value + 5 * labels[Math.floor(at / 4)]);
      return labelled(fromTypedArray(moved, [count, 4]), labels);
    };
    const clusters: Dataset = { name: "clusters", train: cluster(60, 1), test: cluster(30, 2) };
    const small = autoencoder({ input: [4], hidden: [], latent: 1, likelihood: "gaussian", seed: 2 });
    await train(small, clusters, training);
    const { comparison, reference, map } = await embed({ model: small, data: clusters, training });
    expect(comparison.rows.map(({ values }) => values[1])).toEqual([100, 100, 100, 100]);
    expect(reference?.method).toBe("all 4 columns");
    // One dimension: each class on a line of its own.
    expect(map.points.map(([, y]) => y)).toEqual(map.labels);
  });

  test("everything is fitted on the training part alone: a shorter test part leaves coordinates and baselines as they were", async () => {
    const other: Dataset = { ...data, test: labelled(slice(data.test.inputs, [{ stop: 30 }]), Array(30).fill(0)) };
    const again = await embed({ ...study, data: other }, { grid: 3, part: "train" });
    const before = await embed(study, { grid: 3, part: "train" });
    expect(numbers(again.coordinates.codes)).toEqual(numbers(before.coordinates.codes));
    for (const at of [0, 1]) expect(again.opponents[at].points).toEqual(before.opponents[at].points.slice(0, 30));
  });
});

describe("coordinates and maps", () => {
  test("coordinates are the means and deviations of q(z|x) of every example of the part", async () => {
    const { coordinates } = result;
    expect(coordinates.part).toBe("test");
    expectAllClose(numbers(coordinates.codes), numbers(latentMeans(model, data.test.inputs)), 1e-6);
    expectAllClose(numbers(coordinates.deviations!), numbers(posteriorDeviations(model, data.test.inputs)), 1e-6);
    const train = await embed(study, { part: "train", grid: 1 });
    expect(train.coordinates.codes.shape).toEqual([200, 2]);
    expect(train.coordinates.labels).toBe(data.train.labels);
  });

  test("two dimensions are drawn as they are; ellipses about their points, the deviations as half-axes, none too many", () => {
    const { map, coordinates } = result;
    const z = numbers(coordinates.codes);
    expect(map.points.flat()).toEqual(z);
    const area = map.ellipses.reduce((total, { major, minor }) => total + Math.PI * major * minor, 0);
    const range = ([first, ...rest]: number[]) => Math.max(first, ...rest) - Math.min(first, ...rest);
    const side = Math.max(range(map.points.map(([x]) => x)), range(map.points.map(([, y]) => y)));
    expect(area).toBeLessThanOrEqual(2 * side ** 2);
    expect(map.ellipses.length).toBeGreaterThan(0);
    for (const { x, y, major, minor, label } of map.ellipses) {
      const i = map.points.findIndex(([a, b]) => a === x && b === y);
      const [one, other] = [0, 1].map((j) => coordinates.deviations!.data[2 * i + j]);
      expectAllClose([major, minor], [Math.max(one, other), Math.min(one, other)], 1e-6);
      expect(label).toBe(map.labels![i]);
    }
    expect(result.opponents.map(({ method }) => method)).toEqual([
      "PCA, 2 dimensions",
      "linear autoencoder, 2 dimensions",
    ]);
  });

  test("the manifold is a grid of images, and tables have none", async () => {
    expect(result.manifold!.images.shape).toEqual([9, 9, 9]);
    const table = noise(20, 10, [5]);
    expect(
      (await embed({ model: vae({ input: [5], hidden: [], latent: 3 }), data: table, training })).manifold,
    ).toBeNull();
  });
});

describe("small and odd data", () => {
  const cases: [string, Model, Dataset][] = [
    ["one example of each part", vae({ input: [4, 3], hidden: [3], latent: 2 }), noise(1, 1, [4, 3])],
    ["more latent than data dimensions", vae({ input: [2], hidden: [], latent: 5 }), noise(9, 7, [2])],
    ["one column", autoencoder({ input: [1], hidden: [3], latent: 1 }), noise(9, 7, [1])],
    ["one latent dimension, labels", vae({ input: [3], hidden: [], latent: 1 }), withLabels(noise(9, 7, [3]))],
    ["images that are all alike", vae({ input: [2, 2], hidden: [], latent: 3 }), alike()],
    ["training of one class", autoencoder({ input: [3], hidden: [], latent: 2 }), withLabels(noise(9, 7, [3]), 0)],
    ["examples of three axes", vae({ input: [2, 2, 2], hidden: [], latent: 2 }), noise(9, 7, [2, 2, 2])],
  ];
  test.each(cases)("%s", async (_, small, some) => {
    const { comparison, coordinates, map, opponents } = await embed(
      { model: small, data: some, training },
      { grid: 2 },
    );
    expect(comparison.rows.flatMap(({ values }) => values).some(Number.isNaN)).toBe(false);
    expect(coordinates.codes.shape).toEqual([some.test.inputs.shape[0], small.config.latent]);
    for (const { points } of [map, ...opponents]) expect(points.flat().every(Number.isFinite)).toBe(true);
  });

  test("without classes to tell apart there is no accuracy and no reference", async () => {
    const one = withLabels(noise(9, 7, [3]), 0);
    const { comparison, reference } = await embed({ model: vae({ input: [3], latent: 2 }), data: one, training });
    expect(reference).toBeNull();
    expect(comparison.rows.map(({ values }) => values[1])).toEqual([null, null, null]);
  });

  function withLabels(some: Dataset, classes = 3): Dataset {
    const give = (inputs: Tensor) =>
      labelled(
        inputs,
        Array.from({ length: inputs.shape[0] }, (_, i) => i % (classes || 1)),
      );
    return { ...some, train: give(some.train.inputs), test: give(some.test.inputs) };
  }

  function alike(): Dataset {
    const one = reshape(uniform(key(1), [4]), [1, 2, 2]);
    const copies = (count: number): Tensor =>
      fromTypedArray(
        Float32Array.from({ length: 4 * count }, (_, i) => one.data[i % 4]),
        [count, 2, 2],
      );
    return dataOf(copies(8), copies(6));
  }
});

describe("options", () => {
  test.each([
    [{ neighbours: 0 }, /neighbours is a whole number from 1 to 200, got 0/],
    [{ neighbours: 201 }, /from 1 to 200, got 201/],
    [{ grid: 0 }, /grid/],
    [{ seed: -1 }, /seed/],
    [{ part: "validation" as "test" }, /part is train or test, got "validation"/],
    [{ dim: 2 } as object, /has no option "dim"; it takes neighbours/],
  ])("%j is refused", async (options, message) => {
    const refused = embed(study, options);
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow(message);
  });
});
