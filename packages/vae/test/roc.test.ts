// Measures of detection against their definitions by pairs and by counting, and the guarantee of the conformal threshold.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auroc, averagePrecision, conformalThreshold, falsePositiveRateAt, rocCurve } from "../src/evaluation/roc.js";
import { expectClose } from "./support/numbers.js";

/** Few distinct scores, so that many are equal, and infinite ones; both classes. */
const scored = fc
  .array(fc.tuple(fc.constantFrom(-Infinity, -1, 0, 0.5, 1, 2, Infinity), fc.boolean()), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((examples) => examples.some(([, mark]) => mark) && examples.some(([, mark]) => !mark))
  .map((examples) => ({ scores: examples.map(([score]) => score), positive: examples.map(([, mark]) => mark) }));

describe("auroc", () => {
  test("is the share of pairs in which the positive scores more, equal ones counted half", () => {
    fc.assert(
      fc.property(scored, ({ scores, positive }) => {
        let [won, pairs] = [0, 0];
        scores.forEach((p, i) => {
          scores.forEach((n, j) => {
            if (!positive[i] || positive[j]) return;
            pairs++;
            won += p > n ? 1 : p === n ? 0.5 : 0;
          });
        });
        expect(auroc(scores, positive)).toBe(won / pairs);
      }),
    );
  });

  test("is the area under the curve by trapezia", () => {
    fc.assert(
      fc.property(scored, ({ scores, positive }) => {
        const { falsePositive: x, truePositive: y } = rocCurve(scores, positive);
        const area = x.slice(1).reduce((total, _, i) => total + ((x[i + 1] - x[i]) * (y[i + 1] + y[i])) / 2, 0);
        expectClose(auroc(scores, positive), area, 1e-14);
      }),
    );
  });

  test("turns into its complement when scores change sign, and stays when they are mapped monotonically", () => {
    fc.assert(
      fc.property(scored, ({ scores, positive }) => {
        expectClose(
          auroc(
            scores.map((score) => -score),
            positive,
          ),
          1 - auroc(scores, positive),
          1e-15,
        );
        expect(auroc(scores.map(Math.atan), positive)).toBe(auroc(scores, positive));
      }),
    );
  });
});

describe("rocCurve", () => {
  test("counts at each distinct score, from (0, 0) to (1, 1)", () => {
    fc.assert(
      fc.property(scored, ({ scores, positive }) => {
        const { falsePositive, truePositive, thresholds } = rocCurve(scores, positive);
        expect(thresholds).toEqual([Infinity, ...[...new Set(scores)].sort((a, b) => (a < b ? 1 : -1))]);
        const shareOf = (mark: boolean, threshold: number): number => {
          const own = scores.filter((_, i) => positive[i] === mark);
          return own.filter((score) => score >= threshold).length / own.length;
        };
        expect([falsePositive[0], truePositive[0]]).toEqual([0, 0]);
        expect([falsePositive.at(-1), truePositive.at(-1)]).toEqual([1, 1]);
        expect(falsePositive.slice(1)).toEqual(thresholds.slice(1).map((t) => shareOf(false, t)));
        expect(truePositive.slice(1)).toEqual(thresholds.slice(1).map((t) => shareOf(true, t)));
      }),
    );
  });
});

describe("averagePrecision and falsePositiveRateAt", () => {
  test("average precision is that of scikit-learn's documentation", () => {
    expectClose(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 0.5 + 0.5 * (2 / 3), 1e-15);
  });

  test("average precision sums precision over the rises of recall", () => {
    fc.assert(
      fc.property(scored, ({ scores, positive }) => {
        const all = positive.filter(Boolean).length;
        let [total, before] = [0, 0];
        for (const threshold of [...new Set(scores)].sort((a, b) => (a < b ? 1 : -1))) {
          const called = positive.filter((_, i) => scores[i] >= threshold);
          const found = called.filter(Boolean).length;
          total += (found / all - before) * (found / called.length);
          before = found / all;
        }
        expectClose(averagePrecision(scores, positive), total, 1e-14);
      }),
    );
  });

  test("the false positive rate is the least among thresholds that find enough", () => {
    fc.assert(
      fc.property(scored, fc.constantFrom(0.05, 0.5, 0.95, 1), ({ scores, positive }, rate) => {
        const { falsePositive, truePositive } = rocCurve(scores, positive);
        const enough = falsePositive.filter((_, i) => truePositive[i] >= rate);
        expect(falsePositiveRateAt(scores, positive, rate)).toBe(Math.min(...enough));
      }),
    );
    expect(falsePositiveRateAt([3, 2, 1], [1, 0, 1])).toBe(1);
  });
});

describe("conformalThreshold", () => {
  const rates = fc.constantFrom(0.01, 0.05, 0.1, 0.25, 0.29, 0.5, 0.9);

  test("of n + 1 exchangeable scores, each in turn the fresh one, at most the asked share exceeds it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 40 }), rates, (scores, rate) => {
        const exceeding = scores.filter((fresh, i) => fresh > conformalThreshold(scores.toSpliced(i, 1), rate));
        expect(exceeding.length / scores.length).toBeLessThanOrEqual(rate);
      }),
    );
  });

  test("with distinct scores the share is the largest that may be", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 110 }), rates, (scores, rate) => {
        const exceeding = scores.filter((fresh, i) => fresh > conformalThreshold(scores.toSpliced(i, 1), rate));
        // Rates are hundredths: whole numbers decide without rounding.
        expect(exceeding.length).toBe(Math.floor((Math.round(100 * rate) * scores.length) / 100));
      }),
    );
  });

  test("takes rates as they are written: 25 (1 - 0.44) is 14, though in binary it is more", () => {
    const scores = Array.from({ length: 24 }, (_, i) => i + 1);
    expect(25 * (1 - 0.44)).toBeGreaterThan(14);
    expect(conformalThreshold(scores, 0.44)).toBe(14);
  });

  test("is Infinity where there are too few scores", () => {
    expect(conformalThreshold([1, 2, 3], 0.2)).toBe(Infinity);
    expect(conformalThreshold([1, 2, 3, 4], 0.2)).toBe(4);
  });
});

describe("refusals", () => {
  test("NaN, one class alone, marks that are neither, lengths that differ, and rates out of range", () => {
    for (const measure of [auroc, averagePrecision, falsePositiveRateAt, rocCurve]) {
      expect(() => measure([1, NaN], [0, 1])).toThrow(/score 1 is NaN/);
      expect(() => measure([1, 2], [1, 1])).toThrow(/both classes/);
      expect(() => measure([1, 2], [1, 2])).toThrow(/entry 1 is 2/);
      expect(() => measure([1, 2], [1])).toThrow(/2 scores do not go with 1/);
      expect(() => measure([], [])).toThrow(/both classes/);
    }
    expect(() => falsePositiveRateAt([1, 2], [0, 1], 0)).toThrow(/rate is above 0/);
    expect(() => conformalThreshold([], 0.1)).toThrow(/got none/);
    expect(() => conformalThreshold([NaN], 0.1)).toThrow(/score 0 is NaN/);
    for (const rate of [0, 1, NaN]) expect(() => conformalThreshold([1], rate)).toThrow(/between 0 and 1/);
  });
});
