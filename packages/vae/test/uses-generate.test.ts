// Generation: the twin, what is drawn, the judge, and the walks; on data of milliseconds and at the edges.

import { fromTypedArray, gather, key, normal, slice, tensor, type Tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import { formatExamples } from "../src/data/own-units.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { decodeMeans, latentMeans, type Model, reconstruct } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { trainingConfig } from "../src/training/fit.js";
import { type Draws, generate } from "../src/uses/generate.js";
import { trainJudge } from "../src/uses/generate/judge.js";
import type { Study } from "../src/uses/study.js";
import {
  interpolation,
  latentAxes,
  middleOf,
  pick,
  traversals,
  unlikePairs,
  walksOf,
} from "../src/uses/generate/walks.js";
import { expectClose, numbers } from "./support/numbers.js";
import { noise } from "./support/tiny.js";

const int32 = (values: readonly number[]): Tensor => fromTypedArray(Int32Array.from(values), [values.length]);

/** Bars: an image of class c has ink in column c, and a little noise. */
function bars(train: number, test: number, labelled = true): Dataset {
  const part = (count: number, seed: number): Dataset["train"] => {
    const labels = Array.from({ length: count }, (_, i) => i % 3);
    const grain = numbers(uniform(key(seed), [count, 4, 3], { high: 0.2 }));
    const ink = Float32Array.from(grain, (value, at) => (at % 3 === labels[Math.floor(at / 12)] ? 0.8 + value : value));
    return { inputs: fromTypedArray(ink, [count, 4, 3]), labels: labelled ? int32(labels) : null };
  };
  return { name: "bars", train: part(train, 1), test: part(test, 2) };
}

const training = trainingConfig({ epochs: 2, batch: 10, lr: 0.01 });
const small = { input: [4, 3], hidden: [8], latent: 3 };
const studyOf = (model: Model, data: Dataset): Study => ({ model, data, training });

describe("generate", () => {
  test("the twin is the other kind with the same choices, data and budget", async () => {
    for (const [model, kind] of [
      [vae({ ...small, seed: 4 }), "autoencoder"],
      [autoencoder({ ...small, seed: 4 }), "vae"],
    ] as const) {
      const data = bars(30, 9);
      const asked: unknown[] = [];
      await generate(
        {
          ...studyOf(model, data),
          train: async (name, twin, given, budget) => {
            asked.push([name, twin.config, given === data, budget]);
            return { model: twin, seconds: 0 };
          },
        },
        { count: 5 },
      );
      expect(asked).toEqual([["twin", { ...model.config, kind }, true, training]]);
    }
  });

  test("what is drawn: both decoders at one z, the fitted Gaussian, and test examples as they are", async () => {
    const data = bars(30, 9);
    const [model, twin] = [vae(small), autoencoder({ ...small, seed: 9 })];
    const study: Study = { ...studyOf(model, data), train: async () => ({ model: twin, seconds: 3 }) };
    const result = await generate(study, { count: 20, seed: 5 });
    expect(result.own).toBe(result.vae);
    expect(result.twinSeconds).toBe(3);
    expect(numbers(result.real.examples)).toEqual(numbers(data.test.inputs));
    for (const { examples } of [result.vae, result.autoencoder, result.fitted])
      expect(examples.shape).toEqual([20, 4, 3]);

    // With decoders that are the identity, what comes out is z itself.
    const line = { input: [3], hidden: [], latent: 3, likelihood: "gaussian" } as const;
    const [open, shut] = [vae(line), autoencoder(line)];
    const output = {
      weight: tensor([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
      bias: zeros([3]),
    };
    open.params = { ...open.params, decoder: { ...open.params.decoder, output } };
    shut.params = { ...shut.params, decoder: { ...shut.params.decoder, output } };
    const rows = noise(30, 9, [3]);
    const straight = await generate(
      { ...studyOf(open, rows), train: async () => ({ model: shut, seconds: 0 }) },
      { count: 4000 },
    );
    expect(numbers(straight.autoencoder.examples)).toEqual(numbers(straight.vae.examples));
    const z = numbers(straight.vae.examples);
    const square = z.reduce((total, x) => total + x * x, 0) / z.length;
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length)); // the variance of a squared draw is 2
  });

  test("distances and neighbours are those of a plain search, and their mean stands in the table", async () => {
    const data = bars(15, 6);
    const result = await generate(studyOf(vae(small), data), { count: 7 });
    const origins = [result.vae, result.autoencoder, result.fitted, result.real];
    expect(result.comparison.rows.map(({ method }) => method)).toEqual(origins.map(({ origin }) => origin));
    origins.forEach(({ examples, nearest, distances }: Draws, at) => {
      const rows = numbers(examples);
      const points = numbers(data.train.inputs);
      const distance = (i: number, j: number): number =>
        Math.hypot(...Array.from({ length: 12 }, (_, k) => rows[12 * i + k] - points[12 * j + k]));
      distances.forEach((found, i) => {
        const all = Array.from({ length: 15 }, (_, j) => distance(i, j));
        expectClose(found, Math.min(...all), 1e-12);
        expect(nearest[i]).toBe(all.indexOf(Math.min(...all)));
      });
      expectClose(result.comparison.rows[at].values[2]!, distances.reduce((a, b) => a + b) / distances.length, 1e-12);
    });
    expect(result.comparison.rows.map(({ ours }) => ours)).toEqual([true, false, false, false]);
  });

  test("copies have distance 0", async () => {
    const data = bars(12, 6);
    const copied: Dataset = { ...data, test: data.train };
    const { comparison } = await generate(studyOf(vae(small), copied), { count: 12 });
    expect(comparison.rows[3].values[2]).toBe(0);
  });

  test("same seed, same figures; another seed, other samples", async () => {
    const data = bars(30, 9);
    const figures = async (seed: number): Promise<unknown> => {
      const { comparison, own } = await generate(studyOf(vae(small), data), { count: 10, seed });
      return [comparison, numbers(own.examples)];
    };
    expect(await figures(1)).toEqual(await figures(1));
    expect(await figures(1)).not.toEqual(await figures(2));
  });

  test("an autoencoder under study samples the Gaussian of its codes, and is the row that is ours", async () => {
    const result = await generate(studyOf(autoencoder(small), bars(30, 9)), { count: 10 });
    expect(result.own).toBe(result.fitted);
    expect(result.comparison.rows.map(({ ours }) => ours)).toEqual([false, true, true, false]);
  });

  test("without labels or with one class there is no judge; for tables there are no walks", async () => {
    const one = bars(20, 5);
    const single = { ...one, train: { ...one.train, labels: int32(Array(20).fill(1)) } };
    for (const data of [bars(20, 5, false), single, noise(20, 5, [4, 3])]) {
      const { comparison, classifierAccuracy, walks } = await generate(studyOf(vae(small), data), { count: 5 });
      expect(classifierAccuracy).toBeNull();
      for (const { values } of comparison.rows) expect(values.slice(0, 2)).toEqual([null, null]);
      expect(walks!.interpolations).toHaveLength(2);
    }
    const table = await generate(studyOf(vae({ input: [5], latent: 2, likelihood: "gaussian" }), noise(20, 5, [5])), {
      count: 5,
    });
    expect(table.walks).toBeNull();
  });

  test("one latent dimension, one test example and one sample will do", async () => {
    const result = await generate(studyOf(vae({ ...small, latent: 1 }), bars(12, 1)), { count: 1 });
    expect(result.walks!.interpolations).toEqual([]);
    expect(result.walks!.tour).toBeNull();
    expect(result.walks!.traversals).toHaveLength(1);
    expect(result.comparison.rows.flatMap(({ values }) => values).every((value) => Number.isFinite(value))).toBe(true);
  });

  test.each([
    [{ count: 0 }, /count is a whole number of 1 or more, got 0/],
    [{ sure: 0 }, /sure is a probability above 0, got 0/],
    [{ sure: 1.1 }, /sure is a probability above 0/],
    [{ sure: NaN }, /got NaN/],
    [{ seed: -1 }, /seed is a whole number/],
    [{ number: 3 } as object, /has no option "number"/],
  ])("%j is refused before anything is trained", async (options, message) => {
    const trained: string[] = [];
    const study: Study = {
      ...studyOf(vae(small), bars(12, 3)),
      train: async (name, model) => {
        trained.push(name);
        return { model, seconds: 0 };
      },
    };
    await expect(generate(study, options)).rejects.toThrow(message);
    expect(trained).toEqual([]);
  });
});

describe("the judge", () => {
  test("knows bars apart; all classes in equal shares are balanced, one alone is not", async () => {
    const data = bars(300, 60);
    const judge = (await trainJudge(data, 0))!;
    expect(judge.accuracy).toBe(1);
    const all = judge.verdict(data.test.inputs, 0.9);
    const alone = judge.verdict(gather(data.test.inputs, int32(Array(10).fill(0))), 0.9);
    // Who gives each right class 0.9 or more has a mean prediction of at least 0.3 for each of three classes in equal
    // shares, and for one class alone of at least 0.9: entropies no nearer to 0, and no farther, than these.
    const entropy = (shares: readonly number[]): number => shares.reduce((total, p) => total - p * Math.log(p), 0);
    expect([all.sure, alone.sure]).toEqual([1, 1]);
    expect(all.balance).toBeGreaterThanOrEqual(entropy([0.4, 0.3, 0.3]) / Math.log(3) - 1e-6);
    expect(all.balance).toBeLessThanOrEqual(1 + 1e-6);
    expect(alone.balance).toBeLessThanOrEqual(entropy([0.9, 0.05, 0.05]) / Math.log(3) + 1e-6);
  });

  test("is sure of fewer as the threshold rises, and of all at 0", async () => {
    const data = bars(60, 30);
    const judge = (await trainJudge(data, 0))!;
    const blurred = uniform(key(3), [40, 4, 3]);
    const shares = [0, 0.5, 0.7, 0.9, 1].map((sure) => judge.verdict(blurred, sure).sure);
    expect(shares[0]).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  test("labels that leave numbers out name the same classes", async () => {
    const data = bars(90, 30);
    const sparse = (part: Dataset["train"]): Dataset["train"] => ({
      ...part,
      labels: int32(numbers(part.labels!).map((label) => 1_000_000_000 + 7 * label)),
    });
    const [plain, gaps] = [
      await trainJudge(data, 0),
      await trainJudge({ ...data, train: sparse(data.train), test: sparse(data.test) }, 0),
    ];
    expect(gaps!.accuracy).toBe(plain!.accuracy);
    expect(gaps!.verdict(data.test.inputs, 0.9)).toEqual(plain!.verdict(data.test.inputs, 0.9));
  });
});

describe("walks", () => {
  const data = bars(40, 12);
  const models: readonly Model[] = [vae(small), autoencoder(small)];

  test("all three ways begin and end with the reconstructions of the two examples", () => {
    for (const model of models) {
      const ends = pick(data.test.inputs, [1, 8]);
      const [first, last] = [0, 1].map((i) => numbers(slice(reconstruct(model, ends), [i])));
      for (const way of Object.values(interpolation(model, ends, 5)) as Tensor[]) {
        expect(way.shape).toEqual([5, 4, 3]);
        expect(numbers(slice(way, [0]))).toEqual(first);
        expect(numbers(slice(way, [4]))).toEqual(last);
      }
    }
  });

  test("the fade's middle is the mean of the ends, pixel by pixel", () => {
    const { fade } = interpolation(models[0], pick(data.test.inputs, [0, 1]), 3);
    const [a, middle, b] = [0, 1, 2].map((i) => numbers(slice(fade, [i])));
    middle.forEach((pixel, i) => expectClose(pixel, (a[i] + b[i]) / 2, 2 ** -24));
  });

  test("a VAE's axes are the prior's, ordered by KL; an autoencoder's those of its codes, ordered by spread", () => {
    for (const model of models) {
      const axes = latentAxes(studyOf(model, data));
      expect(axes.map(({ dimension }) => dimension).sort()).toEqual([0, 1, 2]);
      expect(axes.map(({ weight }) => weight)).toEqual(axes.map(({ weight }) => weight).sort((a, b) => b - a));
      for (const axis of axes) {
        const codes = numbers(slice(latentMeans(model, data.train.inputs), [null, axis.dimension]));
        const centre = codes.reduce((total, code) => total + code / codes.length, 0);
        const deviation = Math.sqrt(codes.reduce((total, code) => total + (code - centre) ** 2 / codes.length, 0));
        const want = model.kind === "vae" ? [0, 3] : [centre, 3 * deviation];
        expectClose(axis.centre, want[0], 1e-5);
        expectClose(axis.reach, want[1], 1e-5);
      }
    }
  });

  test("a traversal passes through the point's own image, in its middle", () => {
    for (const model of models) {
      const axes = latentAxes(studyOf(model, data));
      const middle = middleOf(axes);
      const image = numbers(decodeMeans(model, tensor([numbers(middle)])));
      for (const { images } of traversals(model, axes, middle, 5)) {
        numbers(slice(images, [2])).forEach((pixel, i) => expectClose(pixel, image[i], 1e-5));
      }
    }
  });

  test("the walks of a study: five pairs, at most ten axes, a loop of sixty frames", () => {
    const walks = walksOf(studyOf(vae({ ...small, latent: 12 }), data))!;
    expect(walks.interpolations).toHaveLength(5);
    for (const { from, to } of walks.interpolations) {
      expect(numbers(data.test.labels!)[from]).not.toBe(numbers(data.test.labels!)[to]);
    }
    expect(walks.traversals).toHaveLength(10);
    expect(walks.tour!.shape).toEqual([60, 4, 3]);
  });

  test("pairs differ in class where that can be, and no example comes twice", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 30 }), fc.nat(8), (labels, most) => {
        const pairs = unlikePairs(labels, labels.length, most);
        expect(pairs).toHaveLength(Math.min(most, Math.floor(labels.length / 2)));
        const used = pairs.flat();
        expect(new Set(used).size).toBe(used.length);
        pairs.forEach(([a, b], i) => {
          const free = labels.filter((_, at) => !pairs.slice(0, i).flat().includes(at));
          expect(labels[a] !== labels[b] || new Set(free).size === 1).toBe(true);
        });
      }),
    );
    expect(unlikePairs(null, 5, 9)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(unlikePairs([7, 7, 2, 1], 4, 5)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });
});

describe("samples of a table", () => {
  test("are written in the columns' own units, and as they are where there are no columns", () => {
    const columns = { names: ["height", "weight"], mean: [170, 70], scale: [10, 0.5] };
    expect(
      formatExamples(
        tensor([
          [1, 0],
          [-2, 2],
        ]),
        columns,
      ),
    ).toBe("height,weight\n180,70\n150,71\n");
    expect(formatExamples(tensor([[1, 0.5]]))).toBe("x1,x2\n1,0.5\n");
    expect(formatExamples(normal(key(1), [3, 2, 2])).split("\n")[0]).toBe("x1,x2,x3,x4");
  });
});
