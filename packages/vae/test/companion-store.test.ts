// Companions in a run's folder: trained once, resumed exactly, trained anew where the choices or the file are others.

import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { autoencoder } from "../src/models/autoencoder.js";
import { storedCompanions } from "../src/node/companion-store.js";
import { trainingConfig } from "../src/training/fit.js";
import { companion, InterruptedError, type Study, trainInMemory } from "../src/uses/study.js";
import { bits } from "./support/numbers.js";
import { noise } from "./support/tiny.js";

const scratch = mkdtempSync(join(tmpdir(), "elbo-companions-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const data = noise(40, 10, [4]);
const fresh = (seed = 1) => autoencoder({ input: [4], hidden: [5], latent: 2, seed });
const training = trainingConfig({ epochs: 3, batch: 10, seed: 1, matmul: "strict" });
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(scratch, "run-"));
});

/** Trains, and counts the steps that this took. */
async function steps(of = fresh(), choices = training): Promise<{ count: number; weights: unknown; seconds: number }> {
  let count = 0;
  const train = storedCompanions(folder, { onTrain: () => ({ onStep: () => void count++ }) });
  const { model, seconds } = await train("other", of, data, choices);
  return { count, weights: bits(model.params), seconds };
}

describe("a stored companion", () => {
  test("is the one that training in memory gives, and is not trained twice", async () => {
    const first = await steps();
    const again = await steps();
    const inMemory = await trainInMemory("other", fresh(), data, training);
    expect([first.count, again.count]).toEqual([12, 0]);
    expect(first.weights).toEqual(bits(inMemory.model.params));
    expect(again.weights).toEqual(first.weights);
    expect(again.seconds).toBe(first.seconds);
    expect(readdirSync(folder, { recursive: true })).toEqual([
      "companions",
      expect.stringMatching(/other-[0-9a-f]{8}\.safetensors$/),
    ]);
  });

  test("is trained anew for another model, other choices or other data, and where its file is damaged", async () => {
    await steps();
    expect((await steps(fresh(2))).count).toBe(12);
    expect((await steps(fresh(2), { ...training, lr: 0.01 })).count).toBe(12);
    expect((await steps(fresh(2), { ...training, lr: 0.01 })).count).toBe(0);
    const kept = join(folder, "companions");
    expect(readdirSync(kept)).toHaveLength(3);
    for (const file of readdirSync(kept)) truncateSync(join(kept, file), 100);
    expect((await steps(fresh(2), { ...training, lr: 0.01 })).count).toBe(12);
  });

  test("goes on where more epochs are asked for, to the same bits, and is trained anew where fewer are", async () => {
    const whole = await steps();
    expect((await steps(fresh(), { ...training, epochs: 1 })).count).toBe(4);
    const rest = await steps();
    expect(rest.count).toBe(8);
    expect(rest.weights).toEqual(whole.weights);
  });

  test("does not depend on the test part", async () => {
    await steps();
    const train = storedCompanions(folder, { onTrain: () => ({ onStep: () => expect.unreachable() }) });
    await train("other", fresh(), { ...data, test: noise(1, 3, [4]).test }, training);
  });

  test("that the signal stops goes on to the same bits", async () => {
    const whole = await steps();
    rmSync(join(folder, "companions"), { recursive: true });
    const stop = new AbortController();
    let count = 0;
    const onStep = (): void => {
      if (++count === 6) stop.abort();
    };
    let stopped = 0;
    const onTrain = () => ({ onStep, stop: () => void stopped++ });
    const interrupted = storedCompanions(folder, { onTrain, signal: stop.signal })("other", fresh(), data, training);
    await expect(interrupted).rejects.toThrow(InterruptedError);
    expect(stopped).toBe(1);
    const rest = await steps();
    expect(rest.count).toBe(6);
    expect(rest.weights).toEqual(whole.weights);
  });
});

test("a companion has the study's budget, but for what is changed", async () => {
  const seen: unknown[] = [];
  const study: Study = {
    model: fresh(),
    data,
    training,
    train: async (name, model, _, choices) => {
      seen.push(name, choices);
      return { model, seconds: 0 };
    },
  };
  await companion(study, "linear", fresh());
  await companion(study, "longer", fresh(), data, { epochs: 9 });
  expect(seen).toEqual(["linear", training, "longer", { ...training, epochs: 9 }]);
});
