// The mean of ROC curves: chance stays chance, one curve stays itself, and the mean lies between.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanRocCurve } from "../src/evaluation/mean-roc.js";
import { rocCurve } from "../src/evaluation/roc.js";
import { expectAllClose } from "./support/numbers.js";

const chance = { falsePositive: [0, 1], truePositive: [0, 1] };
const perfect = { falsePositive: [0, 0, 1], truePositive: [0, 1, 1] };

describe("meanRocCurve", () => {
  test("of chance is chance, and of a perfect curve jumps at 0", () => {
    const mean = meanRocCurve([chance]);
    expectAllClose([...mean.truePositive], [...mean.falsePositive], 1e-12);
    const jump = meanRocCurve([perfect]);
    expect(jump.falsePositive.slice(0, 2)).toEqual([0, 0]);
    expect(jump.truePositive.slice(0, 2)).toEqual([0, 1]);
  });

  test("of two is half their sum at each rate, rises, and ends at 1", () => {
    const curve = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { minLength: 2, maxLength: 30 })
      .filter((marks) => new Set(marks.map(([, positive]) => positive)).size === 2)
      .map((marks) =>
        rocCurve(
          marks.map(([score]) => score),
          marks.map(([, positive]) => positive),
        ),
      );
    fc.assert(
      fc.property(curve, curve, (a, b) => {
        const [one, other, both] = [meanRocCurve([a]), meanRocCurve([b]), meanRocCurve([a, b])];
        expectAllClose(
          [...both.truePositive],
          one.truePositive.map((rate, i) => (rate + other.truePositive[i]) / 2),
          1e-12,
        );
        expect(both.truePositive.every((rate, i) => i === 0 || rate >= both.truePositive[i - 1])).toBe(true);
        expect(both.truePositive.at(-1)).toBe(1);
        // At its own points a curve is itself, with the highest value where it rises straight up.
        a.falsePositive.forEach((rate, i) => {
          const at = one.falsePositive.lastIndexOf(rate);
          if (at >= 0) expect(one.truePositive[at]).toBeGreaterThanOrEqual(a.truePositive[i]);
        });
      }),
    );
  });

  test("of nothing is refused", () => expect(() => meanRocCurve([])).toThrow(/at least one curve/));
});
