// The functions that evaluation calls for each block are pure: recorded once, they give the same bits ever after.

import { concrete, logMeanExp, stack } from "@elbo/autograd";
import { foldIn, key, split, uniform } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { kl, logProb, sample, standardNormal } from "../src/distributions/index.js";
import { drawTargets } from "../src/data/draw.js";
import { blockKlPerDimension, blockTerms } from "../src/evaluation/evaluate.js";
import { importanceLogLikelihood, logWeight, proposal } from "../src/evaluation/nll.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { vae } from "../src/models/vae.js";
import { bits, numbers } from "./support/numbers.js";
import { recorded } from "./support/recording.js";

const shape = { input: [2, 3], hidden: [5], latent: 2 };
const block = (seed: number) => uniform(key(seed), [7, 6]);
const model = vae(shape);
const other = vae({ ...shape, seed: 1 });

test.each([
  ["vae", model, other],
  ["autoencoder", autoencoder(shape), autoencoder({ ...shape, seed: 1 })],
] as const)("the terms of a block, %s", (_, one, another) => {
  const corruption = [{ kind: "masking", level: 0.5 }] as const;
  for (const options of [{ targets: "gray" }, { targets: "dynamic", corruption }] as const) {
    const terms = blockTerms(one, options);
    const program = recorded(terms, [one.params, block(1), key(1)]);
    for (const { params } of [one, another])
      expect(bits(program(params, block(2), key(3)))).toEqual(bits(terms(params, block(2), key(3))));
  }
});

test("the KL of each dimension over a block: its sum is the sum of the KL", () => {
  const each = blockKlPerDimension(model, "dynamic");
  const program = recorded(each, [model.params, block(1), key(1)]);
  const got = each(other.params, block(2), key(3));
  expect(bits(program(other.params, block(2), key(3)))).toEqual(bits(got));
  const x = drawTargets("dynamic", block(2), split(key(3), 3)[0]);
  const all = numbers(kl(model.encode(other.params, x), standardNormal)).reduce((a, b) => a + b, 0);
  // 14 positive terms in float32.
  expect(Math.abs(numbers(got)[0] + numbers(got)[1] - all)).toBeLessThanOrEqual(14 * 2 ** -24 * all);
});

describe("the importance weights of a batch", () => {
  const common = proposal(model)(model.params, block(1));
  const weight = logWeight(model);

  test("are log p(x, z) - log q(z|x) at a sample of q", () => {
    const q = model.encode(model.params, block(1));
    const z = sample(q, key(2));
    const joint = numbers(logProb(model.decode(model.params, z), block(1)));
    const [prior, posterior] = [numbers(logProb(standardNormal, z)), numbers(logProb(q, z))];
    const want = joint.map((value, i) => Math.fround(Math.fround(value + prior[i]) - posterior[i]));
    expect(numbers(weight(model.params, common, key(2)))).toEqual(want);
  });

  test("make the importance-sampled likelihood, sample by sample", () => {
    const programs = [
      recorded(proposal(model), [other.params, block(3)]),
      recorded(weight, [other.params, common, key(0)]),
    ] as const;
    const given = programs[0](model.params, block(1));
    expect(bits(given)).toEqual(bits(common));
    const weights = [0, 1, 2].map((k) => programs[1](model.params, given, foldIn(key(9), k)));
    expect(bits(concrete(logMeanExp(stack(weights), { axis: 0 })))).toEqual(
      bits(importanceLogLikelihood(model, block(1), key(9), 3)),
    );
  });
});
