// A small run on the embedded digits whose figure is known. Each mistake below still trains, and still reports a
// plausible bound; none of them reports this one.

import { add, exp, mapTree, mean, mul, sub, sum, type Value } from "@elbo/autograd";
import { type Key, normal as noise, ones } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { digits } from "../src/data/digits/digits.js";
import { klPerDimension, logProb, type Normal, standardNormal } from "../src/distributions/index.js";
import { vae, type Vae } from "../src/models/vae.js";
import type { Terms } from "../src/objectives/elbo.js";
import { adam } from "../src/optim/adam.js";
import type { FitOptions } from "../src/training/fit.js";
import { noSums } from "../src/evaluation/metrics.js";
import { train } from "./support/tiny.js";

/** The test ELBO after the run, in nats per example. */
const GOLDEN = -211.3425;
/**
 * Weights moved by 1e-6 of themselves, ten times what another order of summation does, change the figure by 1e-7 of
 * itself; the nearest mistake below changes it by 6e-3.
 */
const BAND = 2.5e-4 * Math.abs(GOLDEN);

const data = digits({ train: 300, test: 200, seed: 7 });
const fresh = (): Vae => vae({ input: [28, 28], hidden: [32], latent: 4, activation: "tanh" });
const bound = async (model: Vae, options: FitOptions = {}): Promise<number> => {
  const reports = await train(model, data, { epochs: 3, batch: 20, lr: 1e-2, seed: 1, ...options });
  return reports.at(-1)?.test.elbo ?? NaN;
};

/** How the terms of the bound may be written. */
interface Formulas {
  /** z, from q(z|x). */
  readonly draw: (q: Normal, key: Key) => Value;
  /** `[batch, latent]` to `[batch]`. */
  readonly join: (kl: Value) => Value;
}

const right: Formulas = {
  draw: ({ mean, logVariance }, key) => add(mean, mul(exp(mul(0.5, logVariance)), noise(key, (mean as Value).shape))),
  join: (kl) => sum(kl, { axis: -1 }),
};

/** The model with its terms written anew. */
function written({ draw, join }: Formulas): Vae {
  const model = fresh();
  const terms = (params: Vae["params"], x: Value, key: Key): Terms => {
    const q = model.encode(params, x);
    return {
      reconstruction: logProb(model.decode(params, draw(q, key)), x),
      kl: join(klPerDimension(q, standardNormal)),
    };
  };
  return { ...model, terms };
}

test("the figure", async () => {
  const got = await bound(fresh());
  expect(Math.abs(got - GOLDEN), `got ${got}`).toBeLessThan(BAND);
  expect(await bound(written(right))).toBe(got);
});

describe("falls outside of the band with", () => {
  const mistaken = async (model: Vae, options?: FitOptions): Promise<void> => {
    const got = await bound(model, options);
    expect(Number.isFinite(got)).toBe(true);
    expect(Math.abs(got - GOLDEN), `got ${got}`).toBeGreaterThan(10 * BAND);
  };

  test("the log-variance taken for the logarithm of the standard deviation", () =>
    mistaken(
      written({
        ...right,
        draw: ({ mean, logVariance }, key) =>
          right.draw({ kind: "normal", mean, logVariance: mul(2, logVariance) }, key),
      }),
    ));

  test("the KL averaged over the latent dimensions instead of summed", () =>
    mistaken(written({ ...right, join: (kl) => mean(kl, { axis: -1 }) })));

  test("z = mu in the bound", () => mistaken(written({ ...right, draw: ({ mean }) => sub(mean, 0) })));

  test("Adam's second moment started at 1", () => {
    const model = fresh();
    const start = adam().init(model.params);
    const square = mapTree((w: Value) => ones(w.shape), start.square);
    return mistaken(model, {
      resume: { epoch: 0, step: 0, sums: noSums, seconds: 0, multiplyAdds: [], optimizer: { ...start, square } },
    });
  });
});
