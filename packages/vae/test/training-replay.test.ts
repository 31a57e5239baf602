// Going back to the last state with a finite objective: the same state whether it was kept or is computed again.

import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { mul } from "@elbo/autograd";
import { flatten } from "../src/models/model.js";
import { vae, type Vae } from "../src/models/vae.js";
import { trainingConfig } from "../src/training/config.js";
import { course } from "../src/training/course.js";
import { DivergedError } from "../src/training/fit.js";
import { optimizers } from "../src/training/optimizers.js";
import { replayable } from "../src/training/replay.js";
import { bits } from "./support/numbers.js";
import { noise, train } from "./support/tiny.js";

afterEach(() => void vi.restoreAllMocks());

/** The steps taken from a start, in order: a state that says how it came about. */
function history() {
  let state: readonly number[] = [];
  let work = 0;
  return {
    step: (at: number) => {
      state = [...state, at];
      work++;
      return at;
    },
    read: () => state,
    write: (other: readonly number[]) => void (state = other),
    work: () => work,
  };
}

describe("a process", () => {
  test("goes back to where its last sound step began, however rare snapshots are", () => {
    const clock = vi.spyOn(performance, "now");
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 }),
        fc.constantFrom(0, 1, 7, 40, Infinity),
        fc.nat({ max: 9 }),
        (durations, every, start) => {
          let now = 100;
          clock.mockImplementation(() => now);
          const process = history();
          const end = start + durations.length;
          const path = replayable(process, { at: start, isSound: (at) => at < end, every });
          for (let at = start; at <= end; at++) {
            path.step(at);
            now += durations[at - start];
          }
          path.goBack();
          const kept = Array.from({ length: Math.max(0, durations.length - 1) }, (_, i) => start + i);
          expect(process.read()).toEqual(kept);
        },
      ),
    );
  });

  test("repeats nothing where each state is kept, and no more than an interval and a step where few are", () => {
    const clock = vi.spyOn(performance, "now");
    for (const [every, most] of [
      [0, 0],
      [10, 10],
    ]) {
      for (let steps = 1; steps < 40; steps++) {
        let now = 0;
        clock.mockImplementation(() => now);
        const process = history();
        const path = replayable(process, { at: 0, isSound: (at) => at < steps, every });
        for (let at = 0; at <= steps; at++, now++) path.step(at);
        path.goBack();
        expect(process.work() - steps - 1).toBeLessThanOrEqual(most);
      }
    }
  });

  test("takes a step again that lost the state, and those since the snapshot before it", () => {
    const clock = vi.spyOn(performance, "now");
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 19 })), fc.constantFrom(0, 3, Infinity), (lost, every) => {
        let now = 0;
        clock.mockImplementation(() => now);
        const process = history();
        const failing = new Set(lost);
        const step = (at: number): number => {
          if (!failing.delete(at)) return process.step(at);
          process.write([-1]);
          throw new RangeError("lost");
        };
        const heard: unknown[] = [];
        const isLost = (error: unknown): boolean => error instanceof RangeError;
        const options = { at: 0, isSound: () => true, every, isLost, onRepeat: (error: unknown) => heard.push(error) };
        const path = replayable({ ...process, step }, options);
        for (let at = 0; at < 20; at++, now++) expect(path.step(at)).toBe(at);
        expect(process.read()).toEqual(Array.from({ length: 20 }, (_, at) => at));
        expect(heard).toHaveLength(lost.length);
      }),
    );
    const refusing = { ...history(), step: () => expect.unreachable("refused") };
    expect(() => replayable(refusing, { at: 0, isSound: () => true, every: 0 }).step(0)).toThrow("refused");
  });

  test("without a sound step it goes back to the start", () => {
    const process = history();
    const path = replayable(process, { at: 0, isSound: () => false, every: 0 });
    path.step(0);
    path.goBack();
    expect(process.read()).toEqual([]);
  });
});

const data = noise(20, 7, [6]);
const small = { input: [6], hidden: [5], latent: 2 };
/** Batches of 6, 6, 6 and 2. */
const choices = { batch: 6, seed: 5, targets: "dynamic" as const };

test.each(["adam", "sgd", "momentum"] as const)(
  "the course of a run is repeated to the bit, over the end of an epoch too: %s",
  (optimizer) => {
    const model = vae(small);
    const config = trainingConfig({ ...choices, optimizer });
    const start = optimizers[optimizer].init(model.params);
    const run = course(model, flatten(model.config, data.train.inputs), config, start);
    const path = replayable(run, { at: 0, isSound: () => true, every: Infinity });
    for (let at = 0; at < 6; at++) path.step(at);
    const wanted = bits(run.read());
    const outcome = path.step(6);
    const after = bits(run.read());
    path.goBack();
    expect(bits(run.read())).toEqual(wanted);
    expect(run.step(6)).toEqual(outcome);
    expect(bits(run.read())).toEqual(after);
  },
);

/** A model whose objective is no number from a call of its terms on, counted from 1. */
function failing(from: number): Vae {
  const model = vae(small);
  let calls = 0;
  return {
    ...model,
    terms: (...given) => {
      const terms = model.terms(...given);
      return ++calls < from ? terms : { ...terms, reconstruction: mul(NaN, terms.reconstruction) };
    },
  };
}

/** The parameters after so many steps. */
function paramsAfter(steps: number): Record<string, string> {
  const model = vae(small);
  const start = optimizers.adam.init(model.params);
  const run = course(model, flatten(model.config, data.train.inputs), trainingConfig(choices), start);
  for (let at = 0; at < steps; at++) run.step(at);
  return bits(run.read().params);
}

test.each([
  // The calls of an epoch: four steps and the evaluation.
  [1, 1, 1, 0],
  [2, 1, 2, 0],
  [4, 1, 4, 2],
  [5, 1, 4, 3],
  [6, 2, 1, 3],
  [8, 2, 3, 5],
])(
  "where call %i fails, at epoch %i, step %i, the parameters after %i steps stay",
  async (call, epoch, step, steps) => {
    const model = failing(call);
    const error: unknown = await train(model, data, { epochs: 3, ...choices }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as DivergedError).message).toContain(`at epoch ${epoch}, step ${step};`);
    expect(bits(model.params)).toEqual(paramsAfter(steps));
  },
);
