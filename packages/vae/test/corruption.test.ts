// Noise on examples: its moments and shares, what it leaves alone, what it refuses, and what it changes in training.

import { ArgumentError, full, key, slice, type Tensor, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corrupt, type Corruption, type Noise, noiseName, parseNoise } from "../src/data/corruption.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { vae } from "../src/models/vae.js";
import { decodeCheckpoint, encodeCheckpoint } from "../src/training/checkpoint.js";
import { fit, type FitOptions, type TrainingState } from "../src/training/fit.js";
import { bits, expectMean, moments, numbers } from "./support/numbers.js";
import { noise as noiseData, timeless, train } from "./support/tiny.js";

const kinds = ["gaussian", "salt-pepper", "masking"] as const;
const clipped = { clip: true };
const open = { clip: false };
const anyNoise: fc.Arbitrary<Noise> = fc.record({
  kind: fc.constantFrom(...kinds),
  level: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** The mean of independent 0s and 1s is `share` within four standard errors. */
function expectShare(hits: readonly boolean[], share: number, what: string): void {
  const found = hits.filter(Boolean).length / hits.length;
  const error = Math.sqrt((share * (1 - share)) / hits.length);
  expect(Math.abs(found - share) <= 4 * error, `${what}: ${found} against ${share} +- ${error}`).toBe(true);
}

describe("each kind of noise", () => {
  const half = full([200, 100], 0.5);

  test.each([0.1, 0.5, 2])("gaussian:%d has mean 0 and its variance", (level) => {
    const draws = numbers(corrupt([{ kind: "gaussian", level }], zeros([200, 100]), key(1), open));
    expectMean(draws, 0);
    // The variance of a normal variable's square is 2 sigma^4.
    const error = Math.sqrt((2 * level ** 4) / draws.length);
    expect(Math.abs(moments(draws).variance - level ** 2)).toBeLessThanOrEqual(4 * error);
  });

  test.each([0.1, 0.5, 1])("salt-pepper:%d turns that share 0 or 1, each as likely", (level) => {
    const values = numbers(corrupt([{ kind: "salt-pepper", level }], half, key(2), clipped));
    for (const [what, value, share] of [
      ["0", 0, level / 2],
      ["1", 1, level / 2],
      ["kept", 0.5, 1 - level],
    ] as const)
      expectShare(
        values.map((x) => x === value),
        share,
        what,
      );
    expect(values.every((x) => x === 0 || x === 1 || x === 0.5)).toBe(true);
  });

  test.each([0.1, 0.5, 1])("masking:%d turns that share 0 and leaves the rest", (level) => {
    const values = numbers(corrupt([{ kind: "masking", level }], half, key(3), open));
    expectShare(
      values.map((x) => x === 0),
      level,
      "0",
    );
    expect(values.every((x) => x === 0 || x === 0.5)).toBe(true);
  });

  test("is pixels where it is cut off, whatever its level", () => {
    const rows = uniform(key(4), [20, 30]);
    fc.assert(
      fc.property(fc.array(anyNoise, { minLength: 1, maxLength: 4 }), fc.nat(), (corruption, seed) => {
        const values = numbers(corrupt(corruption, rows, key(seed), clipped));
        expect(values.every((x) => x >= 0 && x <= 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("is the unclipped one, clipped", () => {
    const gaussian: Corruption = [{ kind: "gaussian", level: 1 }];
    const rows = uniform(key(5), [20, 30]);
    const whole = numbers(corrupt(gaussian, rows, key(6), open));
    expect(numbers(corrupt(gaussian, rows, key(6), clipped))).toEqual(whole.map((x) => Math.min(1, Math.max(0, x))));
    expect(whole.some((x) => x < 0) && whole.some((x) => x > 1)).toBe(true);
  });
});

describe("a corruption", () => {
  const rows = uniform(key(7), [30, 20]);

  test("at level 0, or of no noises, is the identity", () => {
    for (const clip of [true, false]) expect(bits(corrupt([], rows, key(1), { clip }))).toEqual(bits(rows));
    for (const kind of kinds) {
      expect(bits(corrupt([{ kind, level: 0 }], rows, key(1), clipped)), kind).toEqual(bits(rows));
    }
  });

  test("is the same with the same key, and another with another", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const mixed: Corruption = kinds.map((kind) => ({ kind, level: 0.5 }));
        const of = (n: number): Record<string, string> => bits(corrupt(mixed, rows, key(n), clipped));
        expect(of(seed)).toEqual(of(seed));
        expect(of(seed)).not.toEqual(of(seed + 1));
      }),
      { numRuns: 20 },
    );
  });

  test("draws one member for each row, each as likely", () => {
    const members: Corruption = [0.25, 0.5, 0.75, 1].map((level) => ({ kind: "masking", level }));
    const count = 2000;
    const width = 400;
    const noisy = corrupt(members, full([count, width], 1), key(8), open);
    // The share of masked elements tells the member: neighbours are 0.25 apart, ten standard errors of at most 0.025.
    const drawn = Array.from({ length: count }, (_, i) => {
      const masked = numbers(slice(noisy, [i])).filter((x) => x === 0).length / width;
      return Math.round(4 * masked);
    });
    for (const [i, { level }] of members.entries())
      expectShare(
        drawn.map((member) => member === i + 1),
        1 / members.length,
        `level ${level}`,
      );
  });

  test("gives the rows of one kind no noise of another", () => {
    const members: Corruption = [
      { kind: "gaussian", level: 1 },
      { kind: "masking", level: 0.5 },
    ];
    const noisy = corrupt(members, full([500, 50], 3), key(9), open);
    const masked = Array.from({ length: 500 }, (_, i) => numbers(slice(noisy, [i])).some((x) => x === 0));
    const untouched = (x: number): boolean => x === 0 || x === 3;
    masked.forEach((isMasked, i) => expect(numbers(slice(noisy, [i])).every(untouched)).toBe(isMasked));
    expectShare(masked, 0.5, "masked rows");
  });

  test("refuses what is no noise, and black and white in what is no image", () => {
    const bad =
      (kind: string, level: number, clip = true) =>
      (): Tensor =>
        corrupt([{ kind, level } as Noise], rows, key(1), { clip });
    for (const level of [NaN, Infinity, -0.1]) {
      for (const kind of kinds) expect(bad(kind, level)).toThrow(ArgumentError);
    }
    expect(bad("masking", 1.01)).toThrow(/SHARE from 0 to 1, got masking:1.01/);
    expect(bad("salt-pepper", 2)).toThrow(ArgumentError);
    expect(bad("speckle", 0.1)).toThrow(/got speckle:0.1/);
    expect(bad("salt-pepper", 0.1, false)).toThrow(/for other data use gaussian or masking/);
  });
});

describe("the name of a noise", () => {
  test("is read as that noise", () => {
    fc.assert(fc.property(anyNoise, (noise) => void expect(parseNoise(noiseName(noise))).toEqual(noise)));
  });

  test("is refused where it is none", () => {
    const none = [
      "",
      "gaussian",
      "gaussian:",
      "gaussian: ",
      "gaussian:x",
      "gaussian:-1",
      "gaussian:1:2",
      "masking:1.5",
    ];
    for (const name of [...none, "Gaussian:1", "speckle:0.1", ":0.5", "salt-pepper:NaN", "gaussian:Infinity"]) {
      expect(() => parseNoise(name), name).toThrow(ArgumentError);
    }
  });
});

describe("training behind noise", () => {
  const data = noiseData(20, 7, [2, 3]);
  const models = {
    vae: () => vae({ input: [2, 3], hidden: [5], latent: 2 }),
    autoencoder: () => autoencoder({ input: [2, 3], hidden: [5], latent: 2 }),
  };
  const corruption: Corruption = kinds.map((kind) => ({ kind, level: 0.5 }));
  const choices = { epochs: 2, batch: 6, seed: 5 };

  test.each(Object.entries(models))(
    "a %s gets other weights than without, the same ones each time",
    async (_, make) => {
      const trained = async (options: FitOptions): Promise<Record<string, string>> => {
        const model = make();
        await train(model, data, { ...choices, ...options });
        return bits(model.params);
      };
      const noisy = await trained({ corruption });
      expect(noisy).not.toEqual(await trained({}));
      expect(noisy).toEqual(await trained({ corruption }));
      expect(await trained({ corruption: [] })).toEqual(await trained({}));
    },
  );

  test.each(Object.entries(models))(
    "a %s stopped and resumed equals the uninterrupted one to the bit",
    async (_, make) => {
      const whole = make();
      const reports = await train(whole, data, { ...choices, corruption });
      // Batches of 6, 6, 6 and 2, twice: five steps end within the second epoch.
      const part = make();
      const stop = new AbortController();
      let state: TrainingState | undefined;
      let steps = 0;
      const running = fit(part, data, {
        ...choices,
        corruption,
        signal: stop.signal,
        onStep: () => ++steps === 5 && stop.abort(),
        onState: (now) => void (state = now),
      });
      const first = [];
      for await (const report of running) first.push(report);
      const { model, state: resume } = decodeCheckpoint(encodeCheckpoint(part, "adam", state!), "run");
      const rest = await train(model, data, { ...choices, corruption, resume });
      expect(timeless([...first, ...rest])).toEqual(timeless(reports));
      expect(bits(model.params)).toEqual(bits(whole.params));
    },
  );
});
