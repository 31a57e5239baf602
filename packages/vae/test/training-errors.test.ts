// What training refuses, before it computes anything, and how it stops when the numbers run away.

import { ArgumentError, ElboError, ShapeError, tensor, zeros } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import { DataError } from "../src/data/errors.js";
import { vae } from "../src/models/vae.js";
import { DivergedError, type FitOptions } from "../src/training/fit.js";
import { bits } from "./support/numbers.js";
import { dataOf, noise, train } from "./support/tiny.js";

const good = noise(10, 5, [4]);
const small = (likelihood: "bernoulli" | "gaussian" = "bernoulli") =>
  vae({ input: [4], hidden: [3], latent: 2, likelihood });

/** The error with which a run is refused; no weight has moved. */
async function refusal(data: Dataset, options: FitOptions = {}, model = small()): Promise<ElboError> {
  const before = bits(model.params);
  const error: unknown = await train(model, data, { epochs: 1, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ElboError);
  expect((error as ElboError).message).toMatch(/^[^\n]+$/);
  expect(bits(model.params)).toEqual(before);
  return error as ElboError;
}

/** The good data with one element of one part replaced. */
function spoilt(part: "train" | "test", value: number): Dataset {
  const inputs = tensor(good[part].inputs.toArray());
  inputs.storage[6] = value;
  return { ...good, [part]: { inputs, labels: null } };
}

describe("data", () => {
  test.each(["train", "test"] as const)("NaN and Infinity in the %s part", async (part) => {
    for (const value of [NaN, Infinity, -Infinity]) {
      for (const likelihood of ["bernoulli", "gaussian"] as const) {
        const error = await refusal(spoilt(part, value), {}, small(likelihood));
        expect(error).toBeInstanceOf(DataError);
        expect(error.message).toBe(`fit: inputs[1, 2] is ${value}; fill in or drop what is missing or has overflowed.`);
      }
    }
  });

  test("pixels outside of 0..1 for a Bernoulli likelihood and for dynamic targets", async () => {
    const error = await refusal(spoilt("train", 255));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe("fit: pixels run from 0 to 1, inputs[1, 2] is 255; divide by 255?");
    expect(await refusal(spoilt("test", -1), { targets: "dynamic" }, small("gaussian"))).toBeInstanceOf(DataError);
    expect(await train(small("gaussian"), spoilt("test", -1), { epochs: 1 })).toHaveLength(1);
  });

  test("examples of another shape, in either part", async () => {
    for (const [data, got] of [
      [dataOf(zeros([10, 5]), zeros([3, 4])), "[10, 5]"],
      [dataOf(zeros([10, 4]), zeros([3, 2, 2])), "[3, 2, 2]"],
      [dataOf(zeros([4]), zeros([3, 4])), "[4]"],
    ] as const) {
      const error = await refusal(data);
      expect(error).toBeInstanceOf(ShapeError);
      expect(error.message).toContain("the model takes examples of shape [4]");
      expect(error.message).toContain(`got ${got}`);
    }
  });

  test("no examples in either part", async () => {
    for (const [data, part] of [
      [dataOf(zeros([0, 4]), zeros([3, 4])), "train"],
      [dataOf(zeros([3, 4]), zeros([0, 4])), "test"],
    ] as const) {
      const error = await refusal(data);
      expect(error).toBeInstanceOf(DataError);
      expect(error.message).toBe(`fit: the ${part} part holds no examples`);
    }
  });
});

test.each([
  [{ epochs: 0 }, "epochs is a whole number of 1 or more, got 0"],
  [{ epochs: 1.5 }, "epochs is a whole number"],
  [{ batch: 0 }, "batch is a whole number of 1 or more, got 0"],
  [{ batch: Infinity }, "batch is a whole number of 1 or more, got Infinity"],
  [{ batch: "100" }, 'batch is a whole number of 1 or more, got "100"'],
  [{ lr: 0 }, "lr is a positive number, got 0"],
  [{ lr: NaN }, "lr is a positive number, got NaN"],
  [{ beta: -1 }, "beta is a number of 0 or more, got -1"],
  [{ targets: "binary" }, 'targets is gray or dynamic, got "binary"'],
  [{ optimizer: "adamw" }, 'optimizer is one of adam, sgd, momentum, got "adamw"'],
  [{ optimizer: "toString" }, "optimizer is one of"],
  [{ matmul: "fused" }, 'matmul is fast or strict, got "fused"'],
  [{ seed: -1 }, "seed is a whole number from 0 to 2^53 - 1, got -1"],
])("the option %j", async (options, message) => {
  const error = await refusal(good, options as FitOptions);
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error.message).toContain(`fit: ${message}`);
});

describe("an absurd learning rate", () => {
  const diverged = async (options: FitOptions): Promise<DivergedError> => {
    const error: unknown = await train(small(), good, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DivergedError);
    return error as DivergedError;
  };

  test("stops with where it happened and what to try", async () => {
    const error = await diverged({ epochs: 5, batch: 2, lr: 1e30 });
    expect(error.code).toBe("DIVERGED");
    expect(error.message).toBe(
      "fit: the objective is no finite number at epoch 1, step 2; try a smaller learning rate than 1e+30",
    );
  });

  test("is told also where no step comes after the one that ran away", async () => {
    for (const optimizer of ["adam", "sgd"] as const) {
      const error = await diverged({ epochs: 1, batch: 10, lr: 1e30, optimizer });
      expect(error.message).toMatch(/^fit: the objective is no finite number [^\n]+$/);
    }
  });
});
