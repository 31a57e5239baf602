// Anomaly detection: what is normal, what thresholds promise, and what detectors never see.

import { add, key, mul, slice, tensor, type Tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import { sensors } from "../src/data/sensors/sensors.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { trainingConfig } from "../src/training/fit.js";
import { anomaly, type AnomalyOptions, detect } from "../src/uses/anomaly.js";
import { judge, meanFigures } from "../src/uses/anomaly/judgement.js";
import { type AnomalyScoreName, scoreExamples } from "../src/uses/anomaly/scores.js";
import { fewestFor } from "../src/uses/anomaly/detector.js";
import { holdOut, normalities } from "../src/uses/anomaly/normality.js";
import { componentsOf, explaining, rivals } from "../src/uses/anomaly/rivals.js";
import type { Study } from "../src/uses/study.js";
import { numbers } from "./support/numbers.js";

const ints = (values: readonly number[]): Tensor => tensor([...values], { dtype: "int32" });
const images = (count: number, seed: number): Tensor => uniform(key(seed), [count, 4, 3]);
const small = { hidden: [5], latent: 2 };

/** A data set with these labels; inputs are noise. */
function labelled(train: readonly number[] | null, test: readonly number[] | null, counts = [40, 20]): Dataset {
  return {
    name: "noise",
    train: { inputs: images(train?.length ?? counts[0], 1), labels: train && ints(train) },
    test: { inputs: images(test?.length ?? counts[1], 2), labels: test && ints(test) },
  };
}

describe("what is normal", () => {
  const of = (data: Dataset, normal?: readonly number[]): (string | number | null | readonly boolean[])[][] =>
    normalities(data, normal).map(({ name, label, rows, anomalous }) => [name, label, rows.length, anomalous]);

  test("the whole training part where it has no labels or one class", () => {
    expect(of(labelled(null, null))).toEqual([["detector", null, 40, null]]);
    expect(of(labelled(null, [0, 2]))).toEqual([["detector", null, 40, [false, true]]]);
    expect(of(labelled([4, 4, 4], [4, 0]))).toEqual([["detector", null, 3, [false, true]]]);
  });

  describe("in the test part of training examples without labels", () => {
    const named = (...classes: string[]): Dataset => ({ ...labelled(null, [0, 1, 2]), classes });
    const judged = (data: Dataset, normal?: readonly number[]): unknown => {
      const [{ name, label, rows, anomalous }] = normalities(data, normal);
      expect([name, label, rows.length]).toEqual(["detector", null, 40]);
      return anomalous;
    };

    test("is the class asked for, whatever the names", () => {
      for (const normal of [0, 1, 2]) {
        const others = [0, 1, 2].map((label) => label !== normal);
        for (const data of [labelled(null, [0, 1, 2]), named("a", "normal", "b")])
          expect([judged(data, [normal]), judged(data, [normal, normal])]).toEqual([others, others]);
      }
    });

    test('is else the class called "normal" in any case, wherever its name is sorted', () => {
      const names = fc.shuffledSubarray(["anomaly", "Fault", "zero"], { minLength: 2, maxLength: 2 });
      fc.assert(
        fc.property(names, fc.nat(2), fc.mixedCase(fc.constant("normal")), (others, at, normal) => {
          expect(judged(named(...others.toSpliced(at, 0, normal)))).toEqual([0, 1, 2].map((label) => label !== at));
        }),
      );
    });

    test("is else class 0 where classes have no names", () => {
      expect(judged(labelled(null, [0, 1, 2]))).toEqual([false, true, true]);
    });

    test("is else not known, and nothing is judged", async () => {
      for (const data of [named("anomaly", "good", "ok"), named("NORMAL", "anomaly", "normal")]) {
        expect(judged(data)).toBe(null);
        const { curves, first } = await anomaly(studyOf(vae({ input: [4, 3], ...small }), data));
        expect([curves, first.alarms, first.scores.length]).toEqual([null, null, 3]);
      }
    });

    test("is one class, and one that is there", () => {
      const data = labelled(null, [3, 1, 3]);
      expect(() => normalities(data, [9])).toThrow(/no test example is of class 9; there are 1, 3/);
      expect(() => normalities(data, [1, 3])).toThrow(/one class of the test part is normal, not 2; name one/);
      expect(() => normalities(data, [])).toThrow(/not 0; name one/);
    });
  });

  test("each class with two examples in turn, or those asked for in their order", () => {
    const data = labelled([3, 1, 3, 1, 7, 3], [1, 3]);
    expect(of(data)).toEqual([
      ["one-class-1", 1, 2, [false, true]],
      ["one-class-3", 3, 3, [true, false]],
    ]);
    expect(of(data, [3, 1, 3]).map(([name]) => name)).toEqual(["one-class-3", "one-class-1"]);
    expect([...normalities(data, [3])[0].rows]).toEqual([0, 2, 5]);
  });

  test("refuses classes that are not there, and too few examples", () => {
    expect(() => normalities(labelled([3, 1], [1]), [9])).toThrow(/no training example is of class 9; there are 1, 3/);
    expect(() => normalities(labelled([3, 1, 1], [1]), [3])).toThrow(/1 training example is of class 3/);
    expect(() => normalities(labelled([3, 1], [1]))).toThrow(/no class has 2 training examples/);
    expect(() => normalities(labelled(null, null), [0])).toThrow(/have no classes/);
    expect(() => normalities(labelled([5], [5]))).toThrow(/has 1 examples/);
  });

  test("the last tenth of a permutation is held out, at least one, and nothing twice or left out", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), (count, seed) => {
        const rows = Int32Array.from({ length: count }, (_, i) => 2 * i);
        const inputs = tensor(Array.from({ length: 2 * count }, (_, i) => i));
        const { fitted, heldOut } = holdOut(inputs, rows, seed);
        expect(heldOut.size).toBe(Math.max(1, Math.floor(count / 10)));
        expect([...numbers(fitted), ...numbers(heldOut)].sort((a, b) => a - b)).toEqual([...rows]);
      }),
    );
  });
});

/** A study whose companions stay as they are, or are trained for an epoch. */
const studyOf = (model: Model, data: Dataset, trained = false): Study => ({
  model,
  data,
  training: trainingConfig({ epochs: 1, batch: 8 }),
  ...(!trained && { train: async (_, companion) => ({ model: companion, seconds: 0 }) }),
});

describe("thresholds", () => {
  test("flag a fresh normal example with a chance of at most the rate, and not much less", async () => {
    const fpr = 0.2;
    const [runs, examples] = [400, 90]; // 9 held out: the chance is 2 of 10 by exchangeability
    const model = autoencoder({ input: [4, 3], ...small });
    let flagged = 0;
    for (let seed = 0; seed < runs; seed++) {
      const all = images(examples + 1, seed);
      const data: Dataset = {
        name: "fresh",
        train: { inputs: slice(all, [{ stop: examples }]), labels: null },
        test: { inputs: all, labels: null },
      };
      const { scores, detector } = await detect(studyOf(model, data), slice(all, [{ start: examples }]), { fpr, seed });
      flagged += Number(scores[0] > detector.threshold);
    }
    const spread = Math.sqrt(runs * fpr * (1 - fpr));
    expect(Math.abs(flagged - runs * fpr)).toBeLessThan(4 * spread);
  });

  test("need as many held-out examples as is said", async () => {
    const model = autoencoder({ input: [4, 3], ...small });
    for (const fpr of [0.05, 0.1, 0.25, 0.3]) {
      const fewest = fewestFor(fpr);
      for (const [heldOut, finite] of [
        [fewest, true],
        [fewest - 1, false],
      ] as const) {
        const data = labelled(null, null, [10 * heldOut, 3]);
        const { detector } = await detect(studyOf(model, data), data.test.inputs, { fpr });
        expect([detector.heldOut.shape[0], detector.threshold < Infinity]).toEqual([heldOut, finite]);
      }
    }
  });

  test("and figures on the fitted part hear nothing of the test part", async () => {
    const model = vae({ input: [4, 3], ...small });
    const run = async (shift: number): Promise<unknown> => {
      const data = labelled(
        Array.from({ length: 60 }, (_, i) => i % 2),
        [0, 1, 0],
      );
      const test = { ...data.test, inputs: mul(shift, data.test.inputs) };
      const { detectors } = await anomaly(studyOf(model, { ...data, test }, true), { fpr: 0.4 });
      return detectors.map(({ detector, methods }) => ({
        thresholds: methods.map(({ threshold }) => threshold),
        fitted: [...scoreExamples(detector.score, detector.model, detector.fitted)],
      }));
    };
    expect(await run(0.25)).toEqual(await run(1));
  });
});

describe("rivals", () => {
  const names = (dimensions: number): string[] => rivals(dimensions).map(({ name }) => name);
  const scores = (normal: Tensor, rows: Tensor): number[][] =>
    rivals(normal.shape[1]).map(({ fit }) => [...fit(normal, componentsOf(normal))(rows)]);

  test("have one PCA row, by the number of dimensions, and none where there is one", () => {
    expect(names(1)).toEqual(["Mahalanobis", "1-NN distance", "5-NN distance"]);
    expect([names(2)[0], names(63)[0], names(64)[0]]).toEqual([
      "PCA, 95 % of variance",
      "PCA, 95 % of variance",
      "PCA-32",
    ]);
  });

  test("PCA keeps the fewest components that explain the share, at least one and not all", () => {
    const kept = (...variances: number[]): number =>
      explaining({ ...componentsOf(zeros([2, 2]))(), variances: tensor(variances, { dtype: "float64" }) }, 0.95);
    expect([kept(96, 4, 0), kept(94, 4, 2), kept(1, 1, 1, 1), kept(1, 1), kept(0, 0, 0), kept(5)]).toEqual([
      1, 2, 3, 1, 1, 1,
    ]);
  });

  test("measure the nearest and the fifth-nearest row, or the farthest of fewer", () => {
    const line = (...places: number[]): Tensor => tensor(places.map((x) => [x]));
    expect(scores(line(0, 1, 2, 3, 4, 5), line(7)).slice(1)).toEqual([[2], [6]]);
    expect(scores(line(0, 1, 3), line(7)).slice(1)).toEqual([[4], [7]]);
  });

  test("work in more dimensions than there are rows, where PCA has fewer components than 32", () => {
    const scored = scores(uniform(key(1), [4, 2000]), uniform(key(2), [3, 2000]));
    expect(scored.flat().every((score) => score > 0 && score < Infinity)).toBe(true);
  });
});

describe("figures", () => {
  test("of a perfect separation, with the threshold's own alarms", () => {
    const { judgement, curve } = judge(Float64Array.of(1, 2, 3, 4), 1.5, [false, false, true, true]);
    expect(judgement).toEqual({ auroc: 1, aupr: 1, fprAt95: 0, falseAlarms: 0.5, detected: 1 });
    expect(curve?.truePositive).toEqual([0, 0.5, 1, 1, 1]);
  });

  test("are null where all test examples are of one kind, or nobody knows", () => {
    for (const anomalous of [null, [true, true], [false, false]])
      expect(judge(Float64Array.of(1, 2), 0, anomalous)).toEqual({ judgement: null, curve: null });
  });

  test("of several detectors are means over those that can be judged", () => {
    const scores = Float64Array.of(1, 2, 3, 4);
    const judged = (name: string, anomalous: boolean[]) => ({
      name,
      methods: [{ method: "m", ours: true, threshold: 9, scores, ...judge(scores, 9, anomalous) }],
    });
    const means = meanFigures(
      "",
      [
        judged("best", [false, false, true, true]),
        judged("worst", [true, true, false, false]),
        judged("one", [true, true, true, true]),
      ],
      0.05,
    );
    expect(means.rows[0].values[0]).toBe(50);
    expect(means.rows[0].values.slice(3)).toEqual([0, 0]);
  });
});

describe("the use", () => {
  const bars = (bright: number): Tensor => add(mul(0.1, images(60, 4)), tensor([[bright], [0], [bright], [0]]));
  const options: AnomalyOptions = { fpr: 0.3 };

  test("tells classes apart, ours and all baselines in one table, and by class", async () => {
    const order = Array.from({ length: 60 }, (_, i) => i % 2);
    const inputs = tensor(order.map((label, i) => slice(bars(label ? 0.8 : 0), [i]).toArray() as number[][]));
    const part = { inputs, labels: ints(order) };
    const study = studyOf(autoencoder({ input: [4, 3], ...small }), { name: "bars", train: part, test: part }, true);
    const { comparison, byClass, curves, first } = await anomaly(study, options);
    const methods = [
      "autoencoder, 2 dimensions",
      "PCA, 95 % of variance",
      "Mahalanobis",
      "1-NN distance",
      "5-NN distance",
    ];
    expect(comparison.rows.map(({ method }) => method)).toEqual(methods);
    expect(comparison.rows.slice(2).map(({ values }) => values[0])).toEqual([100, 100, 100]);
    expect(byClass?.columns.map(({ name }) => name)).toEqual(["0", "1"]);
    expect(curves?.map(({ auroc }) => 100 * auroc)).toEqual(comparison.rows.map(({ values }) => values[0]));
    expect(first.normal).toBe("class 0");
    expect(first.strangest.scores).toEqual([...first.scores].sort((a, b) => b - a).slice(0, 10));
    expect(first.alarms?.labels).toEqual(Array.from({ length: 10 }, () => 0));
    const alone = await detect(study, inputs, { ...options, normal: [0] });
    expect([...alone.scores]).toEqual([...first.scores]);
  });

  test("works on a few rows of a table, with a VAE or an autoencoder, whole or unlabelled", async () => {
    const whole = sensors({ train: 12, test: 10 });
    const unlabelled: Dataset = { ...whole, test: { ...whole.test, labels: null } };
    for (const make of [vae, autoencoder]) {
      const model = make({ input: [12], ...small, likelihood: "gaussian" });
      const judged = await anomaly(studyOf(model, whole));
      expect(judged.comparison.columns).toHaveLength(5);
      expect(judged.byClass).toBe(null);
      expect(judged.first.strangest.scores).toHaveLength(10);
      const free = await anomaly(studyOf(model, unlabelled));
      expect([free.curves, free.first.alarms]).toEqual([null, null]);
      expect(free.comparison.rows.map(({ values }) => values)).toEqual([[0], [0], [0], [0], [0]]); // one is held out: no threshold
    }
  });

  test("refuses what makes no detector", async () => {
    const data = labelled([0, 0, 1, 1], [0, 1]);
    const study = studyOf(vae({ input: [4, 3], ...small }), data);
    await expect(anomaly(study, { fpr: 1 })).rejects.toThrow(/fpr is a rate between 0 and 1, got 1/);
    await expect(anomaly(study, { fpr: NaN })).rejects.toThrow(/got NaN/);
    await expect(anomaly(study, { score: "elbo" as AnomalyScoreName })).rejects.toThrow(/score is one of .*"elbo"/);
    await expect(anomaly(study, { seed: -1 })).rejects.toThrow(/seed is a whole number/);
    await expect(anomaly(study, { rate: 1 } as AnomalyOptions)).rejects.toThrow(/no option "rate"/);
    await expect(detect(study, data.test.inputs)).rejects.toThrow(/one detector .* one of 2 classes/);
    await expect(detect(study, zeros([0, 4, 3]), { normal: [0] })).rejects.toThrow(/no examples/);
    await expect(detect(study, images(1, 0).mul(300), { normal: [0] })).rejects.toThrow(/pixels run from 0 to 1/);
    await expect(detect(study, zeros([2, 5]), { normal: [0] })).rejects.toThrow(/takes examples of shape \[4, 3\]/);
  });
});
