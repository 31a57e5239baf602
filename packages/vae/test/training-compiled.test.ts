// Training compiled gives the bits of training operation by operation, also where one goes on with what the other left.

import { cast } from "@elbo/tensor";
import { mapTree } from "@elbo/autograd";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import { describe, expect, test } from "vitest";
import type { Corruption } from "../src/data/corruption.js";
import type { RunFacts } from "../src/execution/program.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { DivergedError, fit, type FitOptions, type TrainingState } from "../src/training/fit.js";
import type { Report } from "../src/training/report.js";
import { bits } from "./support/numbers.js";
import { noise, timeless } from "./support/tiny.js";

// So that the two modes of matrix products are two classes wherever there are two.
enableRelaxedSimd();

const data = noise(20, 7, [2, 3]);
const shape = { input: [2, 3], hidden: [5], latent: 2 };
const corruption: Corruption = [
  { kind: "gaussian", level: 0.5 },
  { kind: "salt-pepper", level: 0.3 },
  { kind: "masking", level: 0.3 },
];
/** Batches of 6, 6, 6 and 2, twice. */
const twice = { epochs: 2, batch: 6, seed: 5, lr: 0.01 };

interface Outcome {
  readonly reports: readonly Report[];
  readonly state: TrainingState | undefined;
  readonly facts: RunFacts | undefined;
}

/** Trains, stopping after so many steps counted from here. */
async function run(model: Model, options: FitOptions, stopAfter = Infinity): Promise<Outcome> {
  const stop = new AbortController();
  const reports: Report[] = [];
  let state: TrainingState | undefined;
  let facts: RunFacts | undefined;
  let steps = 0;
  const hooks: FitOptions = {
    signal: stop.signal,
    onStep: () => ++steps === stopAfter && stop.abort(),
    onState: (now) => void (state = now),
    onRun: (how) => void (facts = how),
  };
  for await (const report of fit(model, data, { ...twice, ...hooks, ...options })) reports.push(report);
  return { reports, state, facts };
}

const compiled = { eager: false, threads: 1 };
const eager = { eager: true };

const cases: [string, () => Model, FitOptions][] = [
  ["vae, adam", () => vae(shape), { beta: 2 }],
  [
    "vae, behind noise, dynamic targets, momentum, strict",
    () => vae(shape),
    { corruption, targets: "dynamic", optimizer: "momentum", matmul: "strict" },
  ],
  [
    "vae, learned sigma, tanh, sgd",
    () => vae({ ...shape, likelihood: "gaussian", activation: "tanh" }),
    { optimizer: "sgd" },
  ],
  ["autoencoder, behind noise, adam", () => autoencoder(shape), { corruption, targets: "dynamic" }],
  [
    "autoencoder, fixed sigma, momentum, strict",
    () => autoencoder({ ...shape, likelihood: "gaussian", sigma: 0.5 }),
    { optimizer: "momentum", matmul: "strict" },
  ],
];

describe.each(cases)("%s", (_, make, options) => {
  test("the same weights, state of the optimizer and reports", async () => {
    const [one, other] = [make(), make()];
    const wanted = await run(one, { ...options, ...eager });
    const got = await run(other, { ...options, ...compiled });
    expect([wanted.facts?.compiled, got.facts?.compiled]).toEqual([false, true]);
    expect(bits(other.params)).toEqual(bits(one.params));
    expect(bits(got.state!.optimizer)).toEqual(bits(wanted.state!.optimizer));
    expect(got.state!.multiplyAdds).toEqual(wanted.state!.multiplyAdds);
    expect(timeless(got.reports)).toEqual(timeless(wanted.reports));
  });
});

test.each([
  ["eager, then compiled", eager, compiled],
  ["compiled, then eager", compiled, eager],
])("stopped in the middle of an epoch and resumed, %s", async (_, before, after) => {
  const options = { targets: "dynamic" } as const;
  const whole = vae(shape);
  const wanted = await run(whole, { ...options, ...eager });
  for (const at of [2, 7]) {
    const model = vae(shape);
    const begun = await run(model, { ...options, ...before }, at);
    const ended = await run(model, { ...options, ...after, resume: begun.state! });
    expect(bits(model.params), `stopped after ${at} steps`).toEqual(bits(whole.params));
    expect(bits(ended.state!.optimizer)).toEqual(bits(wanted.state!.optimizer));
    expect(timeless([...begun.reports, ...ended.reports])).toEqual(timeless(wanted.reports));
  }
});

test("where it diverges, the error and the parameters that stay are the same", async () => {
  const ends = await Promise.all(
    [eager, compiled].map(async (how) => {
      const model = vae(shape);
      const error: unknown = await run(model, { ...how, lr: 1e20 }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DivergedError);
      return { message: (error as Error).message, params: bits(model.params) };
    }),
  );
  expect(ends[1]).toEqual(ends[0]);
});

test("float64 parameters and short runs are not compiled, and say why", async () => {
  const double = vae(shape);
  double.params = mapTree((w) => cast(w as never, "float64"), double.params) as never;
  expect((await run(double, compiled)).facts).toMatchObject({ compiled: false, reason: "parameters" });
  expect((await run(vae(shape), {})).facts).toMatchObject({ compiled: false, reason: "little" });
});

test("what is neither true nor a number of threads is refused", async () => {
  await expect(run(vae(shape), { eager: "yes" as never })).rejects.toThrow('fit: eager is true or false, got "yes"');
  for (const threads of [0, 1.5, NaN]) {
    await expect(run(vae(shape), { threads })).rejects.toThrow(
      `fit: threads is a whole number of 1 or more, got ${threads}`,
    );
  }
});
