// Stopping at any step and going on from the bytes of a checkpoint gives the run that was never stopped, to the bit.

import type { MatmulMode } from "@elbo/tensor";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import { describe, expect, test } from "vitest";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { decodeCheckpoint, encodeCheckpoint } from "../src/training/checkpoint.js";
import { fit, type FitOptions, type TrainingConfig, type TrainingState } from "../src/training/fit.js";
import type { Report } from "../src/training/report.js";
import { bits } from "./support/numbers.js";
import { noise, timeless } from "./support/tiny.js";

// So that the two modes are two classes wherever there are two.
enableRelaxedSimd();

const data = noise(20, 7, [6]);
/** Batches of 6, 6, 6 and 2, twice. */
const STEPS = 8;

interface Run {
  readonly reports: Report[];
  readonly state: TrainingState;
}

/** Trains, stopping after so many steps counted from here. */
async function run(model: Model, options: FitOptions, stopAfter = Infinity): Promise<Run> {
  const stop = new AbortController();
  const reports: Report[] = [];
  let state: TrainingState | undefined;
  let steps = 0;
  const running = fit(model, data, {
    ...options,
    signal: stop.signal,
    onStep: () => ++steps === stopAfter && stop.abort(),
    onState: (now) => void (state = now),
  });
  for await (const report of running) reports.push(report);
  if (state === undefined) throw new Error("no state was given out");
  return { reports, state };
}

/** Through the bytes of a file into another model. */
function reload(
  model: Model,
  config: Pick<TrainingConfig, "optimizer">,
  state: TrainingState,
): { model: Model; state: TrainingState } {
  const restored = decodeCheckpoint(encodeCheckpoint(model, config.optimizer, state), "run");
  expect(restored.optimizer).toBe(config.optimizer);
  expect(bits(restored.model.params)).toEqual(bits(model.params));
  const { multiplyAdds, ...numeric } = restored.state;
  const { multiplyAdds: expected, ...numbers } = state;
  expect(bits(numeric)).toEqual(bits(numbers));
  expect(multiplyAdds).toEqual(expected);
  return restored;
}

const models = {
  vae: () => vae({ input: [6], hidden: [5], latent: 2 }),
  gaussian: () => vae({ input: [6], hidden: [5], latent: 2, likelihood: "gaussian", activation: "tanh" }),
  autoencoder: () => autoencoder({ input: [6], hidden: [5], latent: 2 }),
} satisfies Record<string, () => Model>;

const runs: [keyof typeof models, Partial<TrainingConfig> & Pick<TrainingConfig, "optimizer">][] = [
  ["vae", { optimizer: "adam", targets: "dynamic", beta: 2 }],
  ["gaussian", { optimizer: "adam" }],
  ["autoencoder", { optimizer: "momentum", lr: 1e-2 }],
  ["vae", { optimizer: "sgd" }],
];
const modes: readonly MatmulMode[] = ["fast", "strict"];
describe.each(runs.flatMap(([name, choices]) => modes.map((matmul) => [name, { ...choices, matmul }] as const)))(
  "%s, %j",
  (name, choices) => {
    const config = {
      epochs: 2,
      batch: 6,
      seed: 5,
      onNotice: (notice: string) => expect.unreachable(notice),
      ...choices,
    };

    test("resumed at every step", async () => {
      const whole = models[name]();
      const { reports, state } = await run(whole, config);
      for (let at = 1; at <= STEPS; at++) {
        const first = models[name]();
        const begun = await run(first, config, at);
        expect([begun.state.epoch, begun.state.step]).toEqual([Math.floor((at - 1) / 4), ((at - 1) % 4) + 1]);
        const restored = reload(first, config, begun.state);
        const ended = await run(restored.model, { ...config, resume: restored.state });
        expect(bits(restored.model.params), `stopped after ${at} steps`).toEqual(bits(whole.params));
        expect(bits(ended.state.optimizer), `stopped after ${at} steps`).toEqual(bits(state.optimizer));
        expect(timeless([...begun.reports, ...ended.reports])).toEqual(timeless(reports));
      }
    });

    test("stopped and resumed after each single step", async () => {
      const whole = models[name]();
      const { reports } = await run(whole, config);
      let model: Model = models[name]();
      let resume: TrainingState | undefined;
      const heard: Report[] = [];
      for (let at = 0; heard.length < 2; at++) {
        expect(at).toBeLessThanOrEqual(STEPS);
        const part = await run(model, { ...config, ...(resume && { resume }) }, 1);
        heard.push(...part.reports);
        ({ model, state: resume } = reload(model, config, part.state));
      }
      expect(bits(model.params)).toEqual(bits(whole.params));
      expect(timeless(heard)).toEqual(timeless(reports));
    });
  },
);

test("an epoch's own state, given with its report, resumes as well, and a finished run adds nothing", async () => {
  const config = { epochs: 2, batch: 6, seed: 5 };
  const whole = models.vae();
  const full = await run(whole, config);
  const first = models.vae();
  const begun = await run(first, { ...config, epochs: 1 });
  expect(begun.state).toMatchObject({ epoch: 1, step: 0, seconds: 0, sums: { examples: 0 } });
  const ended = await run(first, { ...config, resume: begun.state });
  expect(bits(first.params)).toEqual(bits(whole.params));
  expect(timeless([...begun.reports, ...ended.reports])).toEqual(timeless(full.reports));
  const more: Report[] = [];
  for await (const report of fit(whole, data, { ...config, resume: full.state })) more.push(report);
  expect(more).toEqual([]);
  expect(bits(whole.params)).toEqual(bits(first.params));
});

test("the seconds of an epoch go on counting where it was stopped", async () => {
  const model = models.vae();
  const config = { epochs: 1, batch: 6 };
  const { state } = await run(model, config, 2);
  expect(state.seconds).toBeGreaterThan(0);
  const { reports } = await run(model, { ...config, resume: { ...state, seconds: 100 } });
  expect(reports[0].seconds).toBeGreaterThan(100);
  expect(reports[0].seconds).toBeLessThan(110);
});

test("the state is given out with the report of its epoch, and without one where the signal ends the run", async () => {
  const heard: (number | null)[] = [];
  const stop = new AbortController();
  const running = fit(models.vae(), data, {
    epochs: 3,
    batch: 6,
    signal: stop.signal,
    onStep: ({ epoch, step }) => epoch === 2 && step === 3 && stop.abort(),
    onState: async (_, report) => void heard.push(report?.epoch ?? null),
  });
  for await (const report of running) expect(report.epoch).toBe(1);
  expect(heard).toEqual([1, null]);
});
