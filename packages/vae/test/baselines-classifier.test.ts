// The classifier: it learns what can be told apart, gives probabilities, and follows from its seed to the last bit.

import { add, gather, key, mul, normal, split, tensor, type Tensor, zeros } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { type Classifier, type ClassifierOptions, trainClassifier } from "../src/baselines/classifier.js";
import { accuracy } from "../src/baselines/neighbours.js";
import { bits, expectClose } from "./support/numbers.js";
import { rowsOf } from "./support/tables.js";

const [trainKey, testKey] = split(key(3));
const labels = tensor(
  Array.from({ length: 300 }, (_, i) => i % 3),
  { dtype: "int32" },
);
/** Three clouds, 6 standard deviations apart, as images of 2 x 1. */
const clouds = (from: typeof trainKey): Tensor =>
  add(
    gather(
      tensor([
        [0, 0],
        [6, 0],
        [0, 6],
      ]),
      labels,
    ),
    normal(from, [300, 2]),
  ).reshape([300, 2, 1]);

const predicted = (classifier: Classifier, inputs: Tensor): number[] =>
  rowsOf(classifier.probabilities(inputs)).map((row) => row.indexOf(Math.max(...row)));

const quick: ClassifierOptions = { hidden: [16], epochs: 20, batch: 32, lr: 0.02 };

describe("trainClassifier", () => {
  test("tells clouds apart that it has not seen; the nearest of the true centres errs on 0.3 %", async () => {
    const classifier = await trainClassifier(clouds(trainKey), labels, quick);
    expect(classifier.classes).toBe(3);
    expect(accuracy(predicted(classifier, clouds(testKey)), labels)).toBeGreaterThan(0.98);
  });

  test("learns what no linear classifier can: exclusive or", async () => {
    const corners = tensor([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const xor = [0, 1, 1, 0];
    const options = { hidden: [16], epochs: 300, batch: 4, lr: 0.02 };
    expect(accuracy(predicted(await trainClassifier(corners, xor, options), corners), xor)).toBe(1);
    const linear = await trainClassifier(corners, xor, { ...options, hidden: [] });
    expect(accuracy(predicted(linear, corners), xor)).toBeLessThan(1);
  });

  test("the probabilities of labels that say nothing about the inputs become their frequencies", async () => {
    const classifier = await trainClassifier(zeros([8, 1]), [0, 0, 0, 0, 0, 0, 2, 2], {
      hidden: [],
      epochs: 300,
      batch: 8,
      lr: 0.1,
    });
    const [row] = rowsOf(classifier.probabilities(zeros([1, 1])));
    expectClose(row[0], 0.75, 0.01);
    expectClose(row[2], 0.25, 0.01);
    expect(row[1]).toBeLessThan(0.01);
  });

  test("gives probabilities whose rows sum to 1, for classes that have no example too", async () => {
    const classifier = await trainClassifier(clouds(trainKey), labels, { ...quick, epochs: 1, classes: 5 });
    for (const row of rowsOf(classifier.probabilities(mul(clouds(testKey), 1000)))) {
      expect(row.length).toBe(5);
      expectClose(
        row.reduce((total, one) => total + one, 0),
        1,
        5 * 2 ** -24,
      );
    }
  });

  test("follows from the seed to the last bit, and differs with it", async () => {
    const run = async (seed: number) =>
      bits(
        (await trainClassifier(clouds(trainKey), labels, { ...quick, epochs: 2, seed })).probabilities(clouds(testKey)),
      );
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  test("gives the event loop a turn", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await trainClassifier(normal(key(0), [2000, 100]), new Int32Array(2000), { hidden: [128], classes: 2, epochs: 4 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  test("refuses labels that do not go with the inputs, classes too few, options out of range, and NaN", async () => {
    const inputs = zeros([3, 2]);
    const refusal = (message: RegExp, given: Tensor, labels: number[], options: ClassifierOptions = {}) =>
      expect(trainClassifier(given, labels, options)).rejects.toThrow(message);
    await refusal(/2 labels do not go with 3/, inputs, [0, 1]);
    await refusal(/label 2 is a whole number/, inputs, [0, 1, 0.5]);
    await refusal(/there is a label 4, the 3 classes/, inputs, [0, 4, 0], { classes: 3 });
    await refusal(/element 0 of inputs is NaN/, mul(add(inputs, 1), NaN), [0, 1, 1]);
    await refusal(/inputs are a tensor/, zeros([3]), [0, 1, 1]);
    await refusal(/epochs is a whole number/, inputs, [0, 1, 1], { epochs: 0 });
    await refusal(/a hidden width/, inputs, [0, 1, 1], { hidden: [0] });
    await refusal(/lr is a positive number/, inputs, [0, 1, 1], { lr: 0 });
    await refusal(/no option "rate"/, inputs, [0, 1, 1], { rate: 1 } as never);
    const classifier = await trainClassifier(inputs, [0, 1, 1], { epochs: 1 });
    expect(() => classifier.probabilities(zeros([1, 3]))).toThrow(
      /of 2 numbers an example, no axis empty, got \[1, 3\]/,
    );
  });
});
